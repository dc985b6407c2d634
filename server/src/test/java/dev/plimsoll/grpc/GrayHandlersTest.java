package dev.plimsoll.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.config.ConfigAccounts;
import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.config.ConfigSettings;
import dev.plimsoll.config.Configs;
import dev.plimsoll.config.Md5;
import dev.plimsoll.loop.ManualLoop;
import dev.plimsoll.net.GrpcService.UnaryCall;
import dev.plimsoll.net.GrpcStatus;
import dev.plimsoll.refusal.Refusal;
import dev.plimsoll.registry.Registry;
import dev.plimsoll.registry.RegistrySettings;
import dev.plimsoll.session.ClientInfo;
import dev.plimsoll.session.ConfigPush;
import dev.plimsoll.session.Ledger;
import dev.plimsoll.session.Peer;
import dev.plimsoll.session.ServiceFrames;
import dev.plimsoll.session.ServicePush;
import dev.plimsoll.session.Session;
import dev.plimsoll.session.Sessions;
import dev.plimsoll.store.MemoryJournal;
import dev.plimsoll.store.Write.Author;
import dev.plimsoll.vitals.Latency;
import dev.plimsoll.vitals.MemoryBudget;
import dev.plimsoll.vitals.Traffic;
import dev.plimsoll.wire.ConfigMessages.ConfigBatchListenRequest;
import dev.plimsoll.wire.ConfigMessages.ConfigListenContext;
import dev.plimsoll.wire.ConfigMessages.ConfigPublishRequest;
import dev.plimsoll.wire.ConfigMessages.ConfigQueryRequest;
import dev.plimsoll.wire.ConfigMessages.ConfigRemoveRequest;
import dev.plimsoll.wire.Message.ClientRequest;
import dev.plimsoll.wire.Payload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.slf4j.helpers.NOPLogger;

/** Gray versions through gRPC: two clients at 10.0.0.1 and 10.0.0.2, the second with the tag blue. */
class GrayHandlersTest {
    private final ManualLoop loop = new ManualLoop();
    private final MemoryBudget budget = new MemoryBudget(64 << 20, 8 << 20);
    private final MemoryJournal journal = new MemoryJournal();
    private final Configs configs = new Configs(
            loop,
            journal,
            Runnable::run,
            new ConfigAccounts(budget.heap("index", 0.1), budget.heap("contents", 0.4), budget.heap("listeners", 0.1)),
            ConfigSettings.DEFAULT,
            new ConfigPush());
    private final ConfigHandlers handlers = new ConfigHandlers(configs);
    private final Sessions sessions = sessions();
    private final Client first = new Client("10.0.0.1", Map.of());
    private final Client blue = new Client("10.0.0.2", Map.of("app_Vipserver-Tag", "blue"));

    private final Client publisher = new Client("10.0.0.9", Map.of());

    private Sessions sessions() {
        var registry = new Registry(
                loop,
                journal,
                budget.heap("registry", 0.1),
                budget.heap("watches", 0.1),
                RegistrySettings.DEFAULT,
                new ServicePush(loop));
        var ids = new AtomicLong();
        return new Sessions(
                loop,
                registry,
                configs,
                new ServiceFrames(
                        registry::snapshot,
                        UnpooledByteBufAllocator.DEFAULT,
                        budget.direct("snapshots", 0.5),
                        ids,
                        loop::nanoTime),
                new Ledger(loop, budget.heap("ledger", 0.1), NOPLogger.NOP_LOGGER, NOPLogger.NOP_LOGGER, new Latency()),
                UnpooledByteBufAllocator.DEFAULT,
                ids);
    }

    /** One connection: what it is told, and what its calls are answered. */
    private final class Client implements Peer {
        private final Session session;
        private final String ip;
        private final List<String> told = new ArrayList<>();
        private String answer = "";

        Client(String ip, Map<String, String> labels) {
            this.ip = ip;
            this.session = sessions.open(this, new ClientInfo("Nacos-Java-Client:v2.5.0", ip, labels));
        }

        /** The answer's JSON. */
        String call(ClientRequest request) {
            return call(request, "");
        }

        String call(ClientRequest request, String tagHeader) {
            answer = "";
            var call = new UnaryCall() {
                @Override
                public void answer(ByteBuf message) {
                    answer = body(message);
                }

                @Override
                public void fail(GrpcStatus status, String message) {
                    throw new AssertionError(message);
                }
            };
            var reply =
                    new Reply(call, UnpooledByteBufAllocator.DEFAULT, "Answer", null, new Traffic(System::nanoTime));
            try {
                handlers.handle(request, session, new Author("", ip), tagHeader, reply);
            } catch (Refusal e) {
                reply.fail(e); // as the service does
            }
            loop.runAll();
            journal.commitAll();
            loop.runAll();
            return answer;
        }

        List<String> told() {
            var all = List.copyOf(told);
            told.clear();
            return all;
        }

        @Override
        public String id() {
            return "1700000000000_" + ip + "_50000";
        }

        @Override
        public Executor loop() {
            return loop;
        }

        @Override
        public boolean writable() {
            return true;
        }

        @Override
        public long pendingBytes() {
            return 0;
        }

        @Override
        public void send(ByteBuf message) {
            told.add(body(message));
        }

        @Override
        public void close(String reason) {}
    }

    private static String body(ByteBuf message) {
        try {
            message.skipBytes(5);
            return new String(Payload.decode(message).body(), StandardCharsets.UTF_8);
        } finally {
            message.release();
        }
    }

    @Test
    void a_beta_version_is_for_the_clients_at_its_addresses() {
        publish("formal", "", Map.of());
        assertThat(publish("beta", "", Map.of("betaIps", "10.0.0.1,10.0.0.7"))).contains("\"success\":true");

        assertThat(first.call(query("")))
                .contains("\"content\":\"beta\"")
                .contains("\"beta\":true")
                .contains("\"md5\":\"" + md5("beta") + "\"");
        assertThat(blue.call(query(""))).contains("\"content\":\"formal\"").contains("\"beta\":false");
    }

    @Test
    void a_tag_version_is_for_those_whose_label_or_header_has_the_tag() {
        publish("formal", "", Map.of());
        publish("for blue ones", "", Map.of("tag", "blue"));

        assertThat(blue.call(query("")))
                .contains("\"content\":\"for blue ones\"")
                .contains("\"tag\":\"blue\"")
                .contains("\"beta\":false");
        assertThat(first.call(query(""))).contains("\"content\":\"formal\"");
        assertThat(first.call(query(""), "blue")).contains("\"content\":\"for blue ones\"");
        assertThat(blue.call(query(""), "green")).contains("\"content\":\"formal\"");
        assertThat(new Client("10.0.0.3", Map.of("Vipserver-Tag", "blue")).call(query("")))
                .contains("\"content\":\"for blue ones\"");
    }

    @Test
    void an_explicit_tag_asks_for_its_version_alone_and_beta_comes_before() {
        publish("formal", "", Map.of());
        publish("for blue ones", "", Map.of("tag", "blue"));
        assertThat(first.call(query("blue"))).contains("\"content\":\"for blue ones\"");
        assertThat(first.call(query("green"))).contains("\"errorCode\":300").contains("config data not exist");
        publish("beta", "", Map.of("betaIps", "10.0.0.1"));
        assertThat(first.call(query("blue"))).contains("\"content\":\"beta\"");
        assertThat(first.call(query("green"))).contains("\"content\":\"beta\"");
    }

    @Test
    void addresses_win_over_a_tag_that_is_given_beside_them() {
        publish("beta", "", Map.of("betaIps", "10.0.0.1", "tag", "blue"));
        assertThat(configs.versions(key()).gray("beta")).isNotNull();
        assertThat(configs.versions(key()).grays()).hasSize(1);
    }

    @Test
    void exactly_those_are_told_who_see_another_content_and_then_read_it() {
        publish("formal", "", Map.of());
        assertThat(first.call(listen("formal"))).contains("\"changedConfigs\":[]");
        assertThat(blue.call(listen("formal"))).contains("\"changedConfigs\":[]");

        publish("beta", "", Map.of("betaIps", "10.0.0.1"));
        assertThat(first.told()).singleElement().asString().contains("\"dataId\":\"app.yaml\"");
        assertThat(blue.told()).isEmpty();
        assertThat(first.call(listen("formal"))).contains("\"dataId\":\"app.yaml\"");
        assertThat(first.call(query(""))).contains("\"content\":\"beta\"");
        assertThat(first.call(listen("beta"))).contains("\"changedConfigs\":[]");

        publish("formal anew", "", Map.of());
        assertThat(first.told()).isEmpty();
        assertThat(blue.told()).hasSize(1);
        assertThat(first.call(listen("beta"))).contains("\"changedConfigs\":[]");
        assertThat(blue.call(listen("formal"))).contains("\"dataId\":\"app.yaml\"");
    }

    @Test
    void a_tag_in_the_header_of_the_listen_call_is_the_one_that_counts() {
        publish("formal", "", Map.of());
        assertThat(first.call(listen("formal"), "green")).contains("\"changedConfigs\":[]");
        publish("for green ones", "", Map.of("tag", "green"));
        assertThat(first.told()).hasSize(1);
        assertThat(first.call(listen("for green ones"), "green")).contains("\"changedConfigs\":[]");
        assertThat(first.call(listen("for green ones"))).contains("\"dataId\":\"app.yaml\"");
    }

    @Test
    void removing_a_tag_leaves_all_else_and_tells_those_who_saw_it() {
        publish("formal", "", Map.of());
        publish("for blue ones", "", Map.of("tag", "blue"));
        first.call(listen("formal"));
        blue.call(listen("for blue ones"));

        assertThat(first.call(new ConfigRemoveRequest(null, "app.yaml", "DEFAULT_GROUP", "", "blue")))
                .contains("\"success\":true");
        assertThat(first.told()).isEmpty();
        assertThat(blue.told()).hasSize(1);
        assertThat(blue.call(query(""))).contains("\"content\":\"formal\"");
        assertThat(first.call(new ConfigRemoveRequest(null, "app.yaml", "DEFAULT_GROUP", "", "blue")))
                .as("it is gone already")
                .contains("\"success\":true");
    }

    @Test
    void a_compare_and_set_of_a_variant_looks_at_the_variant() {
        publish("formal", "", Map.of());
        publish("one", md5("anything"), Map.of("tag", "blue"));
        assertThat(publish("two", md5("formal"), Map.of("tag", "blue")))
                .contains("\"errorCode\":500")
                .contains("Cas publish gray config fail, server md5 may have changed.");
        assertThat(publish("two", md5("one"), Map.of("tag", "blue"))).contains("\"success\":true");
    }

    @Test
    void wrong_tags_and_addresses_are_refused_and_change_nothing() {
        assertThat(publish("x", "", Map.of("tag", "a b")))
                .contains("\"errorCode\":400")
                .contains("invalid tag : a b");
        assertThat(publish("x", "", Map.of("tag", "t".repeat(17)))).contains("too long tag, over 16");
        assertThat(publish("x", "", Map.of("betaIps", " , "))).contains("betaIps: 0 addresses");
        for (int i = 0; i < 10; i++) {
            publish("x", "", Map.of("tag", "t" + i));
        }
        assertThat(publish("x", "", Map.of("tag", "t10"))).contains("gray config version is over max count :10");
        assertThat(configs.versions(key()).grays()).hasSize(10);
        assertThat(configs.entry(key())).isNull();
    }

    private String publish(String content, String casMd5, Map<String, String> more) {
        var additions = new HashMap<>(more);
        additions.put("type", "yaml");
        return publisher.call(
                new ConfigPublishRequest(null, "app.yaml", "DEFAULT_GROUP", "", content, casMd5, additions));
    }

    private static ConfigKey key() {
        return ConfigKey.of("", "DEFAULT_GROUP", "app.yaml");
    }

    private static ConfigQueryRequest query(String tag) {
        return new ConfigQueryRequest(null, "app.yaml", "DEFAULT_GROUP", "", tag);
    }

    /** @param held the content the client has */
    private static ConfigBatchListenRequest listen(String held) {
        var context = new ConfigListenContext("app.yaml", "DEFAULT_GROUP", "", md5(held));
        return new ConfigBatchListenRequest(null, true, List.of(context));
    }

    private static String md5(String content) {
        return Md5.of(content.getBytes(StandardCharsets.UTF_8));
    }
}
