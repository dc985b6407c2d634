package dev.plimsoll.registry;

import dev.plimsoll.registry.PersistentInstances.Look;
import dev.plimsoll.store.StoredOverlay.Laying;
import org.jspecify.annotations.Nullable;

/**
 * How an instance stands: who keeps it, and by what.
 *
 * @param instance as readers see it
 * @param sinceMillis since when its owner publishes it or another of the service; null when it is persistent
 * @param beats null when it does not live by them
 * @param checker how it is looked at; null when it is not persistent, or nobody looks
 * @param look what the last look found; null when there was none
 * @param laid null when nothing is laid over it
 */
public record Standing(
        OwnerId owner,
        Instance instance,
        @Nullable Long sinceMillis,
        @Nullable Beats beats,
        @Nullable HealthChecker checker,
        @Nullable Look look,
        @Nullable Laid laid) {
    /**
     * @param silentMillis since the last beat
     * @param outlivesSilence its metadata, or its service's, says that no silence ends it
     */
    public record Beats(long silentMillis, boolean outlivesSilence) {}

    /** @param laying who laid it, and when; null when that is not known */
    public record Laid(Overlay overlay, @Nullable Laying laying) {}
}
