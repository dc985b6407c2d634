package dev.plimsoll.registry;

/** Is told of each change in the turn that made it, on the registry's loop; hands over and returns at once. */
public interface ServiceChanges {
    /** The service is now as {@code snapshot} says; {@link Registry#watchers} has who wants to know. */
    void changed(Registry registry, ServiceSnapshot snapshot);
}
