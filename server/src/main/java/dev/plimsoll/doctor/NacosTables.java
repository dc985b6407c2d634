package dev.plimsoll.doctor;

import dev.plimsoll.doctor.PushHistory.Outage;
import dev.plimsoll.doctor.PushHistory.Target;
import dev.plimsoll.doctor.Report.Mark;
import dev.plimsoll.doctor.Report.Plot;
import dev.plimsoll.doctor.Report.Series;
import dev.plimsoll.doctor.Report.Table;
import dev.plimsoll.doctor.Tallies.Entry;
import java.util.ArrayList;
import java.util.List;

/** The parts of a report about a reference server that judge nothing: facts, plots and tables. */
final class NacosTables {
    private static final int MOST_ROWS = 100;

    private NacosTables() {}

    static void facts(NacosFacts facts, Chart chart) {
        facts.version().ifPresent(version -> chart.fact("version", version.toString()));
        facts.logs().ifPresent(logs -> {
            StartOut start = logs.start();
            chart.fact(
                    "started as",
                    (start.mode().isEmpty() ? "?" : start.mode()) + ", port "
                            + (start.port().isEmpty() ? "?" : start.port()));
        });
        facts.flags()
                .ifPresent(flags -> chart.fact(
                        "memory",
                        (flags.heap().isPresent()
                                        ? "heap " + Size.text(flags.heap().getAsLong())
                                        : "heap left to the JVM")
                                + ", direct "
                                + (flags.limitsDirect()
                                        ? Size.text(flags.direct().getAsLong())
                                        : "not limited (as much as the heap)")));
        facts.process()
                .ifPresent(process -> chart.fact(
                        "process",
                        "pid " + process.pid() + ", resident "
                                + Size.text(process.resident().orElse(0)) + ", peak "
                                + Size.text(process.peak().orElse(0)) + ", "
                                + process.threads().orElse(0) + " threads"));
        facts.api().ifPresent(api -> {
            if (!api.mode().isEmpty() || !api.auth().isEmpty()) {
                chart.fact("mode", api.mode() + ", logins " + ("true".equals(api.auth()) ? "on" : "off"));
            }
            if (!api.counts().isEmpty()) {
                chart.fact(
                        "holds", api.counts().toString().replaceAll("[{}]", "").replace("=", " "));
            }
        });
        facts.logs().ifPresent(logs -> {
            long from = earliest(
                    logs.pushes().first(), logs.server().first(), logs.logins().first());
            long to = Math.max(
                    Math.max(logs.pushes().last(), logs.server().last()),
                    logs.logins().last());
            if (from != LogTime.NONE) {
                chart.fact(
                        "logs",
                        LogTime.toTheSecond(from) + " to " + LogTime.toTheSecond(to) + " (its local time), "
                                + logs.lines() + " lines");
            }
            chart.fact(
                    "pushes",
                    logs.pushes().ok() + " succeeded, " + logs.pushes().failed() + " failed; addresses: "
                            + logs.pushes().targets().howMany() + ", services: "
                            + logs.pushes().topics().howMany());
            if (logs.logins().requests() > 0) {
                chart.fact(
                        "requests",
                        logs.logins().requests() + " by HTTP, from "
                                + NacosChecks.top(logs.logins().requestsBy()));
            }
            if (logs.server().errors().size() > 0) {
                chart.fact(
                        "errors",
                        "in other logs: " + NacosChecks.top(logs.server().errors()));
            }
            if (logs.server().mostConnections() > 0) {
                chart.fact("connections", "at most " + logs.server().mostConnections());
            }
            if (logs.server().unsentFrames() > 0) {
                chart.fact(
                        "unsent",
                        logs.server().unsentFrames()
                                + " messages still waited for clients when their connections ended");
            }
        });
    }

    private static long earliest(long... moments) {
        long earliest = LogTime.NONE;
        for (long moment : moments) {
            if (moment != LogTime.NONE && (earliest == LogTime.NONE || moment < earliest)) {
                earliest = moment;
            }
        }
        return earliest;
    }

    static void plots(NacosFacts facts, Chart chart) {
        facts.logs().ifPresent(logs -> {
            PushHistory pushes = logs.pushes();
            Timeline time = pushes.timeline();
            if (!time.isEmpty()) {
                var marks = new ArrayList<Mark>();
                PushLine first = pushes.firstFailure();
                if (first != null) {
                    marks.add(new Mark(first.at(), "first failure"));
                }
                for (Outage outage : pushes.outages()) {
                    marks.add(new Mark(outage.from(), "none succeeds"));
                }
                chart.plot(new Plot(
                        "Pushes of services",
                        "pushes in " + LogTime.duration(time.step()),
                        time.from(),
                        time.step(),
                        List.of(
                                new Series("succeeded", false, time.values(PushHistory.OK)),
                                new Series("failed", true, time.values(PushHistory.FAILED))),
                        marks));
            }
            Timeline logins = logs.logins().timeline();
            if (logs.logins().logins() > 0) {
                chart.plot(new Plot(
                        "Logins",
                        "logins in " + LogTime.duration(logins.step()),
                        logins.from(),
                        logins.step(),
                        List.of(
                                new Series("right", false, right(logins)),
                                new Series("without success", true, logins.values(LoginHistory.REFUSED))),
                        List.of()));
            }
        });
    }

    private static long[] right(Timeline logins) {
        long[] right = logins.values(LoginHistory.LOGINS);
        long[] refused = logins.values(LoginHistory.REFUSED);
        for (int i = 0; i < right.length; i++) {
            right[i] -= refused[i];
        }
        return right;
    }

    static void tables(NacosFacts facts, Chart chart) {
        facts.logs().ifPresent(logs -> {
            table(logs.pushes().targets(), "Clients that fail", "address", chart);
            table(logs.pushes().topics(), "Services whose pushes fail", "service", chart);
            table(logs.configPushes().targets(), "Clients that miss notices of configurations", "address", chart);
        });
    }

    private static void table(Tallies<Target> all, String title, String name, Chart chart) {
        List<Entry<Target>> failing = NacosChecks.failing(all);
        if (failing.isEmpty()) {
            return;
        }
        var rows = new ArrayList<List<String>>();
        for (Entry<Target> each : failing.subList(0, Math.min(MOST_ROWS, failing.size()))) {
            Target target = each.tally();
            rows.add(List.of(
                    Foreign.text(each.name()),
                    Long.toString(target.failed),
                    Long.toString(target.ok),
                    LogTime.text(target.firstFailure),
                    LogTime.text(target.lastFailure),
                    target.lastOk == LogTime.NONE ? "never" : LogTime.text(target.lastOk),
                    target.reason.says));
        }
        String note = failing.size() > MOST_ROWS ? "The first " + MOST_ROWS + " of " + failing.size() + "." : "";
        if (all.dropped() > 0) {
            note += " There were more names than are kept; these failed most, at least as often as shown.";
        }
        chart.table(new Table(
                title,
                List.of(name, "failed", "succeeded", "first failure", "last failure", "last success", "last reason"),
                rows,
                note.strip()));
    }
}
