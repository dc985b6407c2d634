package dev.plimsoll.registry;

import dev.plimsoll.refusal.InvalidRequest;
import java.util.List;

/** One change of the registry, as a value. */
public sealed interface RegistryCommand {
    /** {@code owner}'s publication of {@code service} becomes these instances, whatever it was. */
    record Register(OwnerId owner, ServiceKey service, List<Instance> instances) implements RegistryCommand {
        public Register {
            instances = List.copyOf(instances);
            instances.forEach(Instance::requireSaneLease);
            if (owner.beats() && instances.size() != 1) {
                throw new InvalidRequest("instances of " + owner.id() + ": " + instances.size()
                        + " (expected: 1, since an address that beats is one instance)");
            }
        }
    }

    /** {@code owner} publishes nothing of {@code service} any more. */
    record Deregister(OwnerId owner, ServiceKey service) implements RegistryCommand {}

    /** A durable instance is added, or replaces the one at its address. */
    record RegisterPersistent(ServiceKey service, Instance instance) implements RegistryCommand {
        public RegisterPersistent {
            instance.requireSaneLease();
        }
    }

    /** The durable instance at this address is removed. */
    record DeregisterPersistent(ServiceKey service, String ip, int port) implements RegistryCommand {
        public DeregisterPersistent {
            ip = Instance.checkedIp(ip);
        }
    }

    /** The service is created with these properties, or its properties are replaced; durable. */
    record PutService(ServiceKey service, boolean ephemeral, ServiceProperties properties) implements RegistryCommand {}

    /** The service, which must be empty, is removed with its properties. */
    record DeleteService(ServiceKey service) implements RegistryCommand {}
}
