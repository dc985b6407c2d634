package dev.plimsoll.vitals;

import dev.plimsoll.loop.Loop;

/**
 * All that the server measures of itself, for those who show it.
 *
 * @param loop where readings are taken that may make a caller wait: the sampler's
 * @param account pays for what is held, and for answers while they are made
 */
public record Vitals(
        Loop loop,
        Traffic traffic,
        Sampler sampler,
        Checkup checkup,
        Findings findings,
        Host host,
        Account account,
        long startedMillis) {}
