package dev.plimsoll.grpc;

import static dev.plimsoll.auth.Oracle.any;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.auth.Auth;
import dev.plimsoll.auth.AuthSettings;
import dev.plimsoll.auth.Identity;
import dev.plimsoll.auth.Oracle;
import dev.plimsoll.auth.Oracle.Touch;
import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.loop.ManualLoop;
import dev.plimsoll.net.GrpcService.UnaryCall;
import dev.plimsoll.net.GrpcStatus;
import dev.plimsoll.refusal.Forbidden;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.registry.OwnerId;
import dev.plimsoll.registry.Registry;
import dev.plimsoll.registry.RegistryCommand;
import dev.plimsoll.registry.RegistrySettings;
import dev.plimsoll.registry.ServiceKey;
import dev.plimsoll.session.ServiceFrames;
import dev.plimsoll.session.ServicePush;
import dev.plimsoll.store.SqliteJournal;
import dev.plimsoll.store.StoreSettings;
import dev.plimsoll.vitals.MemoryBudget;
import dev.plimsoll.vitals.Traffic;
import dev.plimsoll.wire.ConfigMessages.ConfigBatchListenRequest;
import dev.plimsoll.wire.ConfigMessages.ConfigListenContext;
import dev.plimsoll.wire.ConfigMessages.ConfigPublishRequest;
import dev.plimsoll.wire.ConfigMessages.ConfigQueryRequest;
import dev.plimsoll.wire.ConfigMessages.ConfigRemoveRequest;
import dev.plimsoll.wire.Message.ClientRequest;
import dev.plimsoll.wire.NamingMessages.ServiceListRequest;
import dev.plimsoll.wire.NamingMessages.ServiceQueryRequest;
import dev.plimsoll.wire.NamingMessages.SubscribeServiceRequest;
import dev.plimsoll.wire.Payload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.helpers.NOPLogger;

/** The gate of gRPC against an oracle, over random permissions and random requests. */
class GateTest {
    private static final List<String> NAMESPACES = List.of("dev", "prod", "", "public", " dev ", "NULL");
    private static final List<String> GROUPS = List.of("G", "H", "GG", "a:b");
    private static final List<String> NAMES = List.of("one", "two", "o.e", "naming/one");
    private static final int USERS = 12;
    private static final int REQUESTS = 2_000;

    @TempDir
    private Path data;

    private final ManualLoop loop = new ManualLoop();
    private SqliteJournal journal;
    private Auth auth;

    @BeforeEach
    void open() {
        var budget = new MemoryBudget(1 << 26, 0);
        journal = SqliteJournal.open(StoreSettings.in(data), budget.heap("journal", 0.5), InstantSource.system());
        auth = new Auth(
                new AuthSettings(true, Duration.ofHours(5), 100, 100),
                List.of(new byte[32]),
                loop,
                Runnable::run,
                journal,
                budget.heap("auth", 0.5),
                InstantSource.system(),
                new SecureRandom(),
                NOPLogger.NOP_LOGGER,
                NOPLogger.NOP_LOGGER);
    }

    @AfterEach
    void close() {
        journal.close();
    }

    private record Asked(ClientRequest request, List<Touch> touches) {
        Asked(ClientRequest request, Touch touch) {
            this(request, List.of(touch));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void the_gate_agrees_with_the_oracle(long seed) {
        var random = new Random(seed);
        var permissions = new Permissions(auth, InstantSource.system());
        int permitted = 0;
        for (int u = 0; u < USERS; u++) {
            Oracle oracle = Oracle.random(random);
            Payload payload = payload(login("user" + u, oracle));
            for (int i = 0; i < REQUESTS / USERS; i++) {
                Asked asked = asked(random);
                boolean expected = asked.touches().stream().allMatch(oracle::permits);
                assertThat(passes(permissions, payload, asked.request()))
                        .as("%s may %s", oracle.rules(), asked)
                        .isEqualTo(expected);
                permitted += expected ? 1 : 0;
            }
        }
        assertThat(permitted).as("both answers occur").isBetween(REQUESTS / 20, REQUESTS * 19 / 20);
    }

    /** Who may do anything in the public namespace, and nothing elsewhere, passes with what is of the public namespace. */
    @ParameterizedTest
    @ValueSource(longs = {4, 5})
    void what_is_authorised_is_what_is_touched(long seed) {
        var random = new Random(seed);
        var everything = new Oracle.Rule("public", "G", "*", "public:G:*", "a");
        Payload payload = payload(login("user", new Oracle(List.of(everything))));
        var permissions = new Permissions(auth, InstantSource.system());
        int passed = 0;
        for (int i = 0; i < REQUESTS; i++) {
            String namespace = spelled(List.of("public", "PUBLIC", "null", "Null", "", "dev", "pub"), random);
            String group = spelled(List.of("G", "", "DEFAULT_GROUP"), random);
            boolean config = random.nextBoolean();
            ClientRequest request = config
                    ? new ConfigQueryRequest(null, "one", group, namespace, "")
                    : new ServiceQueryRequest(null, namespace, "one", group, "", false);
            boolean ofPublic;
            try {
                ofPublic = config
                        ? ConfigKey.of(namespace, group, "one").equals(ConfigKey.of("public", "G", "one"))
                        : new ServiceKey(namespace, group, "one").equals(new ServiceKey("public", "G", "one"));
            } catch (InvalidRequest e) {
                continue; // nothing is touched
            }
            assertThat(passes(permissions, payload, request))
                    .as("'%s' of '%s'", group, namespace)
                    .isEqualTo(ofPublic);
            passed += ofPublic ? 1 : 0;
        }
        assertThat(passed).isGreaterThan(REQUESTS / 40);
    }

    /** A list of services is what the oracle lets be read of them, by pages, and no other is counted. */
    @ParameterizedTest
    @ValueSource(longs = {6, 7})
    void lists_hold_what_their_caller_may_read(long seed) {
        var random = new Random(seed);
        var registry = registry();
        for (String namespace : List.of("dev", "prod", "public")) {
            for (String group : List.of("G", "H", "DEFAULT_GROUP")) {
                for (String name : List.of("one", "two", "o.e")) {
                    done(registry.submit(new RegistryCommand.Register(
                            new OwnerId("owner"), new ServiceKey(namespace, group, name), List.of())));
                }
            }
        }
        var handlers = new NamingHandlers(registry, frames(registry), auth.access(), Runnable::run);
        int shown = 0;
        int hidden = 0;
        for (int u = 0; u < USERS; u++) {
            Oracle oracle = Oracle.random(random);
            login("user" + u, oracle);
            for (String namespace : List.of("dev", "prod", "", "NULL")) {
                for (String group : List.of("G", "H", "")) {
                    List<String> expected = Stream.of("o.e", "one", "two")
                            .filter(name -> oracle.permits(
                                    Touch.service('r', namespace, group.isEmpty() ? "DEFAULT_GROUP" : group, name)))
                            .toList();
                    var found = new ArrayList<String>();
                    for (int page = 1; page <= 2; page++) {
                        var request = new ServiceListRequest(null, namespace, group, page, 2);
                        String answer = answer(handlers, request, new Identity("user" + u));
                        assertThat(answer).as("%s", oracle.rules()).contains("\"count\":" + expected.size());
                        Stream.of("o.e", "one", "two")
                                .filter(name -> answer.contains('"' + name + '"'))
                                .forEach(found::add);
                    }
                    assertThat(found).as("%s", oracle.rules()).isEqualTo(expected);
                    shown += found.size();
                    hidden += 3 - found.size();
                }
            }
        }
        assertThat(Math.min(shown, hidden)).as("both occur").isGreaterThan(20);
    }

    private Registry registry() {
        var budget = new MemoryBudget(1 << 26, 0);
        return new Registry(
                loop,
                journal,
                budget.heap("registry", 0.4),
                budget.heap("watches", 0.1),
                RegistrySettings.DEFAULT,
                new ServicePush(loop));
    }

    private ServiceFrames frames(Registry registry) {
        return new ServiceFrames(
                registry::snapshot,
                UnpooledByteBufAllocator.DEFAULT,
                new MemoryBudget(0, 1 << 24).direct("snapshots", 1),
                new AtomicLong(),
                loop::nanoTime);
    }

    private static String answer(NamingHandlers handlers, ServiceListRequest request, Identity caller) {
        var answer = new StringBuilder();
        var call = new UnaryCall() {
            @Override
            public void answer(ByteBuf message) {
                answer.append(message.toString(StandardCharsets.UTF_8));
                message.release();
            }

            @Override
            public void fail(GrpcStatus status, String message) {
                throw new AssertionError(message);
            }
        };
        var traffic = new Traffic(System::nanoTime);
        var reply = new Reply(call, UnpooledByteBufAllocator.DEFAULT, "ServiceListResponse", null, traffic);
        handlers.list(request, caller, reply);
        return answer.toString();
    }

    /** One of them with what is cut off, or not, around it. */
    private static String spelled(List<String> names, Random random) {
        List<String> around = List.of("", "", "", "", " ", "\t", "\u0001", "\u2003", "\u00a0");
        return any(around, random) + any(names, random) + any(around, random);
    }

    private String login(String user, Oracle oracle) {
        done(auth.users().create(user, "secret"));
        done(auth.users().giveRole("of-" + user, user));
        for (Oracle.Rule rule : List.copyOf(new LinkedHashSet<>(oracle.rules()))) {
            done(auth.users().permit("of-" + user, rule.resource(), rule.action()));
        }
        return done(auth.logins().login(user, "secret", "127.0.0.1")).text();
    }

    private <T> T done(CompletionStage<T> stage) {
        Awaitility.await()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> {
                    loop.runAll();
                    return stage.toCompletableFuture().isDone();
                });
        return stage.toCompletableFuture().join();
    }

    private static Payload payload(String token) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.put("accessToken", token);
        return new Payload("X", headers, "", new byte[0]);
    }

    private static boolean passes(Permissions permissions, Payload payload, ClientRequest request) {
        try {
            permissions.check(payload, request);
            return true;
        } catch (Forbidden e) {
            return false;
        }
    }

    private static Asked asked(Random random) {
        String namespace = any(NAMESPACES, random);
        String group = any(GROUPS, random);
        String name = any(NAMES, random);
        return switch (random.nextInt(8)) {
            case 0 ->
                new Asked(
                        new ConfigQueryRequest(null, name, group, namespace, ""),
                        Touch.config('r', namespace, group, name));
            case 1 ->
                new Asked(
                        new ConfigPublishRequest(null, name, group, namespace, "x", "", Map.of()),
                        Touch.config('p', namespace, group, name));
            case 2 ->
                new Asked(
                        new ConfigRemoveRequest(null, name, group, namespace, ""),
                        Touch.config('w', namespace, group, name));
            case 3 ->
                new Asked(
                        new ServiceQueryRequest(null, namespace, name, group, "", false),
                        Touch.service('r', namespace, group, name));
            case 4 ->
                new Asked(
                        new SubscribeServiceRequest(null, namespace, name, group, true, ""),
                        Touch.service('r', namespace, group, name));
            case 5 -> {
                String other = any(NAMES, random);
                yield new Asked(
                        new ConfigBatchListenRequest(
                                null,
                                true,
                                List.of(
                                        new ConfigListenContext(name, group, namespace, ""),
                                        new ConfigListenContext(other, group, namespace, ""))),
                        List.of(Touch.config('r', namespace, group, name), Touch.config('r', namespace, group, other)));
            }
            case 6 -> new Asked(new ServiceListRequest(null, namespace, group, 1, 10), List.of()); // filtered
            default ->
                new Asked(
                        new ConfigBatchListenRequest(
                                null, false, List.of(new ConfigListenContext(name, group, namespace, ""))),
                        List.of());
        };
    }
}
