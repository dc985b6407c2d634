package dev.plimsoll.registry;

/**
 * Where an instance of a service is: what is laid over it is kept under this.
 *
 * @param cluster an empty one means {@code DEFAULT}
 */
public record Address(String ip, int port, String cluster) {
    public Address {
        ip = Instance.checkedIp(ip);
        Instance.checkPort(port);
        cluster = Instance.checkedCluster(cluster);
    }

    static Address of(Instance instance) {
        return new Address(instance.ip(), instance.port(), instance.cluster());
    }

    /** Heap bytes its texts hold; a default cluster's are everybody's. */
    long heapBytes() {
        return HeapBytes.of(ip) + (cluster.equals(Instance.DEFAULT_CLUSTER) ? 0 : HeapBytes.of(cluster));
    }
}
