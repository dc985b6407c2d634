package dev.plimsoll.bench.measure;

/** Reads what Linux tells of a process. */
final class ProcFiles {
    /** USER_HZ: Linux shows times to programs in this unit, whatever its own clock. */
    private static final long TICK_MICROS = 10_000;

    private static final int UTIME_AFTER_NAME = 11;

    private ProcFiles() {}

    /** The bytes of a line such as {@code VmRSS:  123 kB}; 0 when there is none (a process that ended has none). */
    static long bytes(String status, String name) {
        for (String line : status.split("\n", -1)) {
            if (line.startsWith(name + ":")) {
                String[] words = line.substring(name.length() + 1).trim().split("\\s+", -1);
                return Long.parseLong(words[0]) * 1024;
            }
        }
        return 0;
    }

    /** User and system time. The name in parentheses may hold anything, so fields count from the last of them. */
    static long cpuMicros(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).trim().split("\\s+", -1);
        return (Long.parseLong(fields[UTIME_AFTER_NAME]) + Long.parseLong(fields[UTIME_AFTER_NAME + 1])) * TICK_MICROS;
    }
}
