package dev.plimsoll.bench.measure;

import java.io.PrintStream;

/** Where a run is: one line rewritten on a terminal, a plain line every five seconds elsewhere. Main thread only. */
public final class Progress {
    private static final long PLAIN_NANOS = 5_000_000_000L;

    private final PrintStream out;
    private final boolean terminal;
    private long lastPlain = System.nanoTime() - PLAIN_NANOS;
    private int width;

    public Progress(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    public void show(String line) {
        if (terminal) {
            out.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
            out.flush();
            width = line.length();
        } else if (System.nanoTime() - lastPlain >= PLAIN_NANOS) {
            lastPlain = System.nanoTime();
            out.println(line);
        }
    }

    /** A line that stays. */
    public void say(String line) {
        clear();
        out.println(line);
    }

    public void clear() {
        if (terminal && width > 0) {
            out.print("\r" + " ".repeat(width) + "\r");
            out.flush();
            width = 0;
        }
    }
}
