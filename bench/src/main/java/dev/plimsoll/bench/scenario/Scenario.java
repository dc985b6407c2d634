package dev.plimsoll.bench.scenario;

/** One kind of load. */
public interface Scenario {
    String name();

    /** In one line. */
    String summary();

    /** Its own options, with defaults. */
    Options options();

    void run(Run run) throws InterruptedException;
}
