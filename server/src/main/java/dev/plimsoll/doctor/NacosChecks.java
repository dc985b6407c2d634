package dev.plimsoll.doctor;

import dev.plimsoll.doctor.LoginHistory.Burst;
import dev.plimsoll.doctor.NacosVersion.Queue;
import dev.plimsoll.doctor.PushHistory.Outage;
import dev.plimsoll.doctor.PushHistory.Target;
import dev.plimsoll.doctor.Tallies.Count;
import dev.plimsoll.doctor.Tallies.Entry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What an experienced operator makes of the facts about a reference server, and in which order he would act: size the
 * limit, restart, find the clients, then upgrade or move.
 */
final class NacosChecks {
    private static final int SHOWN = 8;
    private static final long MANY_FAILURES = 100;
    private static final long SOME_FAILURES = 10;
    private static final double BUSY_LOGINS = 5; // a second
    private static final long BCRYPT_MILLIS = 70;

    private final NacosFacts facts;
    private final Chart chart;

    NacosChecks(NacosFacts facts, Chart chart) {
        this.facts = facts;
        this.chart = chart;
    }

    void all() {
        NacosTables.facts(facts, chart);
        var memory = new NacosMemory(facts, chart);
        pushes();
        memory.errors();
        memory.limit();
        version();
        clients();
        logins();
        memory.process();
        server();
        SdkVersions.ofNacos(facts, chart);
        plan();
        NacosTables.plots(facts, chart);
        NacosTables.tables(facts, chart);
    }

    // --- do pushes arrive

    private void pushes() {
        PushHistory pushes = facts.logs().map(LogScan::pushes).orElse(null);
        if (pushes == null || pushes.isEmpty()) {
            pushesByMeters();
            return;
        }
        List<Outage> outages = pushes.outages();
        if (outages.isEmpty()) {
            if (pushes.failed() == 0) {
                chart.fine("pushes", "all " + pushes.ok() + " pushes in naming-push.log succeeded");
            }
            return;
        }
        Outage worst = outages.stream()
                .max(Comparator.comparing((Outage each) -> !each.over()).thenComparingLong(Outage::failures))
                .orElseThrow();
        var evidence = new ArrayList<String>();
        PushLine first = pushes.firstFailure();
        if (first != null) {
            evidence.add("pushes began to fail at " + LogTime.text(first.at()) + ": " + Foreign.text(first.topic())
                    + " to " + Foreign.text(first.target()) + ", " + first.reason().says
                    + (first.costMillis() > 0
                            ? " (sent at "
                                    + LogTime.text(first.at() - first.costMillis())
                                            .substring(11) + ")"
                            : ""));
        }
        evidence.add((worst.lastSuccess() == LogTime.NONE
                        ? "no push succeeded before"
                        : "the last push that succeeded: " + LogTime.text(worst.lastSuccess()))
                + "; after it " + worst.failures() + " failed and none succeeded until "
                + LogTime.text(worst.until())
                + (worst.over() ? ", then they succeeded again" : ", where the log ends"));
        evidence.add(count(worst.witnesses(), "address", "addresses") + " that had answered before "
                + (worst.witnesses() == 1 ? "fails" : "fail")
                + " since: the server is full, it is not its clients that broke all at once");
        if (worst.silentUntil() - worst.silentFrom() > 10_000) {
            evidence.add("the log is silent from " + LogTime.text(worst.silentFrom()) + " to "
                    + LogTime.text(worst.silentUntil()).substring(11)
                    + ", so the first push that failed for everybody may be anywhere between");
        }
        facts.logs()
                .map(LogScan::server)
                .filter(log -> log.allFailFrom() != LogTime.NONE)
                .ifPresent(log -> evidence.add(
                        "the server's own counters in nacos.log: all " + log.allFailPushes() + " pushes from "
                                + LogTime.toTheSecond(log.allFailFrom()) + " to "
                                + LogTime.near(log.allFailUntil(), log.allFailFrom()) + " failed"));
        if (outages.size() > 1) {
            evidence.add("it happened " + outages.size() + " times: from "
                    + outages.stream()
                            .map(each -> LogTime.toTheSecond(each.from()))
                            .collect(Collectors.joining(", ")));
        }
        String when = worst.over()
                ? "From " + LogTime.toTheSecond(worst.from()) + " to " + LogTime.toTheSecond(worst.until())
                        + " every push failed, to healthy subscribers too"
                : (worst.lastSuccess() == LogTime.NONE
                                ? "No push has succeeded"
                                : "No push has succeeded since " + LogTime.toTheSecond(worst.lastSuccess()))
                        + ", not even to subscribers that were well";
        String why = facts.queuesWithoutBound()
                ? ": direct memory is full of pushes that stalled subscribers do not read"
                : "";
        boolean grave = !worst.over() && (worst.failures() >= MANY_FAILURES || worst.witnesses() >= 3);
        chart.found(
                grave ? Severity.CRITICAL : Severity.WARNING,
                "pushes",
                when + why,
                evidence,
                List.of(
                        "What stalled clients hold is freed only when their connections end: restart this server, in a"
                                + " cluster one node at a time, after the limit below is set",
                        "It comes back as long as the stalled clients do: find them (below)"));
    }

    private void pushesByMeters() {
        if (facts.api().isEmpty()) {
            chart.unknown("pushes", "naming-push.log is missing or empty");
            return;
        }
        NacosApi api = facts.api().get();
        double failed = api.monitor("failedPush").orElse(-1.0);
        double total = api.monitor("totalPush").orElse(0.0);
        if (failed < 0) {
            chart.unknown("pushes", "neither naming-push.log nor the actuator could be read");
        } else if (failed > SOME_FAILURES && failed > total * 0.01) {
            boolean most = failed > total * 0.5;
            chart.found(
                    most ? Severity.CRITICAL : Severity.WARNING,
                    "pushes",
                    most ? "Most pushes fail" : "Pushes fail",
                    List.of(String.format(
                            Locale.ROOT, "nacos_monitor: failedPush %.0f, totalPush %.0f", failed, total)),
                    List.of(
                            "Run this on the server's machine with --nacos DIR: its naming-push.log names the clients"));
        } else {
            chart.fine("pushes", String.format(Locale.ROOT, "failedPush %.0f of totalPush %.0f", failed, total));
        }
    }

    // --- version

    private void version() {
        if (facts.version().isEmpty()) {
            chart.unknown("version", "neither start.out nor an HTTP page tells it");
            return;
        }
        NacosVersion version = facts.version().get();
        boolean failing = chart.has("pushes") || chart.has("memory-errors");
        if (version.queue() == Queue.UNBOUNDED) {
            chart.found(
                    failing ? Severity.CRITICAL : Severity.WARNING,
                    "version",
                    "Nacos " + version
                            + " queues pushes without bound: a client that does not read gets every push, and"
                            + " every repetition of a failed one, as another copy in direct memory",
                    List.of(
                            "2.0 to 2.3.0 write without asking whether the stream is ready; from 2.3.1 on they ask",
                            "the maintainers say so of 2.2.0: direct memory grows when clients cannot be reached"
                                    + " (alibaba/nacos#11637)",
                            "and that failed pushes are repeated without limit, by design (alibaba/nacos#12002)",
                            "others with an exhausted direct memory: alibaba/nacos#10352, #10854, #12792"),
                    List.of(
                            "Upgrade to 2.3.2 or later: a push to a client that does not read then fails at once, and its"
                                    + " connection is closed after some minutes. Not to 2.3.1, which pushes unchanged"
                                    + " configurations again and again (alibaba/nacos#11880)",
                            "Or move to Plimsoll: clients keep everything but the address, and a stalled client costs"
                                    + " it a mark and no memory"));
        } else if (version.queue() == Queue.GATED_NOISY && hasReason(PushLine.Reason.BUSY)) {
            chart.warning(
                    "version",
                    "Nacos " + version + " counts each refused push twice: as busy, and as a timeout 5 s later",
                    List.of("alibaba/nacos#13523; 3.0.3 ends it"),
                    List.of("Count only the failures whose reason is busy, or upgrade to 3.0.3 or later"));
        } else if (version.isBefore(2, 3, 2) && !version.isBefore(2, 3, 1)) {
            chart.warning(
                    "version",
                    "Nacos 2.3.1 pushes unchanged configurations again and again",
                    List.of("alibaba/nacos#11880, mended in 2.3.2"),
                    List.of("Upgrade to 2.3.2 or later"));
        } else {
            chart.fine(
                    "version",
                    "Nacos " + version
                            + (version.queue() == Queue.DATAGRAMS
                                    ? " tells clients by UDP: no push waits for one that does not read"
                                    : " asks whether a client reads before it pushes"));
        }
    }

    private boolean hasReason(PushLine.Reason reason) {
        return facts.logs()
                .map(logs -> logs.pushes().reasons().getOrDefault(reason, 0L) > 0)
                .orElse(false);
    }

    // --- clients

    private void clients() {
        facts.logs().ifPresent(logs -> {
            clients(logs.pushes(), "clients", "pushes of services");
            clients(logs.configPushes(), "config-clients", "notices of configurations");
        });
        facts.process()
                .filter(process -> !process.waiting().isEmpty())
                .ifPresent(process -> chart.warning(
                        "unread",
                        count(process.waiting().size(), "client does", "clients do")
                                + " not take what was sent to them",
                        process.waiting().stream()
                                .limit(SHOWN)
                                .map(each ->
                                        each.peer() + ": " + Size.text(each.bytes()) + " in the kernel's send queue")
                                .toList(),
                        List.of(
                                "Look at these processes first: stopped, in a long pause, or behind a network that lets nothing"
                                        + " through to them")));
    }

    private void clients(PushHistory pushes, String check, String what) {
        if (pushes.failed() == 0) {
            return;
        }
        var evidence = new ArrayList<String>();
        evidence.add(
                pushes.failed() + " of " + (pushes.ok() + pushes.failed()) + " " + what + " in the logs failed, from "
                        + LogTime.toTheSecond(
                                pushes.firstFailure() == null
                                        ? pushes.first()
                                        : pushes.firstFailure().at())
                        + " to " + LogTime.near(pushes.lastFailure(), pushes.first()) + ": " + reasons(pushes));
        List<Entry<Target>> failing = failing(pushes.targets());
        for (Entry<Target> each : failing.subList(0, Math.min(SHOWN, failing.size()))) {
            evidence.add(Foreign.text(each.name()) + ": " + judged(each.tally()));
        }
        int more = failing.size() - SHOWN;
        if (more > 0) {
            evidence.add("and " + more + " more addresses");
        }
        List<Entry<Target>> topics = failing(pushes.topics());
        if (!topics.isEmpty()) {
            evidence.add("of " + pushes.topics().howMany() + " topics, most failures: "
                    + topics.stream()
                            .limit(4)
                            .map(each -> Foreign.text(each.name(), 80) + " (" + each.tally().failed + ")")
                            .collect(Collectors.joining(", ")));
        }
        boolean few = pushes.failed() < SOME_FAILURES || pushes.failed() * 100 < pushes.ok();
        if (few) {
            chart.fine(check, evidence.get(0));
            return;
        }
        var advice = new ArrayList<String>();
        advice.add("On the server: ss -tn state established '( sport = :" + facts.grpcPort()
                + " )' | sort -rnk2. A large Send-Q is a client whose process or network is stopped; an empty one does not"
                + " clear a client, since one with a blocked push handler still takes its health checks");
        advice.add("On each client named above: a thread dump (jstack PID). Look for its push handler waiting, for long"
                + " pauses of the collector, and for firewalls that drop packets one way; then restart or mend it");
        if (pushes.reasons().containsKey(PushLine.Reason.UDP)) {
            advice.add("1.x clients are told by UDP to a port of theirs: let it through, or upgrade them; they poll, so"
                    + " this costs delay and no memory");
        }
        chart.warning(check, "Clients do not answer " + what, evidence, advice);
    }

    static List<Entry<Target>> failing(Tallies<Target> all) {
        return all.heaviest(Integer.MAX_VALUE).stream()
                .filter(each -> each.tally().failed > 0)
                .sorted(Comparator.comparingLong((Entry<Target> each) -> each.tally().failed)
                        .reversed()
                        .thenComparing(Entry::name))
                .toList();
    }

    /** What the counts of one address make likely. */
    static String judged(Target target) {
        String counts = target.failed + " of " + (target.ok + target.failed) + " failed, from "
                + LogTime.toTheSecond(target.firstFailure) + " to "
                + LogTime.near(target.lastFailure, target.firstFailure);
        if (target.reason == PushLine.Reason.UDP) {
            return counts + "; a 1.x client that UDP does not reach";
        }
        if (target.ok == 0) {
            return counts + "; it never answered: it does not read, or nothing gets through to it";
        }
        return counts
                + (target.lastOk > target.lastFailure
                        ? "; it answers again"
                        : "; it answered until "
                                + LogTime.toTheSecond(target.lastOk).substring(11)
                                + ": either it fell ill, or several clients share the address");
    }

    private static String reasons(PushHistory pushes) {
        return pushes.reasons().entrySet().stream()
                .sorted(Map.Entry.<PushLine.Reason, Long>comparingByValue().reversed())
                .map(each -> each.getKey().says + " (" + each.getValue() + ")")
                .collect(Collectors.joining(", "));
    }

    // --- logins

    private void logins() {
        LoginHistory logins = facts.logs().map(LogScan::logins).orElse(null);
        if (logins == null || logins.requests() == 0) {
            chart.unknown("logins", "no access_log (server.tomcat.accesslog.enabled)");
            return;
        }
        if (logins.logins() == 0) {
            chart.fine("logins", "none in " + logins.requests() + " requests");
            return;
        }
        long millis = Math.max(1, logins.last() - logins.first());
        var evidence = new ArrayList<String>();
        evidence.add(count(logins.logins(), "login", "logins") + " from " + LogTime.toTheSecond(logins.first()) + " to "
                + LogTime.near(logins.last(), logins.first()) + ": " + logins.right() + " right, " + logins.refused()
                + " refused, " + logins.broken() + " ended in a server error");
        Burst burst = logins.burst();
        if (burst != null) {
            evidence.add(String.format(
                    Locale.ROOT,
                    "a burst of %d logins from %s to %s: %.1f a second, against %.1f before and after",
                    burst.logins(),
                    LogTime.near(burst.from(), logins.first()),
                    LogTime.near(burst.until(), logins.first()),
                    burst.perSecond(),
                    burst.usualPerSecond()));
        }
        evidence.add("from " + top(logins.addresses()) + "; client: " + top(logins.agents())
                + (logins.users().size() > 0 ? "; user: " + top(logins.users()) : ""));
        long each = logins.meanMillis();
        evidence.add("one takes " + each + " ms" + (each >= BCRYPT_MILLIS / 2 ? ", most of it hashing on a core" : ""));
        long wrong = logins.refused() + logins.broken();
        boolean mostlyWrong = wrong >= SOME_FAILURES && wrong * 2 > logins.logins();
        boolean many = logins.logins() >= 20
                && (logins.peakPerSecond() >= BUSY_LOGINS || logins.logins() * 1000.0 / millis >= 1);
        if (!mostlyWrong && !many) {
            chart.fine("logins", evidence.get(0));
            return;
        }
        var advice = new ArrayList<String>();
        if (mostlyWrong) {
            advice.add("Give these clients the right password, or shut the address out: refused logins cost as much as"
                    + " right ones");
        }
        advice.add("A client needs one login in hours (the token's life is 18000 s): one that logs in for every call"
                + " should keep its token");
        chart.warning(
                "logins",
                mostlyWrong ? "Somebody logs in again and again without success" : "Clients log in far too often",
                evidence,
                advice);
    }

    static String top(Tallies<Count> names) {
        String first = names.heaviest(3).stream()
                .map(each -> Foreign.text(each.name(), 60) + " (" + each.tally().count + ")")
                .collect(Collectors.joining(", "));
        return names.size() > 3 ? first + " and others, " + names.howMany() + " in all" : first;
    }

    // --- the rest

    private void server() {
        facts.logs().ifPresent(logs -> {
            ServerLog log = logs.server();
            if (log.rejected() > SOME_FAILURES) {
                chart.warning(
                        "workers",
                        "Requests found no worker",
                        List.of(count(log.rejected(), "RejectedExecutionException", "RejectedExecutionExceptions")),
                        List.of("Something blocks the workers; when pushes fail too, mend that first"));
            }
            if (log.starts() > 3) {
                chart.warning(
                        "restarts",
                        "The server was started " + log.starts() + " times",
                        List.of("nacos.log and start.out from " + LogTime.toTheSecond(log.first()) + " to "
                                + LogTime.toTheSecond(log.last())),
                        List.of("Ask the supervisor why (OOMKilled, exit 137: the limits above)"));
            }
            logs.notes().forEach(note -> chart.unknown("logs", note));
        });
        facts.api().ifPresent(api -> {
            api.notes().forEach((what, why) -> chart.unknown(what, why));
            List<String> ill = api.members().stream()
                    .filter(member -> !member.contains(" UP "))
                    .toList();
            if (!ill.isEmpty()) {
                chart.critical("cluster", "Members of the cluster are not up", ill, List.of("Look at their logs"));
            } else if (api.members().size() > 1) {
                chart.fine("cluster", api.members().size() + " members, all up");
            }
            double used = api.sum("jvm_memory_used_bytes", "area=\"heap\"");
            double most = api.sum("jvm_memory_max_bytes", "area=\"heap\"");
            if (most > 0) {
                chart.fine("heap", Size.text((long) used) + " used of " + Size.text((long) most));
            }
            api.monitor("pushPendingTaskCount")
                    .filter(count -> count > 1_000)
                    .ifPresent(count -> chart.warning(
                            "pending",
                            "Pushes wait to be made",
                            List.of(String.format(Locale.ROOT, "nacos_monitor: pushPendingTaskCount %.0f", count)),
                            List.of("Usually the push workers are blocked by clients that do not read")));
        });
    }

    // --- in which order

    private void plan() {
        boolean full = chart.has("pushes") || chart.has("memory-errors");
        if (chart.has("direct-limit")) {
            chart.step("Size the limit: -XX:MaxDirectMemorySize="
                    + facts.flags().map(NacosMemory::suggested).orElse("half of the heap")
                    + ", so that a full server cannot take the machine with it.");
        }
        if (full && facts.queuesWithoutBound()) {
            chart.step(
                    "Restart the server, in a cluster one node at a time: nothing else frees what stalled clients hold.");
        }
        if (chart.has("clients") || chart.has("config-clients") || chart.has("unread")) {
            String names = facts.logs()
                    .map(logs -> failing(logs.pushes().targets()).stream()
                            .limit(3)
                            .map(each -> Foreign.text(each.name(), 60))
                            .collect(Collectors.joining(", ")))
                    .filter(text -> !text.isEmpty())
                    .map(text -> " (first " + text + ")")
                    .orElse("");
            chart.step(
                    "Find the clients that do not read" + names + ", and mend or stop them; until then it comes back.");
        }
        if (chart.has("logins")) {
            chart.step("Stop the useless logins: right passwords, and tokens that are kept.");
        }
        if (facts.queuesWithoutBound()) {
            chart.step(
                    "Upgrade to Nacos 2.3.2 or later, or move to Plimsoll, whose memory stalled clients cannot fill.");
        }
    }

    static String count(long number, String one, String many) {
        return number + " " + (number == 1 ? one : many);
    }
}
