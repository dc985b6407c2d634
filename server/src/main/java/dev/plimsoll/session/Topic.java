package dev.plimsoll.session;

import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.registry.ServiceKey;

/** Something a client is told the newest state of. */
sealed interface Topic {
    /** A service through a cluster filter. */
    record ServiceView(ServiceKey service, String clusters) implements Topic {}

    /** A configuration: the client is told that it changed, and reads it. */
    record ConfigNotice(ConfigKey config) implements Topic {}
}
