package dev.plimsoll.registry;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an operator laid over what the client at an address registers, however often it registers again. Metadata is laid
 * key by key: a key of the client's can be given another value, and not be taken away.
 *
 * @param weight null leaves the client's
 * @param enabled so does null here
 */
public record Overlay(@Nullable Double weight, @Nullable Boolean enabled, Map<String, String> metadata) {
    static final Overlay NOTHING = new Overlay(null, null, Map.of());

    public Overlay {
        weight = weight == null ? null : Instance.checkedWeight(weight);
        metadata = Map.copyOf(metadata);
    }

    /** The same with entries more. */
    Overlay with(Map<String, String> entries) {
        var more = new HashMap<>(metadata);
        more.putAll(entries);
        return new Overlay(weight, enabled, more);
    }

    /** The same without the entries of these keys. */
    Overlay without(Set<String> keys) {
        var less = new HashMap<>(metadata);
        less.keySet().removeAll(keys);
        return new Overlay(weight, enabled, less);
    }

    /** What readers are shown of an instance. */
    Instance over(Instance instance) {
        return new Instance(
                instance.ip(),
                instance.port(),
                weight == null ? instance.weight() : weight,
                instance.healthy(),
                enabled == null ? instance.enabled() : enabled,
                instance.cluster(),
                instance.instanceId(),
                LaidMetadata.of(instance.metadata(), metadata));
    }

    /** Bytes it may add to an instance when that is shown, as {@link Instance#stateBytes} counts them. */
    long stateBytes() {
        return Instance.stateBytes(metadata);
    }

    /** Heap bytes beyond those of its place, rounded up. */
    long heapBytes() {
        return HeapBytes.of(metadata);
    }
}
