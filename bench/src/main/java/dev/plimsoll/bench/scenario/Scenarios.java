package dev.plimsoll.bench.scenario;

import java.util.List;

/** All there are, in the order of the help. */
public final class Scenarios {
    private Scenarios() {}

    public static List<Scenario> all() {
        return List.of(new Stall(), new Fanout(), new Register(), new Query(), new ConfigRead());
    }
}
