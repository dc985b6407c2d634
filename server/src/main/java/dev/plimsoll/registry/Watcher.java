package dev.plimsoll.registry;

/** Someone who is told when services change. The registry knows it by identity only. */
public interface Watcher {
    /** It watches {@code services} services from now on. Called on the registry's loop. */
    default void watches(int services) {}
}
