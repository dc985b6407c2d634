package dev.plimsoll.registry;

import java.util.function.Consumer;

/** Looks whether an address answers. */
public interface Probes {
    enum Outcome {
        OK,
        /** It did not answer as it should; several in a row mean that it is down. */
        FAILED,
        /** It said that it is not there. */
        DOWN,
        /** There was no room to look, which says nothing about the instance. */
        NOT_TRIED
    }

    /**
     * Begins to look, and returns at once.
     *
     * @param done is told once, within some seconds, on any thread
     */
    void probe(HealthChecker checker, String ip, int port, Consumer<Outcome> done);
}
