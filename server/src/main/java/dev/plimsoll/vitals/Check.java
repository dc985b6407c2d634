package dev.plimsoll.vitals;

import java.time.Duration;

/** A question the server asks of itself again and again. On the sampler's loop. */
public interface Check {
    /** One word. */
    String name();

    Duration every();

    /** Looks, and tells {@code findings} what is so and what is not. */
    Measured look(Findings findings);

    /**
     * What a look saw.
     *
     * @param known false when there is too little to go by
     */
    record Measured(boolean known, String words) {
        static Measured of(String words) {
            return new Measured(true, words);
        }

        static Measured tooLittle(String words) {
            return new Measured(false, words);
        }
    }
}
