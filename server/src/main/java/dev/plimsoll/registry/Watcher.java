package dev.plimsoll.registry;

/** Someone who is told when services change. The registry knows it by identity only. */
public interface Watcher {}
