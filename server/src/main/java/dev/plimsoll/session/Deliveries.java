package dev.plimsoll.session;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/** Marks gathered in one turn, handed to each connection loop as one task rather than one per client. */
final class Deliveries {
    private final Map<Executor, List<Mark>> byLoop = new HashMap<>();

    private record Mark(Session session, Topic topic) {}

    void add(Session session, Topic topic) {
        byLoop.computeIfAbsent(session.loop(), loop -> new ArrayList<>()).add(new Mark(session, topic));
    }

    void handOver() {
        byLoop.forEach((loop, marks) -> loop.execute(() -> {
            for (Mark mark : marks) {
                mark.session().mark(mark.topic());
            }
        }));
    }
}
