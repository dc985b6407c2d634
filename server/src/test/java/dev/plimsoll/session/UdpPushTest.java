package dev.plimsoll.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.loop.ManualLoop;
import dev.plimsoll.registry.Instance;
import dev.plimsoll.registry.OwnerId;
import dev.plimsoll.registry.Registry;
import dev.plimsoll.registry.RegistryCommand;
import dev.plimsoll.registry.RegistrySettings;
import dev.plimsoll.registry.ServiceKey;
import dev.plimsoll.store.MemoryJournal;
import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.Latency;
import dev.plimsoll.vitals.MemoryBudget;
import dev.plimsoll.wire.LedgerMessages.Client;
import dev.plimsoll.wire.LedgerMessages.Clients;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.openjdk.jol.info.GraphLayout;
import org.slf4j.helpers.NOPLogger;

/** Over the real registry, one hand-turned loop for both; datagrams are caught. */
class UdpPushTest {
    private static final ServiceKey ORDERS = new ServiceKey("public", "DEFAULT_GROUP", "orders");
    private static final OwnerId SOMEONE = OwnerId.connection("someone");
    private static final String AGENT = "Nacos-Java-Client:v1.4.7";
    private static final Pattern NUMBER = Pattern.compile("\"lastRefTime\":([0-9]+)}$");
    private static final InetSocketAddress CLIENT = at("10.0.0.1", 50_001);
    private static final InetSocketAddress OTHER = at("10.0.0.2", 50_002);

    private record Sent(byte[] payload, List<InetSocketAddress> to) {}

    private final ManualLoop loop = new ManualLoop();
    private final MemoryBudget budget = new MemoryBudget(64 << 20, 0);
    private final Account watches = budget.heap("watches", 0.1);
    private final Account account = budget.heap("udp", 0.05);
    private final Registry registry = new Registry(
            loop,
            new MemoryJournal(),
            budget.heap("registry", 0.5),
            watches,
            RegistrySettings.DEFAULT,
            new ServicePush(loop));
    private final Ledger ledger =
            new Ledger(loop, budget.heap("ledger", 0.1), NOPLogger.NOP_LOGGER, NOPLogger.NOP_LOGGER, new Latency());
    private final List<Sent> sent = new ArrayList<>();
    private boolean mayRead = true;
    private final UdpPush push = new UdpPush(loop, registry, ledger, account, 2_000, (payload, to, unsent) -> {
        sent.add(new Sent(payload, List.copyOf(to)));
        return true;
    });

    private static InetSocketAddress at(String ip, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByName(ip), port);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void subscribe(InetSocketAddress client) {
        subscribe(client, "");
    }

    private void subscribe(InetSocketAddress client, String clusters) {
        var done = push.subscribe(client, ORDERS, clusters, AGENT, "shop", key -> mayRead)
                .toCompletableFuture();
        loop.runAll();
        assertThat(done).isCompleted();
    }

    private void register(Instance... instances) {
        registry.submit(new RegistryCommand.Register(SOMEONE, ORDERS, List.of(instances)));
        loop.runAll();
    }

    private static Instance host(int port) {
        return new Instance("10.9.8.4", port, 1, true, true, "", "", Map.of());
    }

    private void pass(long millis) {
        loop.advance(Duration.ofMillis(millis));
    }

    private static String text(byte[] payload) {
        if (payload[0] != 0x1f) {
            return new String(payload, StandardCharsets.UTF_8);
        }
        try (var gzip = new GZIPInputStream(new ByteArrayInputStream(payload))) {
            return new String(gzip.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private String last() {
        return text(sent.get(sent.size() - 1).payload());
    }

    private static String number(String text) {
        var matcher = NUMBER.matcher(text);
        assertThat(matcher.find()).as(text).isTrue();
        return matcher.group(1);
    }

    private void ack(InetSocketAddress from, String number) {
        receive(from, "{\"type\": \"push-ack\", \"lastRefTime\":\"" + number + "\", \"data\":\"\"}");
    }

    private void receive(InetSocketAddress from, String datagram) {
        push.received(from, datagram.getBytes(StandardCharsets.UTF_8));
        loop.runAll();
    }

    private Clients page() {
        return ledger.page(List.of(), Ledger.Sort.FAILURES, 1, 10);
    }

    private Client ledgered() {
        return page().pageItems().get(0);
    }

    @Test
    void who_may_not_read_any_more_is_not_told_and_others_are() {
        subscribe(CLIENT);
        push.subscribe(OTHER, ORDERS, "", AGENT, "shop", key -> true);
        loop.runAll();
        register(host(80));
        assertThat(sent.get(0).to()).containsExactlyInAnyOrder(CLIENT, OTHER);
        ack(CLIENT, number(last()));
        ack(OTHER, number(last()));

        mayRead = false;
        pass(1_000);
        register(host(80), host(81));
        assertThat(sent).hasSize(2);
        assertThat(sent.get(1).to()).containsExactly(OTHER);
        ack(OTHER, number(last()));
        pass(60_000);
        assertThat(sent).as("no second datagram either").hasSize(2);

        mayRead = true;
        register(host(80), host(81), host(82));
        assertThat(sent.get(2).to()).containsExactlyInAnyOrder(CLIENT, OTHER);
    }

    @Test
    void nobody_who_may_read_is_nothing_to_encode() {
        subscribe(CLIENT);
        mayRead = false;
        register(host(80));
        assertThat(sent).isEmpty();
        pass(1_000);
        mayRead = true;
        register(host(81));
        assertThat(sent).hasSize(1);
    }

    @Test
    void change_is_one_datagram_at_once_as_clients_expect_it() {
        subscribe(CLIENT);
        register(host(80));
        assertThat(sent).hasSize(1);
        assertThat(sent.get(0).to()).containsExactly(CLIENT);
        assertThat(last())
                .startsWith("{\"type\":\"dom\",\"data\":\"{\\\"name\\\":\\\"DEFAULT_GROUP@@orders\\\","
                        + "\\\"groupName\\\":\\\"DEFAULT_GROUP\\\",\\\"clusters\\\":\\\"\\\"")
                .contains("\\\"ip\\\":\\\"10.9.8.4\\\",\\\"port\\\":80,")
                .matches("(?s).*\\\\\"valid\\\\\":true.*}\",\"lastRefTime\":[0-9]+}");
        assertThat(sent.get(0).payload().length).isLessThan(1_024);
        pass(120_000);
        assertThat(sent).as("and the one retry").hasSize(2);
    }

    @Test
    void large_states_are_compressed() {
        subscribe(CLIENT);
        register(host(80), host(81), host(82), host(83), host(84));
        byte[] payload = sent.get(0).payload();
        assertThat(payload[0]).isEqualTo((byte) 0x1f);
        assertThat(payload[1]).isEqualTo((byte) 0x8b);
        assertThat(text(payload)).hasSizeGreaterThan(1_024).contains("\\\"port\\\":84,");
    }

    @Test
    void an_answer_counts_be_it_a_text_or_a_number() {
        subscribe(CLIENT);
        register(host(80));
        ack(CLIENT, number(last()));
        assertThat(ledgered().acked()).isEqualTo(1);
        pass(600);
        register(host(81));
        receive(CLIENT, "{\"type\":\"push-ack\",\"lastRefTime\":" + number(last()) + ",\"data\":\"\"}");
        assertThat(ledgered().acked()).isEqualTo(2);
        assertThat(ledgered().dirtyTopics()).isZero();
        pass(60_000);
        assertThat(sent).hasSize(2);
        assertThat(page().totals().services().ok()).isEqualTo(2);
    }

    @Test
    void churn_is_merged() {
        subscribe(CLIENT);
        for (int i = 0; i < 100; i++) {
            register(host(1_000 + i));
            pass(20);
        }
        pass(1_000);
        assertThat(sent).hasSizeBetween(4, 6);
        assertThat(last()).contains("\\\"port\\\":1099,");
    }

    @Test
    void subscribers_share_one_encoding() {
        for (int i = 0; i < 1_000; i++) {
            subscribe(at("10.1." + i / 250 + "." + i % 250, 50_000));
        }
        register(host(80));
        assertThat(sent.stream().mapToInt(s -> s.to().size()).sum()).isEqualTo(1_000);
        Set<byte[]> payloads = Collections.newSetFromMap(new IdentityHashMap<>());
        sent.forEach(s -> payloads.add(s.payload()));
        assertThat(payloads).hasSize(1);
    }

    @Test
    void lost_answer_is_one_retry_with_the_newest_state_and_then_given_up() {
        subscribe(CLIENT);
        register(host(80));
        pass(9_000);
        assertThat(sent).hasSize(1);
        pass(2_000);
        assertThat(sent).hasSize(2);
        assertThat(ledgered().failures()).isZero();
        pass(12_000);
        assertThat(sent).hasSize(2);
        Client client = ledgered();
        assertThat(client.failures()).isEqualTo(1);
        assertThat(client.sent()).isEqualTo(2);
        assertThat(client.parkedFor()).isEqualTo("no answer by UDP: cannot be reached");
        assertThat(client.lastError()).startsWith("no answer within 10 s");
        assertThat(page().totals().services().failed()).isEqualTo(1);

        register(host(81));
        pass(30_000);
        assertThat(sent).as("no second one to whom the first did not reach").hasSize(3);
        assertThat(ledgered().failures()).isEqualTo(2);

        register(host(82));
        ack(CLIENT, number(last()));
        assertThat(ledgered().parkedFor()).isNull();
        assertThat(ledger.parked()).isZero();
    }

    @Test
    void client_that_never_answers_is_found_out_under_churn_too() {
        subscribe(CLIENT);
        for (int i = 0; i < 50; i++) {
            register(host(1_000 + i));
            pass(500);
        }
        assertThat(ledgered().failures()).isEqualTo(1);
        assertThat(ledgered().parkedFor()).isNotNull();
        assertThat(ledgered().dirtyTopics()).isLessThanOrEqualTo(1);
    }

    @Test
    void what_no_datagram_can_hold_is_not_sent_and_the_ledger_says_so() {
        subscribe(CLIENT);
        var noise = new java.util.Random(1);
        var instances = new Instance[200];
        for (int i = 0; i < instances.length; i++) {
            var text = new StringBuilder();
            while (text.length() < 1_000) {
                text.append(Long.toHexString(noise.nextLong()));
            }
            instances[i] = new Instance("10.9.8.4", 1 + i, 1, true, true, "", "", Map.of("noise", text.toString()));
        }
        register(instances);
        assertThat(sent).isEmpty();
        assertThat(page().totals().udp().tooLarge()).isEqualTo(1);
        assertThat(ledgered().lastError()).startsWith("too large for a datagram");
        pass(30_000);
        assertThat(sent).isEmpty();
    }

    @Test
    void one_who_stops_asking_is_forgotten_after_180_s_with_all_that_was_held_for_it() {
        subscribe(CLIENT);
        subscribe(CLIENT, "north");
        for (int i = 0; i < 20; i++) {
            pass(10_000);
            subscribe(CLIENT);
        }
        assertThat(page().pageItems()).hasSize(1);
        register(host(80));
        assertThat(sent).as("the filter nobody asks for is forgotten alone").hasSize(1);
        ack(CLIENT, number(last()));
        pass(178_000);
        assertThat(ledgered().connectionId()).isEqualTo("10.0.0.1:50001#udp");
        pass(5_000);
        assertThat(page().pageItems()).isEmpty();
        assertThat(push.holdsNothing()).isTrue();
        assertThat(account.held()).isZero();
        assertThat(watches.held()).isZero();
        register(host(81));
        assertThat(sent).hasSize(1);
    }

    @Test
    void what_is_charged_is_what_the_objects_measure() {
        grow(0);
        long before = GraphLayout.parseInstance(push).totalSize();
        long held = account.held() + watches.held();
        for (int i = 1; i <= 300; i++) {
            grow(i);
        }
        long measured = GraphLayout.parseInstance(push).totalSize() - before;
        long charged = account.held() + watches.held() - held;
        assertThat(charged / 300).isBetween(measured / 300, measured * 5 / 2 / 300);
    }

    /** As heavy as that of a user who logged in: a name of his own, and a right that is looked up anew each time. */
    private static Predicate<ServiceKey> rightOf(int i) {
        String user = "a-user-of-some-department-with-a-long-name-" + i;
        long life = i;
        Predicate<String> now = resource -> user.length() + life > resource.length();
        return key -> now.test(key.name());
    }

    private void grow(int i) {
        for (int service = 0; service < 1 + i % 3; service++) {
            var key = new ServiceKey("pub" + "lic".repeat(i % 2), "GROUP-" + i, "orders-" + service + "-" + i);
            push.subscribe(at("10.0.7." + i % 250, 50_000 + i), key, "", AGENT + i, "shop-" + i, rightOf(i));
            loop.runAll();
            registry.watchers(key).keySet().forEach(watcher -> {
                if (watcher instanceof UdpSubscriber subscriber) {
                    subscriber.mark(new Topic.ServiceView(key, ""));
                }
            });
            loop.runAll();
        }
        sent.clear();
    }

    @Test
    void flood_of_subscribers_is_bounded_and_costs_nobody_a_place() {
        subscribe(CLIENT);
        for (int port = 10_000; port < 11_000; port++) {
            subscribe(at("10.0.0.9", port));
        }
        assertThat(page().totals().udp().subscribers()).isEqualTo(1 + UdpPush.MAX_PER_ADDRESS);
        assertThat(page().totals().udp().refused()).isEqualTo(1_000 - UdpPush.MAX_PER_ADDRESS);
        for (int i = 0; i < 3_000; i++) {
            subscribe(at("10.7." + i / 250 + "." + i % 250, 50_000));
        }
        long subscribers = page().totals().udp().subscribers();
        assertThat(subscribers).isLessThanOrEqualTo(2_000);
        assertThat(account.held()).isLessThanOrEqualTo(account.limit());
        register(host(80));
        assertThat(sent.get(0).to()).contains(CLIENT);
        pass(200_000);
        assertThat(push.holdsNothing()).isTrue();
        assertThat(account.held()).isZero();
        assertThat(watches.held()).isZero();
    }

    @Test
    void datagrams_of_strangers_and_nonsense_are_ignored() {
        subscribe(CLIENT);
        register(host(80));
        String number = number(last());
        ack(OTHER, number);
        ack(CLIENT, "1" + number);
        receive(CLIENT, "{\"type\":\"dump-ack\",\"lastRefTime\":\"" + number + "\"}");
        receive(CLIENT, "{\"type\":\"push-ack\",\"lastRefTime\":\"-1\"}");
        receive(CLIENT, "nonsense");
        receive(CLIENT, "");
        assertThat(page().totals().udp().ignored()).isEqualTo(6);
        assertThat(ledgered().acked()).isZero();
        ack(CLIENT, number);
        assertThat(ledgered().acked()).isEqualTo(1);
    }

    @Test
    void subscriber_is_listed_among_the_watchers_of_its_service() {
        subscribe(CLIENT);
        assertThat(registry.watchers(ORDERS).keySet())
                .singleElement()
                .isInstanceOfSatisfying(Subscriber.class, subscriber -> {
                    assertThat(subscriber.agent()).isEqualTo(AGENT);
                    assertThat(subscriber.app()).isEqualTo("shop");
                    assertThat(subscriber.ip()).isEqualTo("10.0.0.1");
                    assertThat(subscriber.port()).isEqualTo(50_001);
                });
    }
}
