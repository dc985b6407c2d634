package dev.plimsoll.vitals;

/** For tests of other packages, which cannot wait for the next ten seconds. */
public final class Samples {
    private Samples() {}

    /** Takes one now. On the sampler's loop. */
    public static void take(Sampler sampler) {
        sampler.sample();
    }
}
