package dev.plimsoll;

/** Whether callers must prove who they are. */
enum AuthMode {
    /** Unless the server listens to its own machine alone. */
    AUTO,
    ON,
    OFF,
    /** An existing Nacos's {@code nacos.core.auth.enabled=false}: as {@link #AUTO}, since nobody has opened a network by it. */
    REFERENCE_OFF
}
