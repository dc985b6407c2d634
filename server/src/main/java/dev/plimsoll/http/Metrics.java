package dev.plimsoll.http;

import dev.plimsoll.net.HttpAnswer;
import dev.plimsoll.net.HttpCall;
import dev.plimsoll.net.Router;
import dev.plimsoll.refusal.OverBudget;
import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.Answers;
import dev.plimsoll.vitals.Faults;
import dev.plimsoll.vitals.Gauge;
import dev.plimsoll.vitals.Host;
import dev.plimsoll.vitals.Latency;
import dev.plimsoll.vitals.Memory;
import dev.plimsoll.vitals.RequestKind;
import dev.plimsoll.vitals.Severity;
import dev.plimsoll.vitals.Vitals;
import java.util.List;
import java.util.OptionalLong;

/**
 * All metrics, for scrapers: every gauge that is sampled, by a name of ours, and what the reference and a JVM call the same
 * where dashboards ask for it. The values of labels are words of this program, names of its accounts and of the JVM's
 * parts: nothing a client has sent.
 */
final class Metrics {
    static final String PATH = "/metrics";
    static final String REFERENCE_PATH = "/actuator/prometheus";

    private final Memory memory;
    private final Vitals vitals;
    private final Errors errors;
    private final String version;

    Metrics(Memory memory, Vitals vitals, Errors errors, String version) {
        this.memory = memory;
        this.vitals = vitals;
        this.errors = errors;
        this.version = version;
    }

    /** @param context the same router, under the context path */
    void addTo(Router anywhere, Router context) {
        anywhere.always().get(PATH, this::answer);
        context.always().get(REFERENCE_PATH, this::answer);
    }

    private void answer(HttpCall call) {
        List<Answers.Series> routes = withRoom(call, vitals.traffic().answers().all());
        int most = Exposition.MAX_BYTES + RouteMetrics.bytes(routes);
        errors.answer(
                call,
                vitals.loop().call(() -> page(new Exposition(most), routes)),
                page -> new HttpAnswer(200, Exposition.CONTENT_TYPE, List.of(), page));
    }

    /** Takes room for a page with these routes, or, when memory is tight, for one without any, which there always is. */
    private static List<Answers.Series> withRoom(HttpCall call, List<Answers.Series> routes) {
        try {
            call.makeRoom(Exposition.heapBytes(Exposition.MAX_BYTES + RouteMetrics.bytes(routes)));
            return routes;
        } catch (OverBudget e) {
            call.makeRoom(Exposition.HEAP_BYTES);
            return List.of();
        }
    }

    /** On the sampler's loop: reading the process takes its time. */
    private byte[] page(Exposition page, List<Answers.Series> routes) {
        page.family("plimsoll_info", Exposition.GAUGE, "This server").sample(1, "version", version);
        gauges(page);
        times(page);
        limits(page);
        monitor(page);
        reference(page);
        exceptions(page);
        RouteMetrics.write(page, routes);
        jvm(page);
        return page.bytes();
    }

    /** Those of one family follow one another. */
    private void gauges(Exposition page) {
        String family = "";
        for (Gauge gauge : vitals.sampler().gauges()) {
            boolean counted = gauge instanceof Gauge.Rate;
            if (gauge instanceof Gauge.Slowest || gauge.name().startsWith("requests.")) {
                continue; // times() tells both
            }
            String name = name(gauge);
            if (!name.equals(family)) {
                page.family(name, counted ? Exposition.COUNTER : Exposition.GAUGE, gauge.says());
                family = name;
            }
            page.sample(now(gauge), labels(gauge.name()));
        }
    }

    /** {@code plimsoll_heap_used_bytes} of {@code heap-used}; what follows a point is in the labels. */
    private static String name(Gauge gauge) {
        int point = gauge.name().indexOf('.');
        String whose = point < 0 ? gauge.name() : gauge.name().substring(0, point);
        String name =
                switch (gauge.name()) {
                    case "refused", "failed" -> "requests_" + whose;
                    case "logins.hashed" -> "logins_hashed"; // these are among the others
                    default -> whose.equals("account") ? "account_used" : whose.replace('-', '_');
                };
        String unit =
                switch (gauge.unit()) {
                    case "bytes" -> "_bytes";
                    case "cores", "ms per second" -> "_seconds";
                    default -> "";
                };
        return "plimsoll_" + name + unit + (gauge instanceof Gauge.Rate ? "_total" : "");
    }

    private static String[] labels(String gauge) {
        int point = gauge.indexOf('.');
        String whose = point < 0 ? "" : gauge.substring(0, point);
        String what = gauge.substring(point + 1);
        return switch (whose) {
            case "account" -> new String[] {"account", what};
            case "logins" -> what.equals("hashed") ? new String[0] : new String[] {"outcome", what};
            case "pushes" -> {
                String[] parts = what.split("-", 2);
                yield new String[] {"of", parts[0], "outcome", parts[1]};
            }
            default -> new String[0];
        };
    }

    /** Of a level its value, of what is counted how much there has been since the start; in seconds, bytes or as such. */
    private static double now(Gauge gauge) {
        if (gauge instanceof Gauge.Rate rate) {
            double scale = rate.unit().equals("ms per second") ? 1e-3 : rate.scale();
            return rate.total().getAsLong() * scale;
        }
        return gauge instanceof Gauge.Level level ? level.now().getAsDouble() : Double.NaN;
    }

    private void times(Exposition page) {
        page.family(
                "plimsoll_request_seconds",
                Exposition.SUMMARY,
                "From a request's arrival to its answer; the quantile is that of the last ten seconds");
        for (RequestKind kind : RequestKind.values()) {
            time(page, vitals.traffic().of(kind), kind.word(), "kind", kind.word());
        }
        page.family(
                "plimsoll_push_seconds",
                Exposition.SUMMARY,
                "From a push to the client's answer; the quantile is that of the last ten seconds");
        time(page, vitals.traffic().pushes(), "push");
    }

    private void time(Exposition page, Latency latency, String what, String... labels) {
        var quantile = new String[labels.length + 2];
        System.arraycopy(labels, 0, quantile, 0, labels.length);
        quantile[labels.length] = "quantile";
        quantile[labels.length + 1] = "0.99";
        page.sample(vitals.sampler().recently("p99." + what, 1) / 1e3, quantile)
                .part("_sum", latency.seconds(), labels)
                .part("_count", latency.count(), labels);
    }

    private void limits(Exposition page) {
        page.family("plimsoll_memory_line_bytes", Exposition.GAUGE, "What resident memory stays below")
                .sample(memory.line());
        page.family("plimsoll_heap_limit_bytes", Exposition.GAUGE, "The heap's largest size")
                .sample(memory.heap());
        page.family("plimsoll_direct_limit_bytes", Exposition.GAUGE, "What buffers outside the heap may take")
                .sample(memory.direct());
        page.family("plimsoll_open_files_limit", Exposition.GAUGE, "As many file descriptors may be open")
                .sample(orNan(vitals.host().maxFiles()));
        List<Account> accounts = memory.budget().accounts();
        page.family("plimsoll_account_limit_bytes", Exposition.GAUGE, "What an account may hold at best");
        accounts.forEach(account -> page.sample(account.limit(), "account", account.word()));
        page.family("plimsoll_account_refused_total", Exposition.COUNTER, "How often something did not fit");
        accounts.forEach(account -> page.sample(account.refused(), "account", account.word()));
        page.family("plimsoll_findings", Exposition.GAUGE, "What the server's own checks find now");
        for (Severity severity : Severity.values()) {
            long count = vitals.findings().current().stream()
                    .filter(finding -> finding.severity() == severity)
                    .count();
            page.sample(count, "severity", severity.word());
        }
    }

    /** The reference's table of numbers. What it counts and this server does not have is left out. */
    private void monitor(Exposition page) {
        Latency pushes = vitals.traffic().pushes();
        double failed = now("pushes.services-failed") + now("pushes.configs-failed");
        double ok = now("pushes.services-ok") + now("pushes.configs-ok");
        page.family("nacos_monitor", Exposition.GAUGE, "Numbers of this server by the names Nacos gives them");
        config(page, "getConfig", count(RequestKind.CONFIG_READ));
        config(page, "publish", count(RequestKind.CONFIG_PUBLISH));
        config(page, "longPolling", now("long-polls"));
        config(page, "configCount", now("configs"));
        naming(page, "serviceCount", now("services"));
        naming(page, "ipCount", now("instances"));
        naming(page, "subscriberCount", now("subscriptions"));
        naming(page, "avgPushCost", pushes.count() == 0 ? -1 : pushes.seconds() * 1e3 / pushes.count());
        naming(page, "maxPushCost", pushes.count() == 0 ? -1 : pushes.longestMillis());
        naming(page, "leaderStatus", 1); // of a server that is alone
        naming(page, "totalPush", ok + failed);
        naming(page, "totalPushCountForAvg", (double) pushes.count());
        naming(page, "totalPushCostForAvg", pushes.seconds() * 1e3);
        naming(page, "failedPush", failed);
        naming(page, "pushPendingTaskCount", now("parked"));
        page.sample(now("clients"), "module", "core", "name", "longConnection");
    }

    private static void config(Exposition page, String name, double value) {
        page.sample(value, "module", "config", "name", name);
    }

    private static void naming(Exposition page, String name, double value) {
        page.sample(value, "module", "naming", "name", name);
    }

    private void reference(Exposition page) {
        double byUdp = now("udp-subscriptions");
        double beating = now("beating");
        versions(page, "nacos_naming_subscriber", "Services watched, v1 by UDP", byUdp, now("subscriptions") - byUdp);
        versions(page, "nacos_naming_publisher", "Instances, v1 by beats", beating, now("instances") - beating);
        versions(page, "nacos_config_subscriber", "Long polls, and gRPC", now("long-polls"), now("clients"));
        page.family("nacos_timer_seconds", Exposition.SUMMARY, "By either protocol");
        timer(page, "readConfigRt", RequestKind.CONFIG_READ);
        timer(page, "writeConfigRt", RequestKind.CONFIG_PUBLISH);
        page.family("nacos_timer_seconds_max", Exposition.GAUGE, "The longest since the start");
        longest(page, "readConfigRt", RequestKind.CONFIG_READ);
        longest(page, "writeConfigRt", RequestKind.CONFIG_PUBLISH);
    }

    private void longest(Exposition page, String name, RequestKind kind) {
        double seconds = vitals.traffic().of(kind).longestMillis() / 1e3;
        page.sample(seconds, "module", "config", "name", name);
    }

    /** Those that this server can have. */
    private void exceptions(Exposition page) {
        Faults faults = vitals.traffic().faults();
        page.family("nacos_exception_total", Exposition.COUNTER, "Errors, by the names Nacos gives them");
        config(page, "illegalArgument", (double) faults.illegal());
        config(page, "nacos", (double) faults.failed());
        config(page, "db", (double) faults.unwrittenOther());
        config(page, "configNotify", now("pushes.configs-failed"));
        naming(page, "disk", (double) faults.unwrittenNaming());
    }

    /** @param second below 0 when what it was made of was counted at different moments */
    private static void versions(Exposition page, String name, String what, double first, double second) {
        page.family(name, Exposition.GAUGE, what)
                .sample(first, "version", "v1")
                .sample(Math.max(0, second), "version", "v2");
    }

    private void timer(Exposition page, String name, RequestKind kind) {
        Latency latency = vitals.traffic().of(kind);
        page.part("_sum", latency.seconds(), "module", "config", "name", name);
        page.part("_count", latency.count(), "module", "config", "name", name);
    }

    /** By the names that dashboards of the reference and of other JVMs ask for. */
    private void jvm(Exposition page) {
        Host host = vitals.host();
        List<Host.Pool> pools = host.pools();
        page.family("jvm_memory_used_bytes", Exposition.GAUGE, "Memory in use");
        pools.forEach(pool -> page.sample(pool.used(), "area", pool.area(), "id", pool.name()));
        page.family("jvm_memory_max_bytes", Exposition.GAUGE, "Memory that may be taken, -1 where there is no bound");
        pools.forEach(pool -> page.sample(pool.max(), "area", pool.area(), "id", pool.name()));
        page.family("jvm_gc_pause_seconds", Exposition.SUMMARY, "Collections");
        host.collectors().forEach(collector -> page.part("_sum", collector.seconds(), "gc", collector.name())
                .part("_count", collector.count(), "gc", collector.name()));
        page.family("jvm_threads_daemon_threads", Exposition.GAUGE, "Daemon threads")
                .sample(host.daemonThreads());
        page.family("jvm_threads_live_threads", Exposition.GAUGE, "Threads").sample(host.threads());
        page.family("process_files_open_files", Exposition.GAUGE, "Open file descriptors")
                .sample(orNan(host.openFiles()));
        page.family("process_files_max_files", Exposition.GAUGE, "As many may be open")
                .sample(orNan(host.maxFiles()));
        page.family("process_uptime_seconds", Exposition.GAUGE, "Since it was started")
                .sample((vitals.loop().currentTimeMillis() - vitals.startedMillis()) / 1e3);
        page.family("process_start_time_seconds", Exposition.GAUGE, "When it started, since the epoch")
                .sample(vitals.startedMillis() / 1e3);
        page.family("system_cpu_usage", Exposition.GAUGE, "Of the machine's processors, 0 to 1")
                .sample(host.machineLoad());
        page.family("system_load_average_1m", Exposition.GAUGE, "Threads that ran or waited to, in the last minute")
                .sample(host.loadAverage());
    }

    private double now(String gauge) {
        return now(vitals.sampler().gauge(gauge));
    }

    private double count(RequestKind kind) {
        return (double) vitals.traffic().of(kind).count();
    }

    private static double orNan(OptionalLong value) {
        return value.isPresent() ? (double) value.getAsLong() : Double.NaN;
    }
}
