package dev.plimsoll.vitals;

import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * One thing that is sampled and shown. It is read on the loop of the {@link Sampler} and by whoever shows metrics, so
 * from any thread, and no reading may wait for another loop.
 */
public sealed interface Gauge {
    /** As operators know it: words of lower case, joined by hyphens, the first of several parts before a point. */
    String name();

    String unit();

    Fold fold();

    /** One line for the operator. */
    String says();

    /**
     * Something that rises and falls.
     *
     * @param now NaN when it cannot be told
     */
    record Level(String name, String unit, Fold fold, String says, DoubleSupplier now) implements Gauge {
        public static Level bytes(String name, String says, DoubleSupplier now) {
            return new Level(name, "bytes", Fold.MAX, says, now);
        }

        /** What an account holds. */
        public static Level of(Account account) {
            return bytes(nameOf(account), "Held by an account of the memory line", account::held);
        }

        /** {@code account.config-contents}. */
        static String nameOf(Account account) {
            return "account." + account.word();
        }

        public static Level count(String name, String says, DoubleSupplier now) {
            return new Level(name, "count", Fold.MAX, says, now);
        }
    }

    /**
     * Something that is counted, and sampled by how much there is of it in a second.
     *
     * @param scale one counted thing in {@code unit}s
     */
    record Rate(String name, String unit, double scale, String says, LongSupplier total) implements Gauge {
        public static Rate perSecond(String name, String says, LongSupplier total) {
            return new Rate(name, "per second", 1, says, total);
        }

        @Override
        public Fold fold() {
            return Fold.MEAN;
        }
    }

    /** What 99 of 100 took at most. */
    record Slowest(String name, String says, Latency latency) implements Gauge {
        @Override
        public String unit() {
            return "ms";
        }

        @Override
        public Fold fold() {
            return Fold.MAX;
        }
    }
}
