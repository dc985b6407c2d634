package dev.plimsoll.session;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Marks gathered in one turn, handed to each connection loop as one task rather than one per client. */
final class Deliveries {
    private final Map<Executor, List<Mark>> byLoop = new HashMap<>();

    private record Mark(Consumer<Topic> client, Topic topic) {}

    void add(Session session, Topic topic) {
        add(session.loop(), session::mark, topic);
    }

    /** @param loop the one on which {@code client} is marked */
    void add(Executor loop, Consumer<Topic> client, Topic topic) {
        byLoop.computeIfAbsent(loop, l -> new ArrayList<>()).add(new Mark(client, topic));
    }

    void handOver() {
        byLoop.forEach((loop, marks) -> loop.execute(() -> {
            for (Mark mark : marks) {
                mark.client().accept(mark.topic());
            }
        }));
    }
}
