package dev.plimsoll.registry;

/** What operators set of health checks. Asked on the registry's loop, for each look anew; answers at once. */
public interface HealthRules {
    HealthRules DEFAULT = new HealthRules() {};

    /** The switch {@code check}. */
    default boolean on() {
        return true;
    }

    /** The switch {@code healthCheckTimes}: looks with the same outcome before an instance's health changes. */
    default int times() {
        return 3;
    }

    default HealthTarget lookup(ServiceKey service, String cluster) {
        return HealthTarget.DEFAULT;
    }
}
