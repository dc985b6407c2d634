package dev.plimsoll.doctor;

import dev.plimsoll.doctor.Pages.Page;
import dev.plimsoll.doctor.Report.Plot;
import dev.plimsoll.doctor.Report.Series;
import dev.plimsoll.doctor.Report.Table;
import dev.plimsoll.doctor.Tallies.Count;
import dev.plimsoll.wire.KnownFaults;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/**
 * What a Plimsoll says of itself in its pages for programs. Its own checks judge limits, growth, rates, logins, files,
 * disk and clock where the numbers are; this tells what they found, and looks closer at clients.
 */
final class OwnPages {
    private static final String BASE = "/v3/admin/plimsoll";
    private static final long SKEW_MILLIS = 5_000;
    private static final long PARKED_MILLIS = 10_000;
    private static final long SOME_FAILURES = 3;
    private static final int SHOWN = 8;
    private static final int MOST_ROWS = 100;
    private static final long DAY_MILLIS = 86_400_000;

    private final Pages pages;
    private final InstantSource clock;
    private final Chart chart;

    OwnPages(Pages pages, InstantSource clock, Chart chart) {
        this.pages = pages;
        this.clock = clock;
        this.chart = chart;
    }

    void all() {
        memory();
        clients();
        findings();
        logins();
        plots();
    }

    /** The data of a page; missing, and told, when it cannot be had. */
    private Json data(String path, String check) {
        Page page = pages.get(BASE + path);
        Json data = page.json().at("data");
        if (!data.isPresent()) {
            chart.unknown(check, BASE + path.split("[?]", 2)[0] + ": " + page.why());
        }
        return data;
    }

    private void memory() {
        long asked = clock.millis();
        Json memory = data("/memory", "memory");
        if (!memory.isPresent()) {
            return;
        }
        Json process = memory.at("process");
        chart.fact(
                "memory",
                "line " + Size.text(memory.at("line").whole(0)) + ", heap "
                        + Size.text(memory.at("heap").whole(0)) + ", direct "
                        + Size.text(memory.at("direct").whole(0))
                        + (process.at("resident").isPresent()
                                ? ", resident "
                                        + Size.text(process.at("resident").whole(0))
                                : ""));
        holders(memory.at("holders"));
        long now = process.at("now").whole(0);
        if (now == 0) {
            return;
        }
        chart.fact("running for", LogTime.duration(now - process.at("started").whole(now)));
        long answered = clock.millis();
        long skew = now < asked ? now - asked : Math.max(0, now - answered);
        if (Math.abs(skew) > SKEW_MILLIS) {
            chart.warning(
                    "clock-skew",
                    "The server's clock and that of this machine differ by " + LogTime.duration(Math.abs(skew)),
                    List.of("server " + LogTime.toTheSecond(now) + " UTC, here " + LogTime.toTheSecond(answered)
                            + " UTC"),
                    List.of("Let both take their time from the network: tokens and logs depend on it"));
        } else {
            chart.fine("clock-skew", "the clocks agree within " + SKEW_MILLIS / 1000 + " s");
        }
    }

    private void holders(Json holders) {
        var rows = new ArrayList<List<String>>();
        for (Json each : holders.items()) {
            if (rows.size() < MOST_ROWS) {
                long held = each.at("held").whole(0);
                boolean bytes = each.at("unit").text().equals("bytes");
                rows.add(List.of(
                        each.at("account").text(),
                        each.at("kind").text(),
                        each.at("holder").text(),
                        bytes ? Size.text(held) : held + " " + each.at("unit").text()));
            }
        }
        if (!rows.isEmpty()) {
            chart.table(new Table("Who holds most", List.of("account", "what", "who", "holds"), rows, ""));
        }
    }

    // --- what its own checks found

    private void findings() {
        Json data = data("/findings", "findings");
        for (Json finding : data.at("current").items()) {
            String check = finding.at("check").text();
            String subject = finding.at("subject").text();
            Severity severity =
                    switch (finding.at("severity").text()) {
                        case "critical" -> Severity.CRITICAL;
                        case "warning" -> Severity.WARNING;
                        default -> Severity.HEALTHY;
                    };
            String cause = finding.at("cause").text() + (subject.isEmpty() ? "" : " (" + subject + ")");
            String since = "since " + LogTime.toTheSecond(finding.at("since").whole(0)) + " UTC";
            if (severity == Severity.HEALTHY) {
                chart.fine(check, cause + ": " + finding.at("evidence").text());
            } else {
                chart.found(
                        severity,
                        check,
                        cause,
                        List.of(finding.at("evidence").text(), since),
                        List.of(finding.at("advice").text()));
            }
        }
        for (Json each : data.at("checks").items()) {
            String check = each.at("check").text();
            if (!each.at("known").isTrue()) {
                chart.unknown(check, each.at("measured").text());
            } else if (!chart.has(check)) {
                chart.fine(check, each.at("measured").text());
            }
        }
    }

    // --- clients

    private void clients() {
        Json failing = data("/clients?sort=failures&pageSize=" + MOST_ROWS, "clients");
        if (!failing.isPresent()) {
            return;
        }
        Json totals = failing.at("totals");
        chart.fact(
                "clients",
                totals.at("connected").text() + " connected, "
                        + totals.at("parked").text() + " that cannot be sent anything now");
        versions(failing.at("versions"));
        var ill = new ArrayList<Json>();
        var known = new HashSet<String>();
        Json parked = pages.get(BASE + "/clients?sort=parked&pageSize=" + MOST_ROWS)
                .json()
                .at("data");
        for (Json page : List.of(parked, failing)) {
            for (Json client : page.at("pageItems").items()) {
                if (isIll(client) && known.add(client.at("connectionId").text())) {
                    ill.add(client);
                }
            }
        }
        if (ill.isEmpty()) {
            chart.fine("clients", totals.at("connected").text() + " connected, none behind");
            return;
        }
        var evidence = new ArrayList<String>();
        var rows = new ArrayList<List<String>>();
        for (Json client : ill) {
            if (evidence.size() < SHOWN) {
                evidence.add(words(client));
            }
            if (rows.size() < MOST_ROWS) {
                rows.add(List.of(
                        client.at("ip").text(),
                        client.at("app").text(),
                        client.at("version").text(),
                        client.at("failures").text(),
                        client.at("acked").text(),
                        Size.text(client.at("bytesWaiting").whole(0)),
                        client.at("parkedMillis").isPresent()
                                ? LogTime.duration(client.at("parkedMillis").whole(0))
                                : "-",
                        likely(client)));
            }
        }
        if (ill.size() > SHOWN) {
            evidence.add("and " + (ill.size() - SHOWN) + " more");
        }
        long connected = totals.at("connected").whole(0);
        boolean most = connected >= 4 && totals.at("parked").whole(0) * 2 >= connected;
        chart.found(
                most ? Severity.CRITICAL : Severity.WARNING,
                "clients",
                most ? "Most clients cannot be told anything" : "Clients fall behind: " + ill.size(),
                evidence,
                List.of(
                        "Look at the processes named: a thread dump, pauses of the collector, firewalls that drop one way",
                        "They cost the server no memory and no other client time; they hear the newest state when they"
                                + " wake"));
        chart.step("Find the clients that are behind, and mend them.");
        chart.table(new Table(
                "Clients that fall behind",
                List.of("address", "app", "version", "failed", "answered", "waiting", "parked for", "likely"),
                rows,
                ""));
    }

    private void versions(Json versions) {
        var counts = new Tallies<>(NacosApi.MOST_NAMES, Count::new);
        for (Json each : versions.items()) {
            String version = each.at("version").text();
            counts.of(version.isEmpty() ? "unknown" : version).count +=
                    each.at("clients").whole(0);
        }
        if (counts.size() > 0) {
            SdkVersions.check(counts, chart);
        } else if (versions.isPresent()) {
            chart.fine("versions", "no clients are connected");
        } else {
            chart.unknown("versions", "this server does not count the versions of its clients");
        }
    }

    private static boolean isIll(Json client) {
        long failures = client.at("failures").whole(0);
        boolean parked = client.at("parkedMillis").whole(0) >= PARKED_MILLIS;
        return parked
                || (failures >= SOME_FAILURES
                        && failures * 50 >= client.at("sent").whole(0));
    }

    private static String words(Json client) {
        String since = client.at("parkedMillis").isPresent()
                ? ", parked for " + LogTime.duration(client.at("parkedMillis").whole(0)) + " ("
                        + client.at("parkedFor").text() + ")"
                : "";
        String error = client.at("lastError").isPresent()
                ? ", last error: " + client.at("lastError").text()
                : "";
        return client.at("ip").text() + " " + client.at("app").text() + " "
                + client.at("version").text() + ": "
                + client.at("failures").text() + " of " + client.at("sent").text() + " failed, "
                + Size.text(client.at("bytesWaiting").whole(0)) + " waiting" + since + error + "; " + likely(client);
    }

    /** What its page in the ledger makes likely. */
    static String likely(Json client) {
        if (client.at("goneSince").isPresent()) {
            return "it has gone";
        }
        List<KnownFaults.Fault> faults = KnownFaults.of(client.at("version").text());
        if (!faults.isEmpty()) {
            return "its version is known for it: " + faults.get(0).what();
        }
        boolean waiting = client.at("bytesWaiting").whole(0) > 0;
        boolean answers = client.at("acked").whole(0) > 0;
        if (waiting) {
            return answers
                    ? "it stopped reading: a stopped process, a long pause, or a network gone one-way"
                    : "it never reads: nothing gets through to it";
        }
        if (client.at("oldestUnackedMillis").whole(0) >= PARKED_MILLIS || !answers) {
            return answers ? "it reads but does not answer: its push handler is blocked" : "it never answers";
        }
        return "it is slow";
    }

    // --- logins and rates

    private void logins() {
        var rows = new ArrayList<List<String>>();
        for (Json each : data("/logins", "logins").at("logins").items()) {
            if (rows.size() < MOST_ROWS) {
                rows.add(List.of(
                        each.at("username").text(),
                        each.at("address").text(),
                        each.at("right").text(),
                        each.at("wrong").text(),
                        each.at("refused").text(),
                        LogTime.toTheSecond(each.at("lastMillis").whole(0))));
            }
        }
        if (!rows.isEmpty()) {
            chart.table(new Table(
                    "Logins", List.of("user", "address", "right", "wrong", "refused", "last (UTC)"), rows, ""));
        }
    }

    private void plots() {
        long now = clock.millis();
        Json data = pages.get(BASE + "/vitals?from=" + (now - DAY_MILLIS) + "&to=" + now
                        + "&names=resident,requests.*,failed,pushes.*")
                .json()
                .at("data");
        if (!data.isPresent()) {
            return;
        }
        long from = data.at("from").whole(0);
        long step = Math.max(1, data.at("step").whole(10)) * 1_000;
        double seconds = step / 1_000.0;
        Map<String, long[]> values = new LinkedHashMap<>();
        for (Json series : data.at("series").items()) {
            String name = series.at("name").text();
            boolean bytes = series.at("unit").text().equals("bytes");
            values.put(name, numbers(series.at("values"), bytes ? v -> v / Size.MIB : v -> v * seconds));
        }
        add("Resident memory", "MiB, UTC", from, step, values, "resident", List.of("resident"), List.of());
        add(
                "Requests",
                "in " + LogTime.duration(step) + ", UTC",
                from,
                step,
                values,
                "answered",
                startingWith(values, "requests."),
                List.of());
        add(
                "Pushes",
                "in " + LogTime.duration(step) + ", UTC",
                from,
                step,
                values,
                "succeeded",
                List.of("pushes.services-ok", "pushes.configs-ok"),
                List.of("pushes.services-failed", "pushes.configs-failed"));
    }

    private static List<String> startingWith(Map<String, long[]> values, String prefix) {
        return values.keySet().stream().filter(name -> name.startsWith(prefix)).toList();
    }

    private void add(
            String title,
            String unit,
            long from,
            long step,
            Map<String, long[]> values,
            String goodName,
            List<String> good,
            List<String> bad) {
        long[] goods = sum(values, good);
        if (goods.length == 0) {
            return;
        }
        var series = new ArrayList<Series>();
        series.add(new Series(goodName, false, goods));
        if (!bad.isEmpty()) {
            series.add(new Series("failed", true, sum(values, bad)));
        }
        chart.plot(new Plot(title, unit, from, step, series, List.of()));
    }

    private static long[] sum(Map<String, long[]> values, List<String> names) {
        long[] sum = new long[0];
        for (String name : names) {
            long[] each = values.getOrDefault(name, new long[0]);
            sum = sum.length >= each.length ? sum : Arrays.copyOf(sum, each.length);
            for (int i = 0; i < each.length; i++) {
                sum[i] += each[i];
            }
        }
        return sum;
    }

    private static long[] numbers(Json values, DoubleUnaryOperator scale) {
        return values.items().stream()
                .mapToLong(value -> Math.round(scale.applyAsDouble(value.number(0))))
                .toArray();
    }
}
