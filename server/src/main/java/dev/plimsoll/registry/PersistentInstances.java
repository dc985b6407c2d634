package dev.plimsoll.registry;

import org.jspecify.annotations.Nullable;

/** Hears of persistent instances as they come and go, in the turn in which they do. */
public interface PersistentInstances {
    PersistentInstances UNFOLLOWED = new PersistentInstances() {
        @Override
        public void published(ServiceKey service, Instance instance) {}

        @Override
        public void withdrawn(ServiceKey service, String ip, int port) {}
    };

    /** It is there, or has been registered anew. */
    void published(ServiceKey service, Instance instance);

    void withdrawn(ServiceKey service, String ip, int port);

    /** What was found when it was last looked at; null when it was not yet. On the registry's loop. */
    default @Nullable Look lookAt(ServiceKey service, String ip, int port) {
        return null;
    }

    /** @param atMillis when the look ended */
    record Look(Probes.Outcome outcome, long atMillis) {}
}
