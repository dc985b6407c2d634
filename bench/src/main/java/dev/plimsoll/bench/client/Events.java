package dev.plimsoll.bench.client;

/** What a server does to a client unasked. On the client's loop. */
public interface Events {
    Events NONE = new Events() {};

    /** Before the push is acknowledged. */
    default void push(NacosClient client, Message message) {}

    /** The connection ended, and not because we closed it. */
    default void lost(NacosClient client, String reason) {}

    default void healthCheckFailed(NacosClient client, String error) {}
}
