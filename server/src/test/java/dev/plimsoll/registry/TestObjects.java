package dev.plimsoll.registry;

import java.util.Map;

/** Values the registry's tests share. */
final class TestObjects {
    static final ServiceKey ORDERS = new ServiceKey("public", "DEFAULT_GROUP", "orders");
    static final ServiceKey PAYMENTS = new ServiceKey("public", "DEFAULT_GROUP", "payments");
    static final Instance HOST_1 = host("10.0.0.1");
    static final Instance HOST_2 = host("10.0.0.2");
    static final Instance HOST_3 = host("10.0.0.3");
    static final OwnerId OWNER_1 = OwnerId.connection("1700000000000_10.1.1.1_50001");
    static final OwnerId OWNER_2 = OwnerId.connection("1700000000000_10.1.1.2_50002");
    static final ServiceProperties HALF = new ServiceProperties(0.5, Map.of("team", "checkout"));

    private TestObjects() {}

    static Instance host(String ip) {
        return new Instance(ip, 8080, 1, true, true, "", "", Map.of());
    }

    static Instance in(Instance instance, String cluster) {
        return new Instance(
                instance.ip(),
                instance.port(),
                instance.weight(),
                instance.healthy(),
                instance.enabled(),
                cluster,
                instance.instanceId(),
                instance.metadata());
    }

    static Instance with(Instance instance, Map<String, String> metadata) {
        return new Instance(
                instance.ip(),
                instance.port(),
                instance.weight(),
                instance.healthy(),
                instance.enabled(),
                instance.cluster(),
                instance.instanceId(),
                metadata);
    }

    static Instance disabled(Instance instance) {
        return new Instance(
                instance.ip(),
                instance.port(),
                instance.weight(),
                instance.healthy(),
                false,
                instance.cluster(),
                instance.instanceId(),
                instance.metadata());
    }
}
