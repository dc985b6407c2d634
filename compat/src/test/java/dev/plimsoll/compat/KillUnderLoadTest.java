package dev.plimsoll.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.compat.sdk.Configs;
import dev.plimsoll.compat.sdk.SdkFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Acknowledged means on disk: clients of every version publish from many threads while the server is killed and started again,
 * and after each start every publication that a client was told had succeeded is there, byte for byte.
 */
@Isolated("its load would stretch the times of the others")
class KillUnderLoadTest {

    private static final String GROUP = "DEFAULT_GROUP";
    private static final int KILLS = 6;
    private static final int WRITERS_PER_VERSION = 2;
    private static final int ACKNOWLEDGED_BETWEEN_KILLS = 200;

    @RegisterExtension
    static final ParameterResolver SERVERS = new ParameterResolver() {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Servers.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return Servers.of(context);
        }
    };

    @Test
    @Timeout(value = 180, unit = TimeUnit.SECONDS)
    void no_acknowledged_publication_is_lost(Servers servers) {
        PlimsollProcess server = servers.start(Servers.javaHomes().get(0), "kills");
        List<Configs> clients = new ArrayList<>();
        List<Writer> writers = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        try {
            for (ClientVersion version : ClientVersion.values()) {
                Configs client = ClientRun.sdk(version).configs(server.address(), "");
                clients.add(client);
                for (int i = 0; i < WRITERS_PER_VERSION; i++) {
                    Writer writer = new Writer(client, "kill-" + version + "-" + i);
                    writers.add(writer);
                    threads.add(new Thread(writer, "writer " + writer.name));
                }
            }
            threads.forEach(Thread::start);
            for (int kill = 1; kill <= KILLS; kill++) {
                awaitProgressOfAll(writers);
                server.kill();
                server.startAgain();
                assertNothingAcknowledgedIsLost(server, writers, "kill " + kill);
            }
            awaitProgressOfAll(writers);
            assertNothingAcknowledgedIsLost(server, writers, "the end");
        } finally {
            writers.forEach(writer -> writer.stopped = true);
            threads.forEach(KillUnderLoadTest::join);
            clients.parallelStream().forEach(Configs::close);
            server.close();
        }
    }

    private static void awaitProgressOfAll(List<Writer> writers) {
        List<Integer> before =
                writers.stream().map(writer -> writer.acknowledgements.get()).toList();
        await("publications of every client").pollInterval(Duration.ofMillis(5)).until(() -> {
            int sum = 0;
            for (int i = 0; i < before.size(); i++) {
                int own = writers.get(i).acknowledgements.get() - before.get(i);
                if (own == 0) {
                    return false;
                }
                sum += own;
            }
            return sum >= ACKNOWLEDGED_BETWEEN_KILLS;
        });
    }

    private static void assertNothingAcknowledgedIsLost(PlimsollProcess server, List<Writer> writers, String when) {
        try (RawClient raw = RawClient.connected(server)) {
            for (Writer writer : writers) {
                // Read before the questions: what is acknowledged from here on need not be in an answer.
                Map<String, Integer> acknowledged = Map.copyOf(writer.acknowledged);
                Map<String, Future<Payload>> replies = new HashMap<>();
                acknowledged
                        .keySet()
                        .forEach(dataId -> replies.put(
                                dataId, raw.send("ConfigQueryRequest", RawClient.configRequest(dataId, ""))));
                replies.forEach((dataId, reply) -> writer.check(dataId, acknowledged.get(dataId), answer(reply), when));
            }
        }
    }

    private static Payload answer(Future<Payload> reply) {
        try {
            return reply.get();
        } catch (ExecutionException e) {
            throw new AssertionError("a read failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join(TimeUnit.SECONDS.toMillis(20));
            assertThat(thread.isAlive()).as("%s ended", thread.getName()).isFalse();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Publishes one thing after another, to few keys over and over, and now and then to a new one. */
    private static final class Writer implements Runnable {
        private static final int KEYS = 20;
        private static final long PAUSE_AFTER_FAILURE = TimeUnit.MILLISECONDS.toNanos(20);

        private final Configs client;
        private final String name;
        private final Map<String, Integer> acknowledged = new ConcurrentHashMap<>();
        private final AtomicInteger acknowledgements = new AtomicInteger();
        private volatile int tried;
        private volatile boolean stopped;

        Writer(Configs client, String name) {
            this.client = client;
            this.name = name;
        }

        @Override
        public void run() {
            for (int sequence = 1; !stopped; sequence++) {
                String dataId = name + "." + (sequence % KEYS == 0 ? sequence : sequence % KEYS);
                tried = sequence;
                if (publish(dataId, content(dataId, sequence))) {
                    acknowledged.put(dataId, sequence);
                    acknowledgements.incrementAndGet();
                } else {
                    LockSupport.parkNanos(PAUSE_AFTER_FAILURE);
                }
            }
        }

        private boolean publish(String dataId, String content) {
            try {
                return client.publish(dataId, GROUP, content);
            } catch (SdkFailure e) {
                // No server just now: not acknowledged, so nothing is promised.
                return false;
            }
        }

        void check(String dataId, int acknowledgedSequence, Payload reply, String when) {
            String content = reply.json().path("content").asText("");
            int stored = content.isEmpty() ? 0 : sequence(content);
            assertThat(stored)
                    .as("after %s, %s: the newest acknowledged or a newer one tried", when, dataId)
                    .isBetween(acknowledgedSequence, tried);
            assertThat(content.equals(content(dataId, stored)))
                    .as("after %s, %s: the content of publication %d is whole", when, dataId, stored)
                    .isTrue();
        }

        /** Between a line and some kilobytes, all of it following from key and number. */
        static String content(String dataId, int sequence) {
            String line = sequence + " of " + dataId + " \u6f22\n";
            return line.repeat(1 + sequence * 37 % 200);
        }

        static int sequence(String content) {
            return Integer.parseInt(content.substring(0, content.indexOf(' ')));
        }
    }
}
