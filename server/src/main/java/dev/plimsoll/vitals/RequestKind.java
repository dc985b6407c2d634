package dev.plimsoll.vitals;

import java.util.Locale;

/** What a client asks, as requests are counted, whichever protocol they came by. */
public enum RequestKind {
    REGISTER,
    DEREGISTER,
    BEAT,
    SUBSCRIBE,
    QUERY,
    CONFIG_READ,
    CONFIG_PUBLISH,
    CONFIG_LISTEN,
    LOGIN,
    HEALTH,
    OTHER;

    /** It is about configurations. */
    public boolean isOfConfigs() {
        return this == CONFIG_READ || this == CONFIG_PUBLISH || this == CONFIG_LISTEN;
    }

    /** {@code config-read}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
