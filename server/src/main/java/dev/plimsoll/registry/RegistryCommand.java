package dev.plimsoll.registry;

import dev.plimsoll.refusal.InvalidRequest;
import java.util.List;
import java.util.Map;

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

    /** A persistent instance whose cluster nobody checks becomes healthy or not; durable. */
    record SetHealth(ServiceKey service, Address address, boolean healthy) implements RegistryCommand {}

    /** A service that is not there yet is created; durable. */
    record CreateService(ServiceKey service, boolean ephemeral, double protectThreshold, Map<String, String> metadata)
            implements RegistryCommand {
        public CreateService {
            metadata = Map.copyOf(metadata);
        }
    }

    /** What was set for a service that is there is replaced; durable. */
    record UpdateService(ServiceKey service, double protectThreshold, Map<String, String> metadata)
            implements RegistryCommand {
        public UpdateService {
            metadata = Map.copyOf(metadata);
        }
    }

    /** What was set for a cluster of a service that is there is replaced; durable. */
    record PutCluster(ServiceKey service, String cluster, ClusterProperties properties) implements RegistryCommand {
        public PutCluster {
            cluster = Instance.checkedCluster(cluster);
        }
    }

    /** The service, which must be empty, is removed with all that was set for it. */
    record DeleteService(ServiceKey service) implements RegistryCommand {}
}
