package dev.plimsoll.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.config.ConfigAccounts;
import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.config.ConfigSettings;
import dev.plimsoll.config.Configs;
import dev.plimsoll.config.Publish;
import dev.plimsoll.config.Watch;
import dev.plimsoll.loop.ManualLoop;
import dev.plimsoll.registry.Instance;
import dev.plimsoll.registry.OwnerId;
import dev.plimsoll.registry.Registry;
import dev.plimsoll.registry.RegistryCommand;
import dev.plimsoll.registry.RegistrySettings;
import dev.plimsoll.registry.ServiceKey;
import dev.plimsoll.store.MemoryJournal;
import dev.plimsoll.store.Write.Author;
import dev.plimsoll.vitals.Latency;
import dev.plimsoll.vitals.MemoryBudget;
import dev.plimsoll.wire.ConnectionMessages.Ack;
import dev.plimsoll.wire.LedgerMessages.Client;
import dev.plimsoll.wire.Payload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.helpers.NOPLogger;

/** Sessions over the real domains, one hand-turned loop for all of them. */
class SessionsTest {
    private static final ServiceKey ORDERS = new ServiceKey("public", "DEFAULT_GROUP", "orders");
    private static final ConfigKey RULES = new ConfigKey("public", "DEFAULT_GROUP", "rules");
    private static final OwnerId SOMEONE = OwnerId.connection("someone");
    private static final long MIB = 1 << 20;

    private final ManualLoop loop = new ManualLoop();
    private final MemoryBudget budget = new MemoryBudget(64 * MIB, 8 * MIB);
    private final MemoryJournal journal = new MemoryJournal();
    private final AtomicLong requestIds = new AtomicLong();
    private final Registry registry = new Registry(
            loop,
            journal,
            budget.heap("registry", 0.1),
            budget.heap("watches", 0.1),
            RegistrySettings.DEFAULT,
            new ServicePush(loop));
    private final Configs configs = new Configs(
            loop,
            journal,
            Runnable::run,
            new ConfigAccounts(
                    budget.heap("config index", 0.1),
                    budget.heap("config contents", 0.4),
                    budget.heap("listeners", 0.1)),
            ConfigSettings.DEFAULT,
            new ConfigPush());
    private final ServiceFrames frames = new ServiceFrames(
            registry::snapshot,
            UnpooledByteBufAllocator.DEFAULT,
            budget.direct("snapshots", 0.5),
            requestIds,
            loop::nanoTime);
    private final Ledger ledger =
            new Ledger(loop, budget.heap("ledger", 0.1), NOPLogger.NOP_LOGGER, NOPLogger.NOP_LOGGER, new Latency());
    private final Sessions sessions =
            new Sessions(loop, registry, configs, frames, ledger, UnpooledByteBufAllocator.DEFAULT, requestIds);
    private final FakePeer peer = new FakePeer(loop);
    private final Session session =
            sessions.open(peer, new ClientInfo("Nacos-Java-Client:v2.2.3", "10.0.0.1", Map.of("AppName", "shop")));

    @BeforeEach
    void start() {
        sessions.start();
    }

    private Client ledgered() {
        var page = sessions.clients(Ledger.Sort.FAILURES, 1, 10).toCompletableFuture();
        loop.runAll();
        return page.join().pageItems().get(0);
    }

    private void register(int port) {
        var host = new Instance("10.0.0.9", port, 1, true, true, "", "", Map.of());
        registry.submit(new RegistryCommand.Register(SOMEONE, ORDERS, List.of(host)));
        loop.runAll();
    }

    private void publish(String content) {
        configs.publish(Publish.of(RULES, content, "text", new Author("", "")));
        loop.runAll();
        journal.commitAll();
        loop.runAll();
    }

    private static String type(ByteBuf message) {
        return Payload.decode(message.slice(5, message.readableBytes() - 5)).type();
    }

    private static String json(ByteBuf message) {
        return new String(
                Payload.decode(message.slice(5, message.readableBytes() - 5)).body(), StandardCharsets.UTF_8);
    }

    private ByteBuf last() {
        return peer.sent.get(peer.sent.size() - 1);
    }

    /** The client answers the last message it was sent. */
    private void ackLast() {
        String json = json(last());
        int start = json.indexOf("\"requestId\":\"") + 13;
        session.acked(new Ack(200, 0, true, null, json.substring(start, json.indexOf('"', start))));
        loop.runAll();
    }

    @Test
    void a_subscriber_hears_of_a_change_in_the_turn_after_it() {
        registry.watch(session, ORDERS, "");
        register(80);
        assertThat(peer.sent).hasSize(1);
        assertThat(type(last())).isEqualTo("NotifySubscriberRequest");
        assertThat(json(last())).contains("\"port\":80");
    }

    @Test
    void a_service_that_churns_is_told_at_its_pace_and_ends_on_the_newest_state() {
        registry.watch(session, ORDERS, "");
        for (int port = 1; port <= 100; port++) {
            register(port);
            if (peer.sent.size() == 1 && port == 1) {
                ackLast();
            }
        }
        assertThat(peer.sent).hasSize(1);
        loop.advance(Duration.ofMillis(50));
        assertThat(peer.sent).hasSize(2);
        assertThat(json(last())).contains("\"port\":100");
    }

    @Test
    void every_view_of_a_subscriber_is_told() {
        registry.watch(session, ORDERS, "");
        registry.watch(session, ORDERS, "elsewhere");
        register(80);
        assertThat(peer.sent)
                .extracting(SessionsTest::json)
                .anyMatch(json -> json.contains("\"clusters\":\"\"") && json.contains("\"port\":80"))
                .anyMatch(json -> json.contains("\"clusters\":\"elsewhere\"") && json.contains("\"hosts\":[]"));
    }

    @Test
    void an_unsubscribed_service_is_told_of_no_more() {
        registry.watch(session, ORDERS, "");
        registry.unwatch(session, ORDERS);
        session.unsubscribed(ORDERS);
        register(80);
        assertThat(peer.sent).isEmpty();
    }

    @Test
    void a_config_notice_spells_the_tenant_as_the_listener_does() {
        session.listens(RULES, "");
        configs.listen(session, List.of(new Watch(RULES, "")));
        publish("one");
        assertThat(json(last())).contains("\"dataId\":\"rules\"").contains("\"tenant\":\"\"");
        ackLast();
        session.listens(RULES, "public");
        publish("two");
        assertThat(json(last())).contains("\"tenant\":\"public\"");
        ackLast();
        session.listens(RULES, null);
        publish("three");
        assertThat(json(last())).doesNotContain("tenant");
    }

    @Test
    void a_config_listened_to_no_more_is_not_told_of() {
        session.listens(RULES, "");
        configs.listen(session, List.of(new Watch(RULES, "")));
        loop.runAll();
        session.listensNoMore(RULES);
        publish("one");
        assertThat(peer.sent).isEmpty();
    }

    @Test
    void what_a_client_says_of_itself_ends_no_line() {
        var said = new ClientInfo("v1\r\nPUSH-SUCC", "10.0.0.1\u0085", Map.of("AppName", "shop\u001b[2J\u2028"));
        assertThat(said.version()).isEqualTo("v1__PUSH-SUCC");
        assertThat(said.ip()).isEqualTo("10.0.0.1_");
        assertThat(said.app()).isEqualTo("shop_[2J_");
    }

    @Test
    void what_the_client_may_read_no_more_is_told_no_more() {
        var may = new AtomicBoolean(true);
        session.readsAs(new Rights() {
            @Override
            public boolean service(ServiceKey service) {
                return may.get();
            }

            @Override
            public boolean config(ConfigKey config) {
                return may.get();
            }
        });
        registry.watch(session, ORDERS, "");
        session.listens(RULES, "");
        configs.listen(session, List.of(new Watch(RULES, "")));
        register(80);
        ackLast();
        publish("one");
        ackLast();
        assertThat(peer.sent).hasSize(2);

        may.set(false);
        register(81);
        publish("two");
        loop.advance(Duration.ofSeconds(1));
        assertThat(peer.sent).hasSize(2);

        may.set(true);
        register(82);
        publish("three");
        loop.advance(Duration.ofSeconds(1));
        assertThat(peer.sent).hasSize(4);
    }

    @Test
    void a_silent_client_is_asked_whether_it_lives_and_closed_when_it_does_not_answer() {
        loop.advance(Duration.ofSeconds(19));
        assertThat(peer.sent).isEmpty();
        loop.advance(Duration.ofSeconds(2));
        assertThat(type(last())).isEqualTo("ClientDetectionRequest");
        assertThat(peer.closedFor).isEmpty();
        loop.advance(Duration.ofSeconds(5));
        assertThat(peer.sent).hasSize(1);
        assertThat(peer.closedFor).contains("silent");
    }

    @Test
    void a_silent_client_that_answers_stays() {
        loop.advance(Duration.ofSeconds(21));
        ackLast();
        loop.advance(Duration.ofSeconds(10));
        assertThat(peer.closedFor).isEmpty();
        loop.advance(Duration.ofSeconds(11));
        assertThat(peer.sent).hasSize(2);
    }

    @Test
    void a_client_that_asks_things_is_not_silent() {
        for (int i = 0; i < 20; i++) {
            loop.advance(Duration.ofSeconds(5));
            session.active();
        }
        assertThat(peer.sent).isEmpty();
        assertThat(peer.closedFor).isEmpty();
    }

    @Test
    void what_lived_by_a_connection_goes_with_it() {
        var own = new Instance("10.0.0.1", 80, 1, true, true, "", "", Map.of());
        registry.submit(new RegistryCommand.Register(session.owner(), ORDERS, List.of(own)));
        registry.watch(session, ORDERS, "");
        session.listens(RULES, "");
        configs.listen(session, List.of(new Watch(RULES, "")));
        loop.runAll();
        sessions.ended(session, "the client closed the connection");
        loop.runAll();
        assertThat(sessions.all()).isEmpty();
        assertThat(sessions.closed("", "", 1, 10).pageItems()).singleElement().satisfies(gone -> {
            assertThat(gone.goneFor()).isEqualTo("the client closed the connection");
            assertThat(gone.goneSince()).isEqualTo(loop.currentTimeMillis());
            assertThat(gone.instances()).isEqualTo(1);
            assertThat(gone.services()).isEqualTo(1);
            assertThat(gone.configs()).isEqualTo(1);
        });
        assertThat(registry.snapshot(ORDERS).instances()).isEmpty();
        int before = peer.sent.size();
        register(80);
        publish("one");
        loop.advance(Duration.ofMinutes(2));
        assertThat(peer.sent).hasSize(before);
    }

    @Test
    void the_ledger_knows_what_a_client_listens_to_and_what_it_was_told() {
        registry.watch(session, ORDERS, "");
        registry.watch(session, ORDERS, "elsewhere");
        session.listens(RULES, "");
        configs.listen(session, List.of(new Watch(RULES, "")));
        publish("one");
        assertThat(ledgered().services()).isEqualTo(1);
        assertThat(ledgered().configs()).isEqualTo(1);
        assertThat(ledgered().sent()).isEqualTo(1);
        assertThat(ledgered().dirtyTopics()).isEqualTo(1);
        loop.advance(Duration.ofMillis(20));
        assertThat(ledgered().oldestUnackedMillis()).isEqualTo(20);
        ackLast();
        assertThat(ledgered().acked()).isEqualTo(1);
        assertThat(ledgered().dirtyTopics()).isZero();
        assertThat(ledgered().oldestUnackedMillis()).isNull();

        registry.unwatch(session, ORDERS);
        session.listensNoMore(RULES);
        assertThat(ledgered().services()).isZero();
        assertThat(ledgered().configs()).isZero();
    }

    @Test
    void the_ledger_knows_what_a_client_answered_when_it_failed() {
        registry.watch(session, ORDERS, "");
        register(80);
        session.acked(new Ack(500, 301, false, "no memory", Long.toString(requestIds.get())));
        assertThat(ledgered().failures()).isEqualTo(1);
        assertThat(ledgered().lastError()).isEqualTo("answer 301: no memory");
    }

    @Test
    void a_parked_client_that_unsubscribes_is_parked_no_more() {
        peer.writable = false;
        registry.watch(session, ORDERS, "");
        register(80);
        assertThat(ledger.parked()).isEqualTo(1);
        assertThat(ledgered().parkedFor()).isEqualTo("peer not writable");
        session.unsubscribed(ORDERS);
        assertThat(ledger.parked()).isZero();
        assertThat(ledgered().parkedFor()).isNull();
    }

    @Test
    void a_client_closed_for_its_silence_is_remembered_with_the_reason() {
        loop.advance(Duration.ofSeconds(26));
        sessions.ended(session, peer.closedFor);
        loop.runAll();
        assertThat(sessions.closed(session.id(), "", 1, 10).pageItems())
                .extracting(Client::goneFor)
                .containsExactly("silent for 20 s and no answer to a detection within 5 s");
        assertThat(ledgered().lastError()).isEqualTo("detection: no answer within 5 s");
        assertThat(ledgered().goneSince()).isNotNull();
    }

    @Test
    void a_reset_asks_the_client_to_move() {
        sessions.resetAll();
        loop.runAll();
        assertThat(type(last())).isEqualTo("ConnectResetRequest");
        assertThat(json(last())).contains(peer.id());
    }

    @Test
    void when_stuck_clients_hold_all_room_the_one_that_holds_most_goes_and_the_others_stay() {
        List<FakePeer> stuck = new ArrayList<>();
        int room = 0;
        // Each is sent another service's state and never takes it, until no further state can be encoded.
        while (peer.closedFor.isEmpty() && stuck.stream().allMatch(p -> p.closedFor.isEmpty())) {
            int i = stuck.size();
            assertThat(i).as("peers until the room is taken").isLessThan(1_000);
            var next = new FakePeer(loop, "stuck-" + i);
            stuck.add(next);
            Session nextSession = sessions.open(next, new ClientInfo("", "10.0.1.1", Map.of()));
            var key = new ServiceKey("public", "DEFAULT_GROUP", "s" + i);
            registry.watch(nextSession, key, "");
            var hosts = new ArrayList<Instance>();
            for (int port = 1; port <= 400; port++) {
                hosts.add(new Instance("10.0.0.9", port, 1, true, true, "", "", Map.of()));
            }
            registry.submit(new RegistryCommand.Register(OwnerId.connection("publisher-" + i), key, hosts));
            loop.runAll();
            next.writable = false;
            next.pendingBytes =
                    next.sent.stream().mapToLong(ByteBuf::readableBytes).sum();
            room += next.sent.size();
            loop.advance(Duration.ofSeconds(1));
            sessions.all().forEach(Session::active); // their health checks go on
        }
        FakePeer ejected =
                stuck.stream().filter(p -> !p.closedFor.isEmpty()).findFirst().orElseThrow();
        assertThat(room).isGreaterThan(10);
        assertThat(ejected.closedFor).startsWith("ejected: no room to encode");
        assertThat(stuck.stream().filter(p -> !p.closedFor.isEmpty())).hasSize(1);
        assertThat(peer.closedFor).isEmpty();
    }

    @Test
    void an_answer_with_a_strange_id_means_nothing() {
        registry.watch(session, ORDERS, "");
        register(80);
        for (String id : List.of("", "x", "-1", "99999999999999999999999", "1.5")) {
            session.acked(new Ack(200, 0, true, null, id));
        }
        session.acked(new Ack(200, 0, true, null, null));
        loop.advance(Duration.ofSeconds(7));
        assertThat(peer.sent).hasSize(2);
    }
}
