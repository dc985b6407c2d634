package dev.plimsoll.bench.client;

/** Hears how a call went, on the client's loop. */
@FunctionalInterface
public interface Answer {
    void done(Reply reply);
}
