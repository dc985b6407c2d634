package dev.plimsoll.registry;

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
}
