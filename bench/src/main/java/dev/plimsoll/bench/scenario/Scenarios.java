package dev.plimsoll.bench.scenario;

import java.util.List;

/** All there are, in the order of the help. */
public final class Scenarios {
    private Scenarios() {}

    /** What other scenarios start as a process of its own. */
    public static Scenario hold() {
        return new Hold();
    }

    public static List<Scenario> all() {
        return List.of(
                new Stall(),
                new Fanout(),
                new Register(),
                new Query(),
                new ConfigRead(),
                new ConfigPublish(),
                new Deaf(),
                new Handshakes(),
                new OneWay(),
                new Connections(),
                new Storm(),
                new LoginStorm(),
                new Beat(),
                new LongPoll(),
                new Flood(),
                new Soak());
    }
}
