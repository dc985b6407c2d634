package dev.plimsoll.vitals;

import dev.plimsoll.loop.ManualLoop;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A sampler whose gauges say what a test sets, on a loop it turns by hand. */
final class SampledFixture {
    static final long MIB = 1 << 20;

    final ManualLoop loop = new ManualLoop();
    final Findings findings = new Findings(() -> Instant.ofEpochMilli(loop.currentTimeMillis()));
    final Traffic traffic = new Traffic(loop::nanoTime);
    final Sampler sampler;
    private final Map<String, Double> levels = new HashMap<>();
    private final Map<String, Double> rates = new HashMap<>(); // a second
    private final Map<String, Double> totals = new HashMap<>();

    SampledFixture(Path folder, List<String> levelNames) {
        var gauges = new ArrayList<Gauge>();
        for (String name : levelNames) {
            levels.put(name, 0.0);
            gauges.add(Gauge.Level.bytes(name, "A level", () -> levels.getOrDefault(name, Double.NaN)));
        }
        var counted = new ArrayList<String>();
        for (RequestKind kind : RequestKind.values()) {
            counted.add("requests." + kind.word());
        }
        counted.addAll(List.of("logins.ok", "logins.wrong", "logins.refused", "logins.hashed"));
        for (String name : counted) {
            gauges.add(Gauge.Rate.perSecond(
                    name, "A rate", () -> totals.getOrDefault(name, 0.0).longValue()));
        }
        sampler = new Sampler(loop, gauges, folder.resolve("vitals"), new MemoryBudget(1 << 20, 0).heap("vitals", 1));
        sampler.start();
        loop.runAll();
    }

    void level(String name, double now) {
        levels.put(name, now);
    }

    void rate(String name, double perSecond) {
        rates.put(name, perSecond);
    }

    /** Time passes, sample by sample. */
    void pass(Duration time) {
        for (long left = time.toSeconds(); left > 0; left -= 10) {
            rates.forEach((name, rate) -> totals.merge(name, rate * 10, Double::sum));
            loop.advance(Duration.ofSeconds(10));
        }
    }

    /** Time passes a minute at a time, with {@code each} before it. */
    void minutes(int count, MinuteByMinute each) {
        for (int minute = 0; minute < count; minute++) {
            each.begin(minute);
            pass(Duration.ofMinutes(1));
        }
    }

    interface MinuteByMinute {
        void begin(int minute);
    }

    /** What is found, by subject and severity. */
    List<String> found() {
        return findings.current().stream()
                .map(finding -> finding.what() + " " + finding.severity().word())
                .toList();
    }
}
