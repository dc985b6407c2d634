package dev.plimsoll.compat.sdk;

/** Ends a subscription or takes a listener away. */
public interface Stop extends AutoCloseable {

    @Override
    void close();
}
