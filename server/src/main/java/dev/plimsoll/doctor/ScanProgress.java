package dev.plimsoll.doctor;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/** A bar on a terminal that tells how much of the logs has been read; it says nothing elsewhere, nor for short logs. */
public final class ScanProgress {
    private static final int WIDTH = 30;
    private static final long BETWEEN_NANOS = 100_000_000;
    private static final String CLEAR = "\r\u001b[K";

    private final PrintStream out;
    private final boolean shown;
    private final LongSupplier nanos;
    private long total;
    private long read;
    private long drawnAt;
    private boolean drawn;
    private String file = "";

    /**
     * @param shown whether {@code out} is a terminal
     * @param nanos the clock
     */
    public ScanProgress(PrintStream out, boolean shown, LongSupplier nanos) {
        this.out = out;
        this.shown = shown;
        this.nanos = nanos;
        this.drawnAt = nanos.getAsLong();
    }

    void expect(long bytes) {
        total = bytes;
    }

    void file(String name) {
        file = Foreign.text(name, 40);
    }

    void read(int bytes) {
        read += bytes;
        if (!shown || total == 0) {
            return;
        }
        long now = nanos.getAsLong();
        if (now - drawnAt >= BETWEEN_NANOS) {
            drawnAt = now;
            drawn = true;
            double part = Math.min(1.0, (double) read / total);
            int filled = (int) (part * WIDTH);
            out.print(CLEAR + "reading [" + "#".repeat(filled) + " ".repeat(WIDTH - filled) + "] "
                    + String.format(Locale.ROOT, "%3d%% of %s  %s", (int) (part * 100), Size.text(total), file));
            out.flush();
        }
    }

    void done() {
        if (drawn) {
            out.print(CLEAR);
            out.flush();
            drawn = false;
        }
    }
}
