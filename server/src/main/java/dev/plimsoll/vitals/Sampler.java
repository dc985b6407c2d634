package dev.plimsoll.vitals;

import dev.plimsoll.loop.Loop;
import dev.plimsoll.refusal.InvalidRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Reads all gauges every ten seconds and keeps what they say. Works on {@code loop}, a thread of its own that the disk may
 * keep waiting: nobody else does.
 */
public final class Sampler {
    /** The most steps and the most values that are shown at a time. */
    public static final int MAX_POINTS = 1_000;

    public static final int MAX_VALUES = 50_000;

    /** Rows of the last two minutes, which are at hand. */
    static final int RECENT = 12;

    private static final int USUAL_POINTS = 360;
    private static final long[] USUAL_STEPS = {10, 30, 60, 300, 600, 1_800, 3_600, 7_200};
    private static final long LONGEST = Series.COARSE_ROWS * Series.COARSE_MILLIS;

    private final Loop loop;
    private final List<Gauge> gauges;
    private final Series series;
    private final long[] totals; // as they were at the last sample
    private final List<Latency.@Nullable Window> windows;
    private final List<float[]> recent = new ArrayList<>(); // the last one last
    private long sampledNanos;

    /**
     * @param file in the data directory
     * @param account pays for what is held here, always the same
     */
    public Sampler(Loop loop, List<Gauge> gauges, Path file, Account account) {
        this.loop = loop;
        this.gauges = List.copyOf(gauges);
        this.series = new Series(
                file,
                gauges.stream()
                        .map(gauge -> new Column(gauge.name(), gauge.fold()))
                        .toList());
        this.totals = new long[gauges.size()];
        this.windows = new ArrayList<>();
        long slowest = 0;
        for (Gauge gauge : gauges) {
            boolean timed = gauge instanceof Gauge.Slowest;
            windows.add(gauge instanceof Gauge.Slowest of ? new Latency.Window(of.latency()) : null);
            slowest += timed ? 1 : 0;
        }
        account.reserve(Series.heapBytes(gauges.size())
                + gauges.size() * (Long.BYTES + 64L + 200) // texts and suppliers
                + slowest * (Latency.SPANS * 8L + 64)
                + RECENT * (gauges.size() * 4L + 32));
    }

    /** Samples from now on. */
    public void start() {
        loop.execute(() -> {
            series.open();
            sampledNanos = loop.nanoTime();
            next();
        });
    }

    /** In the order they are sampled. */
    public List<Gauge> gauges() {
        return gauges;
    }

    /** @throws IllegalArgumentException when no gauge has that name */
    public Gauge gauge(String name) {
        for (Gauge gauge : gauges) {
            if (gauge.name().equals(name)) {
                return gauge;
            }
        }
        throw new IllegalArgumentException("gauge: '" + name + "' (expected: one that is sampled)");
    }

    /**
     * How things were, as far as it is known.
     *
     * @param fromMillis 0 for an hour before the end
     * @param toMillis 0 for now
     * @param stepSeconds 0 for the smallest usual step at which there are not too many
     * @param names exact ones, or beginnings followed by a star; empty for all
     */
    public CompletionStage<Curves> read(long fromMillis, long toMillis, long stepSeconds, List<String> names) {
        return loop.call(() -> {
            long now = loop.currentTimeMillis();
            long to = toMillis == 0 ? now : toMillis;
            long from = fromMillis == 0 ? to - Duration.ofHours(1).toMillis() : fromMillis;
            if (from < 0 || from >= to || to - from > LONGEST) {
                throw new InvalidRequest(
                        "from, to: " + from + ", " + to + " (expected: from before to, 30 days between them at most)");
            }
            long step = 1_000 * (stepSeconds == 0 ? usualStep(to - from) : stepSeconds);
            if (step < Series.FINE_MILLIS || step % Series.FINE_MILLIS != 0 || step > LONGEST) {
                throw new InvalidRequest("step: " + stepSeconds + " (expected: a multiple of 10 seconds)");
            }
            List<Integer> chosen = chosen(names);
            long begin = Math.floorDiv(from, step) * step;
            long points = (to - begin + step - 1) / step;
            if (points > MAX_POINTS || points * chosen.size() > MAX_VALUES) {
                throw new InvalidRequest("points: " + points + " of " + chosen.size() + " series (expected: at most "
                        + MAX_POINTS + ", and " + MAX_VALUES + " values; ask for a longer step or fewer names)");
            }
            return curves(begin, step, (int) points, chosen, now);
        });
    }

    /** As the other, for those on the loop; a step without a bound, and names that are gauges. */
    Curves read(Duration back, Duration step, List<String> names) {
        long now = loop.currentTimeMillis();
        long begin = Math.floorDiv(now - back.toMillis(), step.toMillis()) * step.toMillis();
        int points = (int) ((now - begin) / step.toMillis()); // whole ones
        return curves(begin, step.toMillis(), points, chosen(names), now);
    }

    /**
     * The mean of the last {@code samples} of a gauge; NaN when there are not so many. Loop only.
     *
     * @param samples at most {@link #RECENT}
     */
    public double recently(String name, int samples) {
        int column = chosen(List.of(name)).get(0);
        double sum = 0;
        for (int i = 1; i <= samples; i++) {
            sum += recent.size() < i ? Double.NaN : recent.get(recent.size() - i)[column];
        }
        return sum / samples;
    }

    private static long usualStep(long millis) {
        for (long step : USUAL_STEPS) {
            if (millis <= step * 1_000 * USUAL_POINTS) {
                return step;
            }
        }
        return USUAL_STEPS[USUAL_STEPS.length - 1];
    }

    private List<Integer> chosen(List<String> names) {
        var chosen = new ArrayList<Integer>();
        if (names.isEmpty()) {
            for (int i = 0; i < gauges.size(); i++) {
                chosen.add(i);
            }
        }
        for (String name : names) {
            boolean begin = name.endsWith("*");
            String wanted = begin ? name.substring(0, name.length() - 1) : name;
            boolean found = false;
            for (int i = 0; i < gauges.size(); i++) {
                String has = gauges.get(i).name();
                if (begin ? has.startsWith(wanted) : has.equals(wanted)) {
                    found = true;
                    if (!chosen.contains(i)) {
                        chosen.add(i);
                    }
                }
            }
            if (!found) {
                String echo = name.length() <= 100 ? name : name.substring(0, 100) + "...";
                throw new InvalidRequest("names: '" + echo + "' (expected: names of series, or beginnings with a *)");
            }
        }
        return chosen;
    }

    private Curves curves(long begin, long step, int points, List<Integer> chosen, long now) {
        var curves = new ArrayList<Curves.Curve>();
        var columns = new ArrayList<Column>();
        for (int i : chosen) {
            Gauge gauge = gauges.get(i);
            curves.add(new Curves.Curve(gauge.name(), gauge.unit(), gauge.fold(), new float[points]));
            columns.add(new Column(gauge.name(), gauge.fold()));
        }
        var folding = new Folding(columns);
        var row = new float[chosen.size()];
        var filled = new int[1];
        series.each(begin, begin + points * step, now, (millis, values) -> {
            int point = (int) ((Math.max(begin, millis) - begin) / step);
            while (filled[0] < point) {
                fill(curves, filled[0]++, folding);
            }
            for (int i = 0; i < row.length; i++) {
                row[i] = values[chosen.get(i)];
            }
            folding.add(row);
        });
        while (filled[0] < points) {
            fill(curves, filled[0]++, folding);
        }
        return new Curves(begin, step, points, List.copyOf(curves));
    }

    private static void fill(List<Curves.Curve> curves, int point, Folding folding) {
        float[] folded = folding.folded();
        for (int i = 0; i < folded.length; i++) {
            curves.get(i).values()[point] = folded[i];
        }
        folding.clear();
    }

    /** In the middle of the next ten seconds of the day, so that a timer that is early or late hits them all the same. */
    private void next() {
        long untilMiddle = Math.floorMod(Series.FINE_MILLIS / 2 - loop.currentTimeMillis(), Series.FINE_MILLIS);
        long delay = untilMiddle < Series.FINE_MILLIS / 4 ? untilMiddle + Series.FINE_MILLIS : untilMiddle;
        loop.schedule(Duration.ofMillis(delay), () -> {
            next(); // first, whatever becomes of this one
            sample();
        });
    }

    void sample() {
        long nanos = loop.nanoTime();
        double seconds = Math.max(1e-3, (nanos - sampledNanos) / 1e9);
        sampledNanos = nanos;
        var row = new float[gauges.size()];
        for (int i = 0; i < row.length; i++) {
            row[i] = (float) value(i, seconds);
        }
        if (recent.size() == RECENT) {
            recent.remove(0);
        }
        recent.add(row);
        series.put(loop.currentTimeMillis(), row);
    }

    private double value(int i, double seconds) {
        Gauge gauge = gauges.get(i);
        if (gauge instanceof Gauge.Level level) {
            return level.now().getAsDouble();
        } else if (gauge instanceof Gauge.Rate rate) {
            long before = totals[i];
            totals[i] = rate.total().getAsLong();
            return (totals[i] - before) * rate.scale() / seconds;
        }
        Latency.Window window = windows.get(i);
        return window == null ? Double.NaN : window.slowest();
    }
}
