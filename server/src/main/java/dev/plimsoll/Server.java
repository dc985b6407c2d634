package dev.plimsoll;

import dev.plimsoll.auth.Auth;
import dev.plimsoll.auth.AuthSettings;
import dev.plimsoll.auth.Scrapers;
import dev.plimsoll.config.Catalog;
import dev.plimsoll.config.ConfigAccounts;
import dev.plimsoll.config.ConfigSettings;
import dev.plimsoll.config.Configs;
import dev.plimsoll.config.Namespaces;
import dev.plimsoll.grpc.PayloadService;
import dev.plimsoll.http.Routes;
import dev.plimsoll.http.Webhook;
import dev.plimsoll.loop.ThreadLoop;
import dev.plimsoll.net.NetAccounts;
import dev.plimsoll.net.NetServer;
import dev.plimsoll.net.Tls;
import dev.plimsoll.refusal.Refusal;
import dev.plimsoll.registry.HealthChecks;
import dev.plimsoll.registry.Registry;
import dev.plimsoll.session.ConfigPush;
import dev.plimsoll.session.Ledger;
import dev.plimsoll.session.LongPolls;
import dev.plimsoll.session.ServiceFrames;
import dev.plimsoll.session.ServicePush;
import dev.plimsoll.session.Sessions;
import dev.plimsoll.session.UdpPush;
import dev.plimsoll.store.Journal;
import dev.plimsoll.store.SqliteJournal;
import dev.plimsoll.store.StoreSettings;
import dev.plimsoll.vitals.Admission;
import dev.plimsoll.vitals.Alerts;
import dev.plimsoll.vitals.Checkup;
import dev.plimsoll.vitals.Condition;
import dev.plimsoll.vitals.DirectWatch;
import dev.plimsoll.vitals.Faults;
import dev.plimsoll.vitals.Findings;
import dev.plimsoll.vitals.HeapWatch;
import dev.plimsoll.vitals.Host;
import dev.plimsoll.vitals.Memory;
import dev.plimsoll.vitals.Sampler;
import dev.plimsoll.vitals.Severity;
import dev.plimsoll.vitals.Traffic;
import dev.plimsoll.vitals.Vitals;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.LoggerFactory;

/** The parts of a running server, built top to bottom in start order, and closed bottom to top. */
public final class Server implements AutoCloseable {
    private static final int MAX_WAITING_COMMANDS = 65_536;
    private static final int MAX_WAITING_READS = 1_024;
    private static final int MAX_WAITING_READINGS = 64;
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(2);

    /** In the data directory. */
    static final String FIRST_PASSWORD_FILE = "admin-password";

    private static final String VITALS_FILE = "vitals";

    private static final int MAX_WAITING_HASHES = 32; // for new passwords; logins have a line of their own

    private final Journal journal;
    private final ThreadLoop registryLoop;
    private final ThreadLoop configLoop;
    private final ThreadLoop sessionLoop;
    private final ThreadLoop authLoop;
    private final ThreadLoop vitalsLoop;
    private final ThreadPoolExecutor reads;
    private final ThreadPoolExecutor hashers;
    private final ThreadPoolExecutor handshakers;
    private final Optional<String> firstPassword;
    private final NetServer net;
    private final ServiceFrames frames;
    private final Sessions sessions;
    private volatile boolean ready;

    private Server(Settings settings) {
        InstantSource clock = InstantSource.system();
        Scrapers scrapers = settings.metrics().scrapers();
        Accounts accounts = Accounts.of(settings.memory());
        accounts.vitals().reserve(Traffic.HEAP_BYTES + Findings.HEAP_BYTES + Registry.CROWDING_BYTES);
        var findings = new Findings(clock);
        var faults = new Faults();
        this.handshakers = new ThreadPoolExecutor(
                1,
                1,
                1,
                TimeUnit.MINUTES,
                new LinkedBlockingQueue<>(), // whoever has work for it bounds it
                task -> daemon(task, "handshakes"));
        handshakers.allowCoreThreadTimeOut(true);
        // This takes as long as opening the database does, and neither needs the other.
        Optional<CompletableFuture<Tls>> preparing = settings.tls()
                .settings()
                .map(how ->
                        CompletableFuture.supplyAsync(() -> new Tls(how, clock, findings, handshakers), handshakers));
        StoreSettings store = StoreSettings.in(settings.data());
        var sqlite = SqliteJournal.open(store, accounts.journal(), clock, findings, faults);
        this.journal = sqlite;
        Optional<Tls> tls = preparing.map(future -> prepared(future, sqlite));
        this.registryLoop = new ThreadLoop("registry", MAX_WAITING_COMMANDS);
        this.configLoop = new ThreadLoop("config", MAX_WAITING_COMMANDS);
        this.sessionLoop = new ThreadLoop("sessions", MAX_WAITING_COMMANDS);
        this.authLoop = new ThreadLoop("auth", MAX_WAITING_COMMANDS);
        this.reads = new ThreadPoolExecutor(
                store.readers(),
                store.readers(),
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MAX_WAITING_READS),
                task -> daemon(task, "reads"));
        var admission = new Admission(accounts.requests(), accounts.outbound(), accounts.maxRequestBytes());
        this.net = new NetServer(
                settings.net(),
                tls.orElse(null),
                new NetAccounts(accounts.connections(), accounts.inbound(), accounts.unfinished(), accounts.outbound()),
                admission,
                clock);
        var traffic = new Traffic(System::nanoTime, faults);
        var directWatch = new DirectWatch(
                accounts.budget(),
                () -> new DirectWatch.Direct(net.directMemory(), net.directMemoryInUse(), net.buffersMissed()),
                net.ioThreads());
        var memory = new Memory(
                settings.memory().total(),
                settings.memory().heap(),
                settings.memory().direct(),
                accounts.budget(),
                admission,
                directWatch,
                findings);
        var requestIds = new AtomicLong();

        var registry = new Registry(
                registryLoop,
                journal,
                accounts.registry(),
                accounts.watches(),
                settings.registry().withMaxStateBytes(ServiceFrames.largest(accounts.frames()) * 7 / 8),
                new ServicePush(registryLoop));
        registry.follow(new HealthChecks(
                registryLoop, registry, new CheckedAddresses(net.probes()), new Random(), settings.healthChecks()));
        registry.keepWithdrawn(accounts.ledger());
        registry.load();
        var configs = new Configs(
                configLoop,
                journal,
                reads,
                new ConfigAccounts(accounts.configIndex(), accounts.configContents(), accounts.listeners()),
                new ConfigSettings(
                        accounts.maxContentBytes(),
                        settings.listenersPerConnection(),
                        settings.grayVersionsPerConfig()),
                new ConfigPush());
        configs.load();
        var namespaces = new Namespaces(configLoop, sqlite, accounts.configIndex());
        namespaces.load();
        var catalog = new Catalog(configs, sqlite, journal, reads, System::nanoTime);

        this.hashers = new ThreadPoolExecutor(
                1,
                1,
                1,
                TimeUnit.MINUTES,
                new ArrayBlockingQueue<>(MAX_WAITING_HASHES),
                task -> daemon(task, "logins"));
        hashers.allowCoreThreadTimeOut(true);
        var random = new SecureRandom();
        AuthSettings logins = settings.auth().on(settings.net().host());
        var auth = new Auth(
                logins,
                settings.auth().keys(logins.on(), settings.data(), random),
                authLoop,
                hashers,
                sqlite,
                accounts.auth(),
                clock,
                random,
                LoggerFactory.getLogger(Logging.LOGINS),
                LoggerFactory.getLogger(Logging.AUDIT));
        if (tls.isPresent() && tls.get().isOptional()) {
            findings.found(Tls.PLAINTEXT, Severity.INFO, "tls.plaintext is not off");
        }
        if (settings.auth().mode() == AuthMode.OFF) {
            findings.found(
                    Condition.AUTH_OFF,
                    Severity.WARNING,
                    "callers need not log in: " + settings.net().host());
        }
        this.firstPassword = auth.createFirstUser(settings.data().resolve(FIRST_PASSWORD_FILE));

        var polls = new LongPolls(configLoop, configs, accounts.listeners(), new SplittableRandom());
        this.frames =
                new ServiceFrames(registry::snapshot, net.allocator(), accounts.frames(), requestIds, System::nanoTime);
        var ledger = new Ledger(
                sessionLoop,
                accounts.ledger(),
                LoggerFactory.getLogger(Logging.NAMING_PUSH),
                LoggerFactory.getLogger(Logging.REMOTE_PUSH),
                traffic.pushes());
        net.follow(ledger::turnedAway);
        this.sessions = new Sessions(sessionLoop, registry, configs, frames, ledger, net.allocator(), requestIds);
        var udp = new UdpPush(
                sessionLoop, registry, ledger, accounts.watches(), settings.udpSubscribers(), net.udp()::send);
        var payloads = new PayloadService(
                sessions, registry, frames, configs, admission, traffic, net.allocator(), auth, reads, clock);
        this.vitalsLoop = new ThreadLoop("vitals", MAX_WAITING_READINGS);
        var machine = new Machine(Path.of("/"));
        var host = new Host(Path.of("/"), settings.data(), machine::machineBytes, machine::cgroupBytes);
        var sampler = new Sampler(
                vitalsLoop,
                Gauges.of(
                        host,
                        net,
                        accounts.budget(),
                        traffic,
                        registry,
                        configs,
                        polls,
                        sessions,
                        ledger,
                        auth.logins()),
                settings.data().resolve(VITALS_FILE),
                accounts.vitals());
        var checkup = Checkup.of(
                vitalsLoop,
                memory,
                sampler,
                traffic,
                host,
                sessions::troubles,
                registry::crowds,
                sessions::count,
                () -> traffic.refusedCount() + net.connectionsRefused());
        var vitals =
                new Vitals(vitalsLoop, traffic, sampler, checkup, findings, host, accounts.vitals(), clock.millis());
        var router = Routes.all(
                settings.contextPath(),
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
                version(),
                clock);

        settings.alerts()
                .webhook()
                .ifPresent(address -> findings.follow(new Alerts(
                        vitalsLoop,
                        accounts.vitals(),
                        findings,
                        webhook(address, settings, clock),
                        settings.alerts().attempts())));
        net.udp().open(udp::received);
        net.start(payloads, router);
        sessions.start();
        tls.ifPresent(files -> sessionLoop.execute(() -> files.watch(sessionLoop, reads)));
        oldGeneration()
                .map(old -> new HeapWatch(old, System::gc))
                .ifPresent(watch -> sessionLoop.execute(() -> watch.start(sessionLoop)));
        sampler.start();
        checkup.start();
        payloads.open(true);
        this.ready = true;
    }

    /** A server that is ready for clients; a {@link Refusal} says why there is none. */
    public static Server start(Settings settings) {
        return new Server(settings);
    }

    /** Of the user the first start created, on that start only. */
    Optional<String> firstPassword() {
        return firstPassword;
    }

    public int httpPort() {
        return net.httpPort();
    }

    public int grpcPort() {
        return net.grpcPort();
    }

    /** Stops accepting and tells clients to move; those connected are still served. */
    public void drain() {
        ready = false;
        sessions.resetAll();
        net.drain();
    }

    @Override
    public void close() {
        net.close(LAST_ANSWERS);
        registryLoop.close();
        configLoop.close();
        sessionLoop.close();
        frames.close();
        authLoop.close();
        vitalsLoop.close();
        hashers.shutdownNow();
        handshakers.shutdownNow();
        reads.shutdown();
        journal.close();
    }

    private static Tls prepared(CompletableFuture<Tls> preparing, Journal journal) {
        try {
            return preparing.join();
        } catch (CompletionException e) {
            journal.close();
            if (e.getCause() instanceof Refusal refusal) {
                throw refusal;
            }
            throw e;
        }
    }

    private static Webhook webhook(URI address, Settings settings, InstantSource clock) {
        var executor = new ThreadPoolExecutor(
                1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> daemon(task, "alerts"));
        executor.allowCoreThreadTimeOut(true); // one alert at a time, so few tasks
        String known = settings.net().host() + ":" + settings.net().httpPort();
        return new Webhook(address, settings.alerts().timeout(), known, version(), clock, executor);
    }

    /** The serial collector's; the others see to theirs themselves. */
    private static Optional<HeapWatch.OldGeneration> oldGeneration() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getName().equals("Tenured Gen"))
                .findFirst()
                .map(pool -> new HeapWatch.OldGeneration() {
                    @Override
                    public long used() {
                        return pool.getUsage().getUsed();
                    }

                    @Override
                    public long live() {
                        return pool.getCollectionUsage().getUsed();
                    }
                });
    }

    private static String version() {
        String version = Server.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    private static Thread daemon(Runnable task, String name) {
        var thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
