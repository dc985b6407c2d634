package dev.plimsoll.session;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.read.ListAppender;
import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.loop.ManualLoop;
import dev.plimsoll.registry.ServiceKey;
import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.Latency;
import dev.plimsoll.vitals.MemoryBudget;
import dev.plimsoll.wire.LedgerMessages.Client;
import dev.plimsoll.wire.LedgerMessages.Clients;
import dev.plimsoll.wire.LedgerMessages.Closed;
import dev.plimsoll.wire.LedgerMessages.Pushes;
import dev.plimsoll.wire.LedgerMessages.TurnedAway;
import dev.plimsoll.wire.LedgerMessages.Version;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openjdk.jol.info.GraphLayout;

class LedgerTest {
    private static final long START_MILLIS = 1_700_000_000_000L;
    private static final Topic ORDERS = new Topic.ServiceView(new ServiceKey("public", "DEFAULT_GROUP", "orders"), "");
    private static final Topic RULES = new Topic.ConfigNotice(new ConfigKey("public", "DEFAULT_GROUP", "rules"));
    private static final String WHO =
            " client=1700000000000_10.0.0.1_50001 ip=10.0.0.1 app=shop version=Nacos-Java-Client:v2.2.3";

    private final ManualLoop loop = new ManualLoop();
    private final LoggerContext logs = new LoggerContext();
    private final ListAppender<ILoggingEvent> naming = appender("naming-push");
    private final ListAppender<ILoggingEvent> remote = appender("remote-push");
    private Account account = account(0.5);
    private Ledger ledger = ledger();
    private final List<Delivery> connected = new ArrayList<>();
    private long lastRequestId;
    private int lastPort = 50_000;

    private final TestClient client = new TestClient("shop");

    private ListAppender<ILoggingEvent> appender(String name) {
        logs.setMDCAdapter(new LogbackMDCAdapter());
        var appender = new ListAppender<ILoggingEvent>();
        appender.start();
        logs.getLogger(name).addAppender(appender);
        return appender;
    }

    private static Account account(double share) {
        return new MemoryBudget(2 << 20, 0).heap("ledger", share);
    }

    private Ledger ledger() {
        return new Ledger(loop, account, logs.getLogger("naming-push"), logs.getLogger("remote-push"), new Latency());
    }

    @BeforeEach
    void advance() {
        loop.advance(Duration.ofSeconds(100)); // so that no moment is 0
    }

    /** A client that can be told and can answer, without the domains. */
    private final class TestClient implements Outbox.Encoder {
        final FakePeer peer = new FakePeer(loop, START_MILLIS + "_10.0.0.1_" + ++lastPort);
        final Delivery delivery;
        final Outbox outbox;
        boolean budget = true;

        TestClient(String app) {
            delivery =
                    ledger.open(peer, new ClientInfo("Nacos-Java-Client:v2.2.3", "10.0.0.1", Map.of("AppName", app)));
            outbox = new Outbox(peer, this, delivery);
            connected.add(delivery);
        }

        @Override
        public Push encode(Topic topic) throws Outbox.LackOfBudget {
            if (!budget) {
                throw new Outbox.LackOfBudget();
            }
            return new Push(++lastRequestId, 7, Unpooled.wrappedBuffer(new byte[120]));
        }

        void mark(Topic topic) {
            outbox.mark(topic, loop.nanoTime());
            delivery.stands(outbox);
        }

        void answer(@Nullable String failure) {
            outbox.acked(lastRequestId, failure, loop.nanoTime());
            delivery.stands(outbox);
        }

        void tick() {
            outbox.tick(loop.nanoTime());
            delivery.stands(outbox);
        }

        void fail(int times) {
            for (int i = 0; i < times; i++) {
                mark(ORDERS);
                answer("answer 500");
                outbox.forget(ORDERS);
            }
        }

        void end() {
            end("the client closed the connection");
        }

        void end(String why) {
            connected.remove(delivery);
            ledger.ended(delivery, why, CompletableFuture.completedFuture(3));
            outbox.close();
            loop.runAll();
        }

        Client read() {
            return delivery.read(loop.nanoTime());
        }
    }

    private static List<String> lines(ListAppender<ILoggingEvent> log) {
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private Clients page(Ledger.Sort sort, int number, int size) {
        return ledger.page(connected, sort, number, size);
    }

    private List<String> apps(Ledger.Sort sort) {
        return page(sort, 1, 100).pageItems().stream().map(Client::app).toList();
    }

    @Test
    void a_client_that_was_told_nothing_is_all_zeros() {
        assertThat(client.read())
                .isEqualTo(new Client(
                        "1700000000000_10.0.0.1_50001",
                        "10.0.0.1",
                        "shop",
                        "Nacos-Java-Client:v2.2.3",
                        START_MILLIS,
                        null,
                        null,
                        null,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        null,
                        null,
                        null,
                        null,
                        null));
    }

    @Test
    void an_answered_message_is_counted_and_logged_with_its_cost() {
        client.mark(ORDERS);
        assertThat(client.read().sent()).isEqualTo(1);
        assertThat(client.read().dirtyTopics()).isEqualTo(1);
        loop.advance(Duration.ofMillis(3));
        assertThat(client.read().oldestUnackedMillis()).isEqualTo(3);
        client.answer(null);
        Client read = client.read();
        assertThat(read.acked()).isEqualTo(1);
        assertThat(read.failures()).isZero();
        assertThat(read.dirtyTopics()).isZero();
        assertThat(read.oldestUnackedMillis()).isNull();
        assertThat(ledger.services()).isEqualTo(new Pushes(1, 0));
        assertThat(ledger.configs()).isEqualTo(new Pushes(0, 0));
        assertThat(ledger.serviceCosts()).isEqualTo(new PushCosts(3, 3));
        assertThat(lines(naming))
                .containsExactly(
                        "PUSH-SUCC cost=3ms namespace=public service=DEFAULT_GROUP@@orders revision=7 bytes=120" + WHO);
        assertThat(naming.list.get(0).getLevel()).isEqualTo(Level.INFO);
        assertThat(lines(remote)).isEmpty();
    }

    @Test
    void costs_of_pushes_are_those_of_answered_ones_of_services() {
        assertThat(ledger.serviceCosts()).isEqualTo(new PushCosts(-1, -1));
        client.mark(RULES);
        loop.advance(Duration.ofMillis(900));
        client.answer(null);
        client.mark(ORDERS);
        loop.advance(Duration.ofMillis(800));
        client.answer("refused");
        client.outbox.forget(ORDERS);
        assertThat(ledger.serviceCosts()).isEqualTo(new PushCosts(-1, -1));
        for (int millis : new int[] {3, 10, 2}) {
            client.mark(ORDERS);
            loop.advance(Duration.ofMillis(millis));
            client.answer(null);
        }
        assertThat(ledger.serviceCosts()).isEqualTo(new PushCosts(5, 10));
    }

    @Test
    void a_notice_of_a_configuration_goes_to_the_other_log() {
        client.mark(RULES);
        client.answer(null);
        assertThat(ledger.configs()).isEqualTo(new Pushes(1, 0));
        assertThat(lines(remote))
                .containsExactly(
                        "PUSH-SUCC cost=0ms namespace=public group=DEFAULT_GROUP dataId=rules bytes=120" + WHO);
        assertThat(lines(naming)).isEmpty();
    }

    @Test
    void a_message_that_is_not_answered_is_a_failure_with_a_moment_and_a_reason() {
        client.mark(ORDERS);
        loop.advance(Duration.ofSeconds(5));
        client.tick();
        Client read = client.read();
        assertThat(read.failures()).isEqualTo(1);
        assertThat(read.lastError()).isEqualTo("no answer within 5 s");
        assertThat(read.lastErrorAt()).isEqualTo(START_MILLIS + 105_000);
        assertThat(read.oldestUnackedMillis()).isEqualTo(5_000);
        assertThat(ledger.services()).isEqualTo(new Pushes(0, 1));
        assertThat(lines(naming))
                .containsExactly("PUSH-FAIL reason=\"no answer within 5 s\" namespace=public"
                        + " service=DEFAULT_GROUP@@orders revision=7 bytes=120" + WHO);
        assertThat(naming.list.get(0).getLevel()).isEqualTo(Level.WARN);
    }

    @Test
    void what_a_client_says_of_its_failure_stays_within_its_field_and_its_line() {
        client.mark(ORDERS);
        client.answer("answer 500: \"x\" y=1\nPUSH-SUCC" + "z".repeat(100));
        assertThat(lines(naming))
                .singleElement()
                .asString()
                .startsWith("PUSH-FAIL reason=\"answer 500: _x_ y=1_PUSH-SUCCzzz")
                .endsWith(WHO);
        assertThat(client.read().lastError()).hasSize(64);
    }

    @Test
    void what_a_client_says_of_itself_stays_within_its_field_and_its_line() {
        var sly = new TestClient("shop bytes=0\nPUSH-SUCC \u2028x");
        sly.mark(ORDERS);
        sly.answer(null);
        assertThat(lines(naming))
                .singleElement()
                .asString()
                .contains(" app=shop_bytes_0_PUSH-SUCC__x version=")
                .doesNotContain("\n");
    }

    @Test
    void a_parked_client_is_known_by_what_holds_it_and_since_when() {
        client.peer.writable = false;
        client.peer.pendingBytes = 65_536;
        client.mark(ORDERS);
        client.mark(RULES);
        loop.advance(Duration.ofMillis(1_500));
        Client read = client.read();
        assertThat(read.parkedMillis()).isEqualTo(1_500);
        assertThat(read.parkedFor()).isEqualTo("peer not writable");
        assertThat(read.bytesWaiting()).isEqualTo(65_536);
        assertThat(read.dirtyTopics()).isEqualTo(2);
        assertThat(ledger.parked()).isEqualTo(1);

        client.peer.writable = true;
        client.peer.pendingBytes = 0;
        client.tick();
        assertThat(client.read().parkedMillis()).isNull();
        assertThat(client.read().parkedFor()).isNull();
        assertThat(ledger.parked()).isZero();
        assertThat(lines(naming))
                .containsExactly(
                        "PUSH-PARK reason=\"peer not writable\" topics=1 waiting=65536" + WHO,
                        "PUSH-WAKE parked=1500ms topics=2 waiting=0" + WHO);
        assertThat(lines(remote)).isEmpty();
    }

    @Test
    void a_wake_is_told_in_the_log_that_told_of_the_parking() {
        client.budget = false;
        client.mark(RULES);
        client.budget = true;
        client.mark(ORDERS);
        assertThat(lines(remote))
                .containsExactly(
                        "PUSH-PARK reason=\"no budget to encode\" topics=1 waiting=0" + WHO,
                        "PUSH-WAKE parked=0ms topics=2 waiting=0" + WHO);
        assertThat(lines(naming)).isEmpty();
    }

    @Test
    void one_that_ends_parked_is_parked_no_more() {
        client.peer.writable = false;
        client.mark(ORDERS);
        client.end();
        assertThat(ledger.parked()).isZero();
        assertThat(page(Ledger.Sort.PARKED, 1, 10).totals().parked()).isZero();
    }

    @Test
    void an_ejection_says_who_and_why() {
        client.peer.writable = false;
        client.peer.pendingBytes = 65_536;
        client.mark(ORDERS);
        loop.advance(Duration.ofSeconds(9));
        client.delivery.ejected("direct memory: 90 of 100 bytes held", loop.nanoTime());
        assertThat(lines(naming))
                .contains("EJECT reason=\"direct memory: 90 of 100 bytes held\" topics=1 waiting=65536 parked=9000ms"
                        + WHO);
        client.end();
        Clients page = page(Ledger.Sort.FAILURES, 1, 10);
        assertThat(page.totals().ejected()).isEqualTo(1);
        assertThat(page.pageItems()).singleElement().satisfies(gone -> {
            assertThat(gone.lastError()).isEqualTo("ejected: direct memory: 90 of 100 bytes held");
            assertThat(gone.goneSince()).isEqualTo(START_MILLIS + 109_000);
            assertThat(gone.parkedMillis()).isEqualTo(9_000);
        });
    }

    @Test
    void requests_that_are_no_pushes_are_logged_and_not_counted() {
        client.delivery.answered("reset", 4_000_000, loop.nanoTime());
        client.delivery.unanswered("detection", Duration.ofSeconds(5), loop.nanoTime());
        assertThat(lines(remote))
                .containsExactly(
                        "PUSH-SUCC cost=4ms request=reset" + WHO,
                        "PUSH-FAIL reason=\"no answer within 5 s\" request=detection" + WHO);
        assertThat(client.read().failures()).isZero();
        assertThat(client.read().lastError()).isEqualTo("detection: no answer within 5 s");
        assertThat(ledger.configs()).isEqualTo(new Pushes(0, 0));
    }

    @Test
    void lines_are_so_many_a_second_and_what_is_left_out_is_counted_by_kind() {
        for (int i = 0; i < 1_000; i++) {
            client.mark(ORDERS);
            client.answer(null);
        }
        client.fail(1);
        assertThat(lines(naming)).hasSize(PushLog.LINES_PER_SECOND + 1);
        ledger.tick();
        assertThat(lines(naming))
                .endsWith("suppressed 950 PUSH-SUCC in the last second")
                .hasSize(PushLog.LINES_PER_SECOND + 2);

        loop.advance(Duration.ofSeconds(1));
        ledger.tick();
        assertThat(lines(naming)).hasSize(PushLog.LINES_PER_SECOND + 2);
        assertThat(client.read().acked()).isEqualTo(1_000);
        assertThat(ledger.services()).isEqualTo(new Pushes(1_000, 1));
        client.mark(ORDERS);
        client.answer(null);
        assertThat(lines(naming)).hasSize(PushLog.LINES_PER_SECOND + 3);
    }

    @Test
    void an_operator_who_wants_warnings_only_gets_those_and_no_count_of_the_others() {
        logs.getLogger("naming-push").setLevel(Level.WARN);
        for (int i = 0; i < 1_000; i++) {
            client.mark(ORDERS);
            client.answer(null);
        }
        client.fail(1);
        ledger.tick();
        assertThat(lines(naming)).singleElement().asString().startsWith("PUSH-FAIL");
    }

    @Test
    void of_clients_that_have_gone_those_with_most_failures_are_remembered() {
        client.end();
        for (int i = 1; i <= 10_000; i++) {
            var failing = new TestClient("app-" + i);
            failing.fail(i % 40);
            failing.end();
        }
        assertThat(ledger.remembered()).isEqualTo(Ledger.MAX_REMEMBERED);
        Clients page = page(Ledger.Sort.FAILURES, 1, 500);
        assertThat(page.totalCount()).isEqualTo(256);
        assertThat(page.pageItems())
                .extracting(Client::failures)
                .startsWith(39L)
                .endsWith(38L);
        assertThat(page.pageItems().subList(0, 250))
                .allSatisfy(gone -> assertThat(gone.failures()).isEqualTo(39));
        assertThat(page.totals().services()).isEqualTo(new Pushes(0, 250L * (39 * 40 / 2)));
        assertThat(page.totals().remembered()).isEqualTo(256);
        assertThat(page.totals().connected()).isZero();
        // Of those with 38, the last to go.
        assertThat(page.pageItems().subList(250, 256))
                .extracting(Client::app)
                .containsExactly("app-9998", "app-9958", "app-9918", "app-9878", "app-9838", "app-9798");
    }

    @Test
    void clients_that_went_without_a_failure_are_not_remembered() {
        client.mark(ORDERS);
        client.answer(null);
        client.end();
        assertThat(ledger.remembered()).isZero();
        assertThat(page(Ledger.Sort.FAILURES, 1, 10).pageItems()).isEmpty();
    }

    private List<String> closedApps(String id, String ip, int number, int size) {
        return ledger.closed(id, ip, number, size).pageItems().stream()
                .map(Client::app)
                .toList();
    }

    @Test
    void of_all_clients_that_have_gone_the_last_are_known_with_the_reason_and_what_they_held() {
        loop.advance(Duration.ofSeconds(7));
        client.delivery.subscribed(4);
        client.end("silent for 20 s");
        assertThat(ledger.closed("", "", 1, 10).pageItems()).singleElement().satisfies(gone -> {
            assertThat(gone.goneFor()).isEqualTo("silent for 20 s");
            assertThat(gone.goneSince()).isEqualTo(START_MILLIS + 107_000);
            assertThat(gone.instances()).isEqualTo(3);
            assertThat(gone.services()).isEqualTo(4);
        });
    }

    @Test
    void closed_clients_are_found_by_connection_and_by_either_address_and_come_by_pages() {
        client.end();
        for (int i = 1; i <= 4; i++) {
            new TestClient("app-" + i).end();
        }
        var behindProxy = new Delivery(
                ledger,
                new FakePeer(loop, START_MILLIS + "_192.168.7.7_40000"),
                new ClientInfo("v", "10.9.9.9", Map.of("AppName", "behind a proxy")),
                START_MILLIS);
        ledger.ended(behindProxy, "its stream ended", CompletableFuture.completedFuture(0));
        assertThat(closedApps("", "", 1, 3)).containsExactly("behind a proxy", "app-4", "app-3");
        assertThat(closedApps("", "", 2, 3)).containsExactly("app-2", "app-1", "shop");
        assertThat(closedApps("", "", 3, 3)).isEmpty();
        assertThat(closedApps("1700000000000_10.0.0.1_50003", "", 1, 3)).containsExactly("app-2");
        assertThat(closedApps("", "10.9.9.9", 1, 3)).containsExactly("behind a proxy");
        assertThat(closedApps("", "192.168.7.7", 1, 3)).containsExactly("behind a proxy");
        assertThat(closedApps("", "10.0.0.2", 1, 3)).isEmpty();
        assertThat(ledger.closed("", "", 1, 3).pagesAvailable()).isEqualTo(2);
    }

    @Test
    void a_flood_of_clients_that_come_and_go_leaves_the_last_ones_within_their_part_of_the_account() {
        for (int i = 1; i <= 10_000; i++) {
            new TestClient("app-" + i).end("x".repeat(10_000));
        }
        Closed closed = ledger.closed("", "", 1, 500);
        assertThat(closed.totalCount()).isBetween(200, Ledger.MAX_CLOSED);
        assertThat(closed.forgotten()).isEqualTo(10_000 - closed.totalCount());
        assertThat(closed.pageItems()).first().satisfies(gone -> {
            assertThat(gone.app()).isEqualTo("app-10000");
            assertThat(gone.goneFor()).hasSize(200);
        });
        assertThat(account.held()).isLessThanOrEqualTo(account.limit() / 3);
    }

    @Test
    void those_who_come_to_nothing_are_counted_by_address_and_reason() {
        for (int i = 0; i < 1_000; i++) {
            ledger.turnedAway("10.0.0.7", "spoke without TLS");
        }
        loop.advance(Duration.ofSeconds(1));
        ledger.turnedAway("10.0.0.8", "no call was ever made");
        ledger.turnedAway("10.0.0.7", "spoke without TLS");
        assertThat(ledger.closed("", "", 1, 10).turnedAway())
                .containsExactly(
                        new TurnedAway(
                                "10.0.0.7", "spoke without TLS", 1_001, START_MILLIS + 100_000, START_MILLIS + 101_000),
                        new TurnedAway(
                                "10.0.0.8",
                                "no call was ever made",
                                1,
                                START_MILLIS + 101_000,
                                START_MILLIS + 101_000));
        assertThat(ledger.closed("", "10.0.0.8", 1, 10).turnedAway())
                .extracting(TurnedAway::reason)
                .containsExactly("no call was ever made");
        assertThat(ledger.closed("1_10.0.0.8_1", "", 1, 10).turnedAway()).isEmpty();
    }

    @Test
    void a_flood_from_many_addresses_takes_so_many_places_and_the_oldest_go() {
        for (int i = 0; i < 10_000; i++) {
            ledger.turnedAway("10.0." + i / 256 + "." + i % 256, "the TLS handshake failed: " + "y".repeat(5_000));
        }
        List<TurnedAway> known = ledger.closed("", "", 1, 10).turnedAway();
        assertThat(known).hasSize(128).first().satisfies(last -> {
            assertThat(last.ip()).isEqualTo("10.0.39.15");
            assertThat(last.reason()).hasSize(200);
        });
        assertThat(account.held()).isLessThan(128 * 1_024);

        account.reserve(account.available());
        ledger.turnedAway("10.1.1.1", "spoke without TLS");
        assertThat(ledger.closed("", "10.1.1.1", 1, 10).turnedAway()).hasSize(1);
    }

    @Test
    void a_full_account_makes_room_by_forgetting_the_least_and_refuses_one_that_is_less() {
        account = account(3_000.0 / (2 << 20));
        ledger = ledger();
        connected.clear();
        for (int failures : new int[] {5, 3, 9, 1, 7, 2}) {
            var failing = new TestClient("app-" + failures);
            failing.fail(failures);
            failing.end();
        }
        assertThat(account.held()).isLessThanOrEqualTo(account.limit());
        assertThat(apps(Ledger.Sort.FAILURES)).startsWith("app-9", "app-7").doesNotContain("app-1", "app-2");
        assertThat(ledger.remembered()).isBetween(2, 4);
    }

    @Test
    void each_sort_puts_its_own_first_and_only_failures_shows_the_gone() {
        var waiting = new TestClient("waiting");
        waiting.peer.pendingBytes = 500;
        var parked = new TestClient("parked");
        parked.peer.writable = false;
        parked.mark(ORDERS);
        loop.advance(Duration.ofSeconds(1));
        var parkedLater = new TestClient("parked later");
        parkedLater.peer.writable = false;
        parkedLater.mark(ORDERS);
        parkedLater.mark(RULES);
        var failing = new TestClient("failing");
        failing.fail(2);
        var gone = new TestClient("gone");
        gone.fail(3);
        gone.end();
        loop.advance(Duration.ofSeconds(1));
        assertThat(apps(Ledger.Sort.FAILURES)).hasSize(6).startsWith("gone", "failing");
        assertThat(apps(Ledger.Sort.WAITING)).hasSize(5).startsWith("waiting", "parked later", "parked");
        assertThat(apps(Ledger.Sort.PARKED)).hasSize(5).startsWith("parked", "parked later");
        assertThat(page(Ledger.Sort.PARKED, 1, 1).totals().parked()).isEqualTo(2);
    }

    @Test
    void pages_follow_one_another_and_end() {
        for (int i = 1; i <= 4; i++) {
            new TestClient("app-" + i).fail(i);
        }
        Clients second = page(Ledger.Sort.FAILURES, 2, 2);
        assertThat(second.pageItems()).extracting(Client::app).containsExactly("app-2", "app-1");
        assertThat(second.totalCount()).isEqualTo(5);
        assertThat(second.pageNumber()).isEqualTo(2);
        assertThat(second.pagesAvailable()).isEqualTo(3);
        assertThat(page(Ledger.Sort.FAILURES, 3, 2).pageItems()).hasSize(1);
        assertThat(page(Ledger.Sort.FAILURES, 4, 2).pageItems()).isEmpty();
        assertThat(page(Ledger.Sort.FAILURES, Integer.MAX_VALUE, 500).pageItems())
                .isEmpty();
    }

    @Test
    void a_connected_client_costs_two_hundred_bytes_at_most() {
        var info = new ClientInfo("v", "ip", Map.of());
        var deliveries = new Delivery[101];
        for (int i = 0; i < deliveries.length; i++) {
            deliveries[i] = ledger.open(client.peer, info);
            deliveries[i].failed(ORDERS, 1, 100, "no answer within 5 s", loop.nanoTime());
        }
        naming.list.clear();
        assertThat(bytesEach(deliveries)).isBetween(100L, 200L);
    }

    @Test
    void the_words_of_a_failing_client_cost_little_more() {
        var info = new ClientInfo("v", "ip", Map.of());
        var deliveries = new Delivery[101];
        for (int i = 0; i < deliveries.length; i++) {
            deliveries[i] = ledger.open(client.peer, info);
            deliveries[i].failed(ORDERS, 1, 100, "answer " + i + " \u0416" + "x".repeat(5_000), loop.nanoTime());
        }
        naming.list.clear();
        assertThat(bytesEach(deliveries)).isLessThan(350L);
    }

    private static long bytesEach(Delivery[] deliveries) {
        long one = GraphLayout.parseInstance(deliveries[0]).totalSize();
        long all = GraphLayout.parseInstance((Object[]) deliveries).totalSize();
        return (all - one) / (deliveries.length - 1);
    }

    @Test
    void what_is_known_of_the_closed_is_charged_as_much_as_it_measures() {
        long before = GraphLayout.parseInstance(ledger).totalSize();
        for (int i = 0; i < 200; i++) {
            new TestClient("application-" + i).end(new String("the client closed the connection".toCharArray()));
        }
        long measured = GraphLayout.parseInstance(ledger).totalSize() - before;
        assertThat(account.held() / 200).isBetween(measured / 200, measured * 2 / 200);
    }

    @Test
    void those_turned_away_are_charged_as_much_as_they_measure() {
        long before = GraphLayout.parseInstance(ledger).totalSize();
        for (int i = 0; i < 100; i++) {
            ledger.turnedAway("10.0.0." + i, "spoke without TLS " + i);
        }
        long measured = GraphLayout.parseInstance(ledger).totalSize() - before;
        assertThat(account.held() / 100).isBetween(measured / 100, measured * 2 / 100);
    }

    @Test
    void what_is_remembered_is_charged_as_much_as_it_measures() {
        long before = GraphLayout.parseInstance(ledger).totalSize();
        for (int i = 0; i < 200; i++) {
            var gone = new TestClient("application-" + i);
            gone.peer.writable = false;
            gone.mark(RULES);
            gone.delivery.failed(ORDERS, 1, 1, "answer " + i, loop.nanoTime());
            gone.end();
        }
        naming.list.clear();
        remote.list.clear();
        long measured = GraphLayout.parseInstance(ledger).totalSize() - before;
        // Twice, since it is known of each as one of the last to go too.
        assertThat(account.held() / 200).isBetween(measured / 200, measured * 4 / 200);
    }

    @Test
    void versions_in_use_are_counted_and_those_with_known_faults_say_so() {
        connected.add(ledger.open(client.peer, new ClientInfo("Nacos-Go-Client:v2.2.9", "10.0.0.2", Map.of())));
        connected.add(ledger.open(client.peer, new ClientInfo("Nacos-Java-Client:v2.2.3", "10.0.0.3", Map.of())));
        connected.add(ledger.open(client.peer, new ClientInfo("", "10.0.0.4", Map.of())));
        List<Version> versions = page(Ledger.Sort.WAITING, 1, 1).versions();
        assertThat(versions)
                .extracting(Version::version)
                .containsExactly("Nacos-Java-Client:v2.2.3", "Nacos-Go-Client:v2.2.9", "unknown");
        assertThat(versions).extracting(Version::clients).containsExactly(2, 1, 1);
        assertThat(versions.get(0).fault()).isNull();
        assertThat(versions.get(1).fault()).contains("called back once");
        assertThat(versions.get(1).source()).contains("nacos-sdk-go#815");
    }

    @Test
    void clients_that_name_themselves_at_random_share_one_row() {
        for (int i = 0; i < 5_000; i++) {
            connected.add(ledger.open(client.peer, new ClientInfo("v" + i, "10.0.0.2", Map.of())));
        }
        List<Version> versions = page(Ledger.Sort.WAITING, 1, 1).versions();
        assertThat(versions).hasSize(101).last().isEqualTo(new Version("others", 4_901, null, null));
    }
}
