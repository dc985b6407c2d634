package dev.plimsoll.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.config.ConfigAccounts;
import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.config.ConfigSettings;
import dev.plimsoll.config.Configs;
import dev.plimsoll.config.Md5;
import dev.plimsoll.config.Watch;
import dev.plimsoll.loop.ManualLoop;
import dev.plimsoll.registry.Registry;
import dev.plimsoll.registry.RegistrySettings;
import dev.plimsoll.registry.ServiceKey;
import dev.plimsoll.store.MemoryJournal;
import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.Latency;
import dev.plimsoll.vitals.MemoryBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.openjdk.jol.info.GraphLayout;
import org.slf4j.helpers.NOPLogger;

/** What the accounts are charged for sessions and what they subscribe to, against what the objects measure. */
class SessionBytesTest {
    private static final int COUNT = 300;
    private static final long MIB = 1 << 20;

    private final ManualLoop loop = new ManualLoop();
    private final MemoryBudget budget = new MemoryBudget(64 * MIB, 8 * MIB);
    private final Account watches = budget.heap("watches", 0.1);
    private final Account listeners = budget.heap("listeners", 0.1);
    private final MemoryJournal journal = new MemoryJournal();
    private final Registry registry = new Registry(
            loop, journal, budget.heap("registry", 0.1), watches, RegistrySettings.DEFAULT, new ServicePush(loop));
    private final Configs configs = new Configs(
            loop,
            journal,
            Runnable::run,
            new ConfigAccounts(budget.heap("config index", 0.1), budget.heap("config contents", 0.4), listeners),
            ConfigSettings.DEFAULT,
            new ConfigPush());
    private final AtomicLong requestIds = new AtomicLong();
    private final ServiceFrames frames = new ServiceFrames(
            registry::snapshot,
            UnpooledByteBufAllocator.DEFAULT,
            budget.direct("snapshots", 0.5),
            requestIds,
            loop::nanoTime);
    private final Sessions sessions = new Sessions(
            loop,
            registry,
            configs,
            frames,
            new Ledger(loop, budget.heap("ledger", 0.1), NOPLogger.NOP_LOGGER, NOPLogger.NOP_LOGGER, new Latency()),
            UnpooledByteBufAllocator.DEFAULT,
            requestIds);

    /** A peer that takes nothing, so that every topic stays dirty. */
    private record Deaf(String id, Executor loop) implements Peer {
        @Override
        public boolean writable() {
            return false;
        }

        @Override
        public long pendingBytes() {
            return 1;
        }

        @Override
        public void send(ByteBuf message) {
            message.release();
        }

        @Override
        public void close(String reason) {}
    }

    private Session open(int i, Map<String, String> labels) {
        var peer = new Deaf("1700000000000_10.1.1.1_" + (50_000 + i), loop);
        return sessions.open(peer, client(labels));
    }

    private static ClientInfo client(Map<String, String> labels) {
        return new ClientInfo(new String("Nacos-Java-Client:v2.2.3".toCharArray()), unique("10.1.1.1"), labels);
    }

    private static String unique(String text) {
        return new String(text.toCharArray());
    }

    private void assertCharged(Account account, IntConsumer grow) {
        grow.accept(-1);
        long before = GraphLayout.parseInstance(sessions).totalSize();
        long heldBefore = account.held();
        for (int i = 0; i < COUNT; i++) {
            grow.accept(i);
        }
        long measured = GraphLayout.parseInstance(sessions).totalSize() - before;
        long charged = account.held() - heldBefore;
        assertThat(charged / COUNT)
                .as("charged against measured bytes each")
                .isBetween(measured / COUNT, measured * 5 / 2 / COUNT);
    }

    @Test
    void a_session() {
        Account connections = budget.heap("connections", 0.1);
        var labels = Map.of("source", "sdk", "module", "naming", "AppName", "shop");
        assertCharged(connections, i -> {
            open(i, labels);
            connections.reserve(Session.HEAP_BYTES + client(labels).heapBytes());
        });
    }

    @Test
    void subscriptions_of_one_session_all_of_them_dirty() {
        Session session = open(0, Map.of());
        assertCharged(watches, i -> {
            var service = new ServiceKey(unique("public"), unique("DEFAULT_GROUP"), "service-" + (1_000 + i));
            registry.watch(session, service, "");
            loop.runAll();
            session.mark(new Topic.ServiceView(service, ""));
        });
    }

    @Test
    void views_of_one_service_by_sessions_all_of_them_dirty() {
        Session[] watchers = new Session[COUNT + 1];
        for (int i = 0; i <= COUNT; i++) {
            watchers[i] = open(i, Map.of());
        }
        var service = new ServiceKey("public", "DEFAULT_GROUP", "orders");
        assertCharged(watches, i -> {
            for (int v = 0; v < 8; v++) {
                String view = "cluster-" + v + "-of-" + i;
                registry.watch(watchers[i + 1], service, view);
                loop.runAll();
                watchers[i + 1].mark(new Topic.ServiceView(service, view));
            }
        });
    }

    @Test
    void configs_one_session_listens_to_all_of_them_dirty() {
        Session session = open(0, Map.of());
        assertCharged(listeners, i -> listen(session, i));
    }

    @Test
    void configs_that_many_sessions_listen_to_all_of_them_dirty() {
        Session[] listening = new Session[COUNT + 1];
        for (int i = 0; i <= COUNT; i++) {
            listening[i] = open(i, Map.of());
        }
        assertCharged(listeners, i -> {
            for (int k = 0; k < 10; k++) {
                listen(listening[i + 1], k);
            }
        });
    }

    private void listen(Session session, int i) {
        var key = new ConfigKey(unique("tenant-a"), unique("DEFAULT_GROUP"), "application-" + (1_000 + i) + ".yaml");
        session.listens(key, "tenant-a");
        configs.listen(session, List.of(new Watch(key, Md5.of(new byte[] {(byte) i}))));
        loop.runAll();
        session.mark(new Topic.ConfigNotice(key));
    }
}
