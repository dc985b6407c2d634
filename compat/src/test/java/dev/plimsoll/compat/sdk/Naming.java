package dev.plimsoll.compat.sdk;

import java.util.List;
import java.util.function.Consumer;

/** An official naming client: one connection, its registrations and its subscriptions. */
public interface Naming extends AutoCloseable {

    void register(String service, String group, Host host);

    void deregister(String service, String group, Host host);

    void registerBatch(String service, String group, List<Host> hosts);

    void deregisterBatch(String service, String group, List<Host> hosts);

    /** Asks the server, without subscribing. No clusters means all. */
    List<Host> query(String service, String group, List<String> clusters);

    /** The default call of applications: subscribes on first use and answers from the cache after that. */
    List<Host> cached(String service, String group);

    /** Asks the server for those that are enabled, carry weight, and are healthy or not as told. */
    List<Host> select(String service, String group, boolean healthy);

    Host selectOneHealthy(String service, String group);

    /** Every event's hosts go to the listener, until the answer is closed. */
    Stop subscribe(String service, String group, List<String> clusters, Consumer<List<Host>> listener);

    ServicePage services(int page, int size, String group);

    @Override
    void close();
}
