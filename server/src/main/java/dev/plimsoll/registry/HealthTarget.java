package dev.plimsoll.registry;

/**
 * How a cluster's instances are looked at, and at which port.
 *
 * @param checkPort used unless {@code useInstancePort}
 */
public record HealthTarget(HealthChecker checker, int checkPort, boolean useInstancePort) {
    /** Of every cluster for which nothing was set. */
    public static final HealthTarget DEFAULT = new HealthTarget(new HealthChecker.Tcp(), 80, true);

    public HealthTarget {
        Instance.checkPort(checkPort);
    }

    int portOf(Instance instance) {
        return useInstancePort ? instance.port() : checkPort;
    }
}
