package dev.plimsoll.registry;

import dev.plimsoll.loop.Loop;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.store.Journal;
import dev.plimsoll.store.Write;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What operators switch for the whole server, by the entries of the reference. Changed on the registry's loop, read by any
 * thread. Some act. Some concern the reference's inside only: they are kept, told and do nothing, there as here. The rest
 * cannot be changed: to keep a value that does not act would deceive.
 */
public final class Switches {
    private static final int MAX_TEXT = 1_024;
    private static final List<String> STATUSES =
            List.of("UP", "DOWN", "STARTING", "PAUSED", "WRITE_ONLY", "READ_ONLY", "null");

    /** What an entry may be. */
    private record Entry(String byDefault, Rule rule) {}

    private interface Rule {
        /** Refuses a value in the words of the reference where it has some. */
        void check(String entry, String value);
    }

    private static final Rule FLAG =
            (entry, value) -> require(value.equals("true") || value.equals("false"), entry, value, "true or false");
    private static final Map<String, Entry> ENTRIES = Map.ofEntries(
            // These act.
            Map.entry("check", new Entry("true", FLAG)),
            Map.entry("healthCheckTimes", new Entry("3", from(1, 100))),
            // Beyond 15 s instances that name no times of their own would become unhealthy between two beats.
            Map.entry("clientBeatInterval", new Entry("5000", from(1_000, 15_000))),
            Map.entry("lightBeatEnabled", new Entry("true", FLAG)),
            Map.entry("defaultInstanceEphemeral", new Entry("true", FLAG)),
            Map.entry(
                    "overriddenServerStatus",
                    new Entry(
                            "null",
                            (entry, value) -> require(
                                    STATUSES.contains(value), entry, value, "one of " + String.join(", ", STATUSES)))),
            // These do nothing.
            Map.entry("masters", new Entry("", (entry, value) -> {})),
            Map.entry("distro", new Entry("true", FLAG)),
            Map.entry("distroThreshold", new Entry("0.7", Switches::checkThreshold)),
            Map.entry("distroServerExpiredMillis", new Entry("10000", from(0, Long.MAX_VALUE))),
            Map.entry("serviceStatusSynchronizationPeriodMillis", new Entry("5000", from(5_000, Long.MAX_VALUE))),
            Map.entry("serverStatusSynchronizationPeriodMillis", new Entry("2000", from(1_000, Long.MAX_VALUE))),
            Map.entry("enableStandalone", new Entry("true", FLAG)),
            Map.entry("autoChangeHealthCheckEnabled", new Entry("true", FLAG)),
            Map.entry("disableAddIP", new Entry("false", FLAG)),
            Map.entry("sendBeatOnly", new Entry("false", FLAG)),
            // These cannot be changed.
            Map.entry("pushEnabled", fixed("true")),
            Map.entry("pushCacheMillis", fixed("10000")),
            Map.entry("defaultCacheMillis", fixed("3000")),
            Map.entry("pushVersion", fixed("")),
            Map.entry("limitedUrlMap", fixed("")),
            Map.entry("batch", fixed("")));

    private final Loop loop;
    private final Journal journal;
    private volatile Map<String, String> values = Map.of();

    Switches(Loop loop, Journal journal) {
        this.loop = loop;
        this.journal = journal;
    }

    /** Takes in what the journal holds, as far as it is known and allowed still. For the start. */
    void load() {
        var loaded = new HashMap<String, String>();
        journal.eachSwitch((entry, value) -> {
            if (takes(entry, value)) {
                loaded.put(entry, value);
            }
        });
        values = Map.copyOf(loaded);
    }

    private static boolean takes(String entry, String value) {
        Entry known = ENTRIES.get(entry);
        if (known == null) {
            return false;
        }
        try {
            known.rule().check(entry, value);
            return true;
        } catch (InvalidRequest e) {
            return false; // of a version with other bounds
        }
    }

    /**
     * Sets a switch; the stage completes when it is on disk and holds. An entry that the reference does not know either
     * changes nothing, as there.
     *
     * @throws InvalidRequest when the entry does not take this value
     */
    public CompletionStage<Void> set(String entry, String value) {
        Entry known = ENTRIES.get(entry);
        var done = new CompletableFuture<Void>();
        if (known == null) {
            done.complete(null);
            return done;
        }
        Names.requireLength("value", value, MAX_TEXT);
        known.rule().check(entry, value);
        loop.submit(() -> {
            CompletionStage<Void> written;
            try {
                written = journal.append(new Write.PutSwitch(entry, value));
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
                return;
            }
            written.whenComplete((nothing, failure) -> loop.execute(() -> {
                if (failure != null) {
                    done.completeExceptionally(failure);
                    return;
                }
                var more = new HashMap<>(values);
                more.put(entry, value);
                values = Map.copyOf(more);
                done.complete(null);
            }));
        });
        return done;
    }

    /** What an entry is set to, or its default. */
    public String value(String entry) {
        Entry known = ENTRIES.get(entry);
        if (known == null) {
            throw new IllegalArgumentException("entry: " + entry);
        }
        return values.getOrDefault(entry, known.byDefault());
    }

    /** Persistent instances are looked at. */
    boolean checks() {
        return value("check").equals("true");
    }

    /** Looks with the same outcome before an instance's health changes. */
    int checkTimes() {
        return Integer.parseInt(value("healthCheckTimes"));
    }

    /** Milliseconds between the beats of an instance that names no time of its own. */
    public long clientBeatInterval() {
        return Long.parseLong(value("clientBeatInterval"));
    }

    /** Clients need not send all of an instance with each beat. */
    public boolean lightBeatEnabled() {
        return value("lightBeatEnabled").equals("true");
    }

    /** What an instance is whose client does not say. */
    public boolean ephemeralByDefault() {
        return value("defaultInstanceEphemeral").equals("true");
    }

    /** As what the server is to pass whatever it is; {@code UP} unless somebody said otherwise. */
    public String serverStatus() {
        String overridden = value("overriddenServerStatus");
        return overridden.equals("null") ? "UP" : overridden;
    }

    private static Entry fixed(String only) {
        return new Entry(only, (entry, value) -> {
            if (!value.equals(only)) {
                throw new InvalidRequest("entry '" + entry + "': not to be changed on this server");
            }
        });
    }

    private static Rule from(long least, long most) {
        return (entry, value) -> {
            long number;
            try {
                number = Long.parseLong(value);
            } catch (NumberFormatException e) {
                throw new InvalidRequest("For input string: \"" + Names.abridged(value) + "\"");
            }
            String expected = most == Long.MAX_VALUE ? "at least " + least : least + " to " + most;
            require(number >= least && number <= most, entry, value, expected);
        };
    }

    private static void checkThreshold(String entry, String value) {
        float threshold;
        try {
            threshold = Float.parseFloat(value);
        } catch (NumberFormatException e) {
            throw new InvalidRequest("For input string: \"" + Names.abridged(value) + "\"");
        }
        if (!(threshold > 0)) {
            throw new InvalidRequest(entry + " can not be zero or negative: " + threshold);
        }
    }

    private static void require(boolean fits, String entry, String value, String expected) {
        if (!fits) {
            throw new InvalidRequest(entry + ": " + Names.abridged(value) + " (expected: " + expected + ")");
        }
    }
}
