package dev.plimsoll.registry;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an operator changes of what is laid over instances. */
public sealed interface OverlayChange {
    ServiceKey service();

    /** The overlay is this one from now on, also where the instance is yet to come. */
    record Replace(ServiceKey service, Address address, Overlay overlay) implements OverlayChange {}

    /** Of an instance that is there, what is not null is replaced. */
    record Amend(
            ServiceKey service,
            Address address,
            @Nullable Double weight,
            @Nullable Boolean enabled,
            @Nullable Map<String, String> metadata)
            implements OverlayChange {}

    /**
     * Entries are laid over instances.
     *
     * @param addresses those of them that are there; none for all instances there are
     */
    record PutMetadata(ServiceKey service, List<Address> addresses, Map<String, String> entries)
            implements OverlayChange {}

    /** Entries that were laid over instances, as for {@link PutMetadata}, are taken away. */
    record RemoveMetadata(ServiceKey service, List<Address> addresses, Set<String> keys) implements OverlayChange {}
}
