package dev.plimsoll.doctor;

import java.util.ArrayList;
import java.util.List;

/** Whether a reference server's memory is bounded, and what became of it. */
final class NacosMemory {
    /** Beside heap and direct memory: metaspace, code, threads, the collector. A 2.2.3 at rest has 200 MB of it. */
    private static final long REST = 256 * Size.MIB;

    private final NacosFacts facts;
    private final Chart chart;

    NacosMemory(NacosFacts facts, Chart chart) {
        this.facts = facts;
        this.chart = chart;
    }

    /** Errors of the JVM in any log. */
    void errors() {
        ServerLog log = facts.logs().map(LogScan::server).orElse(null);
        if (log == null) {
            return;
        }
        if (log.directErrors() > 0) {
            var evidence = new ArrayList<String>();
            evidence.add(NacosChecks.count(log.directErrors(), "OutOfDirectMemoryError", "OutOfDirectMemoryErrors")
                    + when(log.firstDirectError(), log.lastDirectError()));
            if (log.directMax() > 0) {
                evidence.add("the last one: " + Size.text(log.directUsed()) + " used of " + Size.text(log.directMax()));
            }
            chart.critical(
                    "memory-errors",
                    "Direct memory was exhausted",
                    evidence,
                    List.of("Do not only raise the limit: find what fills it (clients that do not read, below)"));
        } else if (chart.has("pushes") && facts.queuesWithoutBound()) {
            chart.fine(
                    "memory-errors",
                    "no OutOfDirectMemoryError is logged; that proves nothing, this version fails pushes without a word");
        }
        if (log.heapErrors() > 0) {
            chart.critical(
                    "memory-errors",
                    "The JVM ran out of heap, metaspace or threads",
                    List.of(NacosChecks.count(
                            log.heapErrors(), "java.lang.OutOfMemoryError", "java.lang.OutOfMemoryErrors")),
                    List.of("Take a heap dump before the next restart (jcmd PID GC.heap_dump FILE)"));
        }
    }

    private static String when(long from, long to) {
        if (from == LogTime.NONE) {
            return "";
        }
        return from == to
                ? " at " + LogTime.toTheSecond(from)
                : " from " + LogTime.toTheSecond(from) + " to " + LogTime.toTheSecond(to);
    }

    /** The limit of direct memory beside the heap. */
    void limit() {
        if (facts.flags().isEmpty()) {
            chart.unknown("direct-limit", "the command line is neither in start.out nor in a process of this machine");
            return;
        }
        JvmFlags flags = facts.flags().get();
        String source = facts.process().isPresent() ? "the running process" : "start.out";
        String heap = flags.heap().isPresent() ? "-Xmx" + Size.text(flags.heap().getAsLong()) : "no -Xmx";
        if (!flags.limitsDirect()) {
            String size =
                    flags.heap().isPresent() ? " (" + Size.text(flags.heap().getAsLong()) + ")" : "";
            var evidence = new ArrayList<String>();
            evidence.add(source + ": " + heap + ", no -XX:MaxDirectMemorySize");
            flags.heap()
                    .ifPresent(bytes -> evidence.add("heap " + Size.text(bytes) + " + direct up to "
                            + Size.text(bytes) + " + about " + Size.text(REST) + " for the rest: "
                            + Size.text(2 * bytes + REST) + " at its peak"));
            facts.process().ifPresent(process -> process.peak()
                    .ifPresent(peak -> evidence.add("resident now "
                            + Size.text(process.resident().orElse(0)) + ", at its peak " + Size.text(peak))));
            boolean bad = facts.queuesWithoutBound() && chart.has("pushes");
            chart.found(
                    bad ? Severity.CRITICAL : Severity.WARNING,
                    "direct-limit",
                    "Direct memory has no limit of its own, so it may grow as large as the heap" + size,
                    evidence,
                    List.of(
                            "Set -XX:MaxDirectMemorySize=" + suggested(flags) + " beside " + heap
                                    + " (a quarter to a half of the heap), in JAVA_OPT of bin/startup.sh or of the"
                                    + " container",
                            "Leave room for heap + direct + " + Size.text(REST) + " in the container or machine",
                            "It bounds the process; pushes still fail when the limit is reached"));
            return;
        }
        long direct = flags.direct().getAsLong();
        long most = flags.heap().orElse(0);
        String is = source + ": -XX:MaxDirectMemorySize=" + Size.text(direct) + " beside " + heap;
        if (most > 0 && (direct > most || direct * 8 < most)) {
            chart.warning(
                    "direct-limit",
                    direct > most
                            ? "The limit of direct memory is larger than the heap"
                            : "The limit of direct memory is small beside the heap",
                    List.of(is),
                    List.of("A quarter to a half of the heap: -XX:MaxDirectMemorySize=" + suggested(flags)));
        } else {
            chart.fine("direct-limit", is);
        }
    }

    /** What a process with these flags may grow to; 0 when they do not tell. */
    private static long most(JvmFlags flags) {
        return flags.heap().isPresent()
                ? flags.heap().getAsLong() + flags.mostDirect().orElse(0) + REST
                : 0;
    }

    /** Half of the heap, in whole steps of 64 MiB. */
    static String suggested(JvmFlags flags) {
        long half = flags.heap().orElse(Size.GIB) / 2;
        return Math.max(128, half / (64 * Size.MIB) * 64) + "m";
    }

    /** The running process beside what it may have. */
    void process() {
        if (facts.process().isEmpty()) {
            chart.unknown(
                    "process",
                    "no process of this server is seen on this machine: resident size, limits and open"
                            + " files are not known");
            return;
        }
        LocalProcess process = facts.process().get();
        long resident = process.resident().orElse(0);
        if (process.memoryLimit().isPresent()) {
            long limit = process.memoryLimit().getAsLong();
            long need = facts.flags().map(NacosMemory::most).orElse(0L);
            String is = "resident " + Size.text(resident) + ", limit of its cgroup or machine " + Size.text(limit);
            if (resident > limit * 9 / 10) {
                chart.critical(
                        "process",
                        "The process is close to what it may have, and will be killed beyond it",
                        List.of(is),
                        List.of("Raise the limit, or lower heap and direct memory"));
            } else if (need > limit) {
                chart.warning(
                        "process",
                        "Heap and direct memory together may exceed what the process may have",
                        List.of(is, "it may grow to about " + Size.text(need)),
                        List.of("Set -XX:MaxDirectMemorySize so that heap + direct + " + Size.text(REST) + " fits"));
            } else {
                chart.fine("process", is + (need > 0 ? ", may grow to about " + Size.text(need) : ""));
            }
        }
        if (process.openFiles().isPresent() && process.mostFiles().isPresent()) {
            long open = process.openFiles().getAsLong();
            long most = process.mostFiles().getAsLong();
            String is = open + " files open of at most " + most;
            if (open * 10 > most * 8) {
                chart.critical(
                        "files",
                        "The process is running out of file descriptors",
                        List.of(is),
                        List.of("Raise it: LimitNOFILE=65536 in its unit, or ulimit -n before the start"));
            } else {
                chart.fine("files", is);
            }
        }
    }
}
