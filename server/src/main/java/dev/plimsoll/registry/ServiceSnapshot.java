package dev.plimsoll.registry;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A service as it was at one revision; immutable.
 *
 * @param revision rises with every change of any service; 0 when the service does not exist
 * @param lastRefTime milliseconds since the epoch; never falls, since clients drop a state older than the one they have
 */
public record ServiceSnapshot(
        ServiceKey key,
        long revision,
        long lastRefTime,
        boolean ephemeral,
        List<Instance> instances,
        @Nullable ServiceProperties properties) {

    /** The instances one reader is shown. */
    public record Selection(List<Instance> instances, boolean protectionReached) {}

    /**
     * The enabled instances of the given clusters; the protection rule of the reference applied.
     *
     * @param clusters comma-separated cluster names; blank means all
     */
    public Selection select(String clusters, boolean healthyOnly) {
        Set<String> wanted = clusters.isBlank() ? Set.of() : Set.of(distinct(clusters));
        // A set: two owners may publish the very same instance, which is then one.
        var chosen = new LinkedHashSet<Instance>(instances.size() * 4 / 3 + 1);
        int healthy = 0;
        for (Instance instance : instances) {
            if (instance.enabled()
                    && (wanted.isEmpty() || wanted.contains(instance.cluster()))
                    && (instance.healthy() || !healthyOnly)
                    && chosen.add(instance)
                    && instance.healthy()) {
                healthy++;
            }
        }
        if (properties == null
                || chosen.isEmpty()
                || (double) healthy / chosen.size() > properties.protectThreshold()) {
            return new Selection(List.copyOf(chosen), false);
        }
        var protectedOnes = new ArrayList<Instance>(chosen.size());
        chosen.forEach(instance -> protectedOnes.add(instance.healthy() ? instance : instance.withHealthy(true)));
        return new Selection(List.copyOf(protectedOnes), true);
    }

    private static String[] distinct(String clusters) {
        return Arrays.stream(clusters.split(",", -1))
                .map(String::trim)
                .filter(cluster -> !cluster.isEmpty())
                .distinct()
                .toArray(String[]::new);
    }
}
