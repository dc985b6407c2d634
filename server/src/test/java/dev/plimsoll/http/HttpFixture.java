package dev.plimsoll.http;

import dev.plimsoll.Gauges;
import dev.plimsoll.auth.Auth;
import dev.plimsoll.auth.AuthSettings;
import dev.plimsoll.auth.Oracle;
import dev.plimsoll.auth.Scrapers;
import dev.plimsoll.config.Catalog;
import dev.plimsoll.config.ConfigAccounts;
import dev.plimsoll.config.ConfigSettings;
import dev.plimsoll.config.Configs;
import dev.plimsoll.config.Namespaces;
import dev.plimsoll.loop.ThreadLoop;
import dev.plimsoll.net.Connection;
import dev.plimsoll.net.GrpcService;
import dev.plimsoll.net.NetAccounts;
import dev.plimsoll.net.NetServer;
import dev.plimsoll.net.NetSettings;
import dev.plimsoll.net.Router;
import dev.plimsoll.registry.Registry;
import dev.plimsoll.registry.RegistrySettings;
import dev.plimsoll.session.ClientInfo;
import dev.plimsoll.session.ConfigPush;
import dev.plimsoll.session.Ledger;
import dev.plimsoll.session.LongPolls;
import dev.plimsoll.session.Peer;
import dev.plimsoll.session.ServiceFrames;
import dev.plimsoll.session.ServicePush;
import dev.plimsoll.session.Session;
import dev.plimsoll.session.Sessions;
import dev.plimsoll.session.UdpPush;
import dev.plimsoll.store.SqliteJournal;
import dev.plimsoll.store.StoreSettings;
import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.Admission;
import dev.plimsoll.vitals.Checkup;
import dev.plimsoll.vitals.DirectWatch;
import dev.plimsoll.vitals.Findings;
import dev.plimsoll.vitals.Host;
import dev.plimsoll.vitals.Memory;
import dev.plimsoll.vitals.MemoryBudget;
import dev.plimsoll.vitals.Sampler;
import dev.plimsoll.vitals.Traffic;
import dev.plimsoll.vitals.Vitals;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.helpers.NOPLogger;

/** All routes on a real port, over real domains and a real store. */
final class HttpFixture implements AutoCloseable {
    static final String VERSION = "1.2.3";
    static final Instant NOW = Instant.parse("2026-11-22T16:19:48.764Z");

    private static final long MIB = 1 << 20;

    final Configs configs;
    final Registry registry;
    final Sessions sessions;
    final Account index;
    final Account contents;
    final Account listeners;
    final Account requests;
    final Admission admission;
    final Router router;
    final Auth auth;
    final Traffic traffic = new Traffic(System::nanoTime);
    final Sampler sampler;
    final Findings findings = new Findings(InstantSource.fixed(NOW));
    volatile boolean ready = true;

    private final SqliteJournal journal;
    private final ThreadLoop registryLoop = new ThreadLoop("registry", 10_000);
    private final ThreadLoop configLoop = new ThreadLoop("config", 10_000);
    private final ThreadLoop sessionLoop = new ThreadLoop("sessions", 10_000);
    private final ThreadLoop authLoop = new ThreadLoop("auth", 10_000);
    final ThreadLoop vitalsLoop = new ThreadLoop("vitals", 64);
    private final ExecutorService reads = Executors.newFixedThreadPool(2);
    final NetServer net;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    HttpFixture(Path data) {
        this(data, "/nacos", router -> {});
    }

    /** @param more adds routes of the test's own */
    HttpFixture(Path data, String contextPath, Consumer<Router> more) {
        this(data, contextPath, more, false, NOPLogger.NOP_LOGGER, NOPLogger.NOP_LOGGER);
    }

    /** Callers must log in. */
    HttpFixture(Path data, Scrapers scrapers) {
        this(data, "/nacos", router -> {}, true, NOPLogger.NOP_LOGGER, NOPLogger.NOP_LOGGER, scrapers);
    }

    /** @param authOn callers must log in; the first user's password is in the file {@code admin-password} */
    HttpFixture(
            Path data,
            String contextPath,
            Consumer<Router> more,
            boolean authOn,
            org.slf4j.Logger loginLog,
            org.slf4j.Logger auditLog) {
        this(data, contextPath, more, authOn, loginLog, auditLog, Scrapers.ADMINISTRATORS);
    }

    private HttpFixture(
            Path data,
            String contextPath,
            Consumer<Router> more,
            boolean authOn,
            org.slf4j.Logger loginLog,
            org.slf4j.Logger auditLog,
            Scrapers scrapers) {
        var budget = new MemoryBudget(400 * MIB, 200 * MIB);
        requests = budget.heap("requests", 0.1);
        journal = SqliteJournal.open(StoreSettings.in(data), budget.heap("journal", 0.1), InstantSource.system());
        registry = new Registry(
                registryLoop,
                journal,
                budget.heap("registry", 0.1),
                budget.heap("watches", 0.1),
                RegistrySettings.DEFAULT,
                new ServicePush(registryLoop));
        registry.keepWithdrawn(budget.heap("withdrawn", 0.01));
        registry.load();
        listeners = budget.heap("listeners", 0.1);
        index = budget.heap("index", 0.1);
        contents = budget.heap("contents", 0.2);
        configs = new Configs(
                configLoop,
                journal,
                reads,
                new ConfigAccounts(index, contents, listeners),
                ConfigSettings.DEFAULT,
                new ConfigPush());
        var namespaces = new Namespaces(configLoop, journal, index);
        namespaces.load();
        var catalog = new Catalog(configs, journal, journal, reads, System::nanoTime);
        var requestIds = new AtomicLong();
        var ledger = new Ledger(
                sessionLoop, budget.heap("ledger", 0.1), NOPLogger.NOP_LOGGER, NOPLogger.NOP_LOGGER, traffic.pushes());
        sessions = new Sessions(
                sessionLoop,
                registry,
                configs,
                new ServiceFrames(
                        registry::snapshot,
                        UnpooledByteBufAllocator.DEFAULT,
                        budget.direct("snapshots", 0.1),
                        requestIds,
                        System::nanoTime),
                ledger,
                UnpooledByteBufAllocator.DEFAULT,
                requestIds);
        var inbound = budget.direct("inbound", 0.4);
        var outbound = budget.direct("outbound", 0.4);
        admission = new Admission(requests, outbound, Long.MAX_VALUE);
        var watch = new DirectWatch(budget, () -> new DirectWatch.Direct(3 * MIB, MIB, 0), 2);
        var memory = new Memory(600 * MIB, 300 * MIB, 200 * MIB, budget, admission, watch, findings);
        var polls = new LongPolls(configLoop, configs, listeners, new SplittableRandom(1));
        var random = new SecureRandom();
        auth = new Auth(
                new AuthSettings(authOn, Duration.ofHours(5), 1_000, 1_000),
                List.of(random.generateSeed(32)),
                authLoop,
                reads,
                journal,
                budget.heap("auth", 0.02),
                InstantSource.system(),
                random,
                loginLog,
                auditLog);
        auth.createFirstUser(data.resolve("admin-password"));
        net = new NetServer(
                NetSettings.at("127.0.0.1", 0, 0),
                null,
                new NetAccounts(budget.heap("connections", 0.02), inbound, budget.direct("unfinished", 0.05), outbound),
                admission,
                InstantSource.system());
        var udp = new UdpPush(sessionLoop, registry, ledger, budget.heap("udp", 0.01), 100, net.udp()::send);
        var host = new Host(Path.of("/"), data, OptionalLong::empty, OptionalLong::empty);
        var account = budget.heap("vitals", 0.02);
        sampler = new Sampler(
                vitalsLoop,
                Gauges.of(host, net, budget, traffic, registry, configs, polls, sessions, ledger, auth.logins()),
                data.resolve("vitals"),
                account);
        var vitals = new Vitals(
                vitalsLoop,
                traffic,
                sampler,
                new Checkup(vitalsLoop, List.of(), findings),
                findings,
                host,
                account,
                NOW.toEpochMilli());
        router = Routes.all(
                contextPath,
                registry,
                configs,
                namespaces,
                catalog,
                polls,
                sessions,
                udp,
                net::connections,
                memory,
                vitals,
                auth,
                scrapers,
                reads,
                () -> ready,
                VERSION,
                InstantSource.fixed(NOW));
        more.accept(router);
        net.udp().open(udp::received);
        net.start(new NoGrpc(), router);
    }

    int port() {
        return net.httpPort();
    }

    HttpResponse<String> get(String pathAndQuery, String... headers) {
        return send("GET", pathAndQuery, null, headers);
    }

    HttpResponse<String> post(String pathAndQuery, String... headers) {
        return send("POST", pathAndQuery, null, headers);
    }

    HttpResponse<String> put(String pathAndQuery, String... headers) {
        return send("PUT", pathAndQuery, null, headers);
    }

    HttpResponse<String> delete(String pathAndQuery, String... headers) {
        return send("DELETE", pathAndQuery, null, headers);
    }

    /** @param form a body of that kind; null for none */
    HttpResponse<String> send(String method, String pathAndQuery, @Nullable String form, String... headers) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + net.httpPort() + pathAndQuery))
                .timeout(Duration.ofSeconds(20))
                .method(
                        method,
                        form == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(form));
        if (form != null) {
            request.header("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8");
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AssertionError(method + " " + pathAndQuery, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** A client that takes what it is sent. */
    Session connect(String id, String ip) {
        return sessions.open(new Taking(id), new ClientInfo("Nacos-Java-Client:v2.4.3", ip, Map.of("AppName", "shop")));
    }

    /** A token of a new user, who may do what the rules say. */
    String login(String user, Oracle rules) {
        auth.users().create(user, "secret").toCompletableFuture().join();
        auth.users().giveRole("of-" + user, user).toCompletableFuture().join();
        for (Oracle.Rule rule : new LinkedHashSet<>(rules.rules())) {
            auth.users()
                    .permit("of-" + user, rule.resource(), rule.action())
                    .toCompletableFuture()
                    .join();
        }
        return token(user, "secret");
    }

    String token(String user, String password) {
        return auth.logins()
                .login(user, password, "127.0.0.1")
                .toCompletableFuture()
                .join()
                .text();
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("(none)");
    }

    @Override
    public void close() {
        net.close(Duration.ofSeconds(1));
        registryLoop.close();
        configLoop.close();
        sessionLoop.close();
        authLoop.close();
        vitalsLoop.close();
        reads.shutdownNow();
        journal.close();
    }

    private record Taking(String id) implements Peer {
        @Override
        public Executor loop() {
            return Runnable::run;
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
            message.release();
        }

        @Override
        public void close(String reason) {}
    }

    private static final class NoGrpc implements GrpcService {
        @Override
        public @Nullable Shape shape(String path) {
            return null;
        }

        @Override
        public Handler connected(Connection connection) {
            throw new AssertionError("no call is known");
        }
    }
}
