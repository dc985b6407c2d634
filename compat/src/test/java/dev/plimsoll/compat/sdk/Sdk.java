package dev.plimsoll.compat.sdk;

import java.util.Map;

/** One version of the official client, alone in its class path. */
public interface Sdk {

    /** The version the client reports of itself. */
    String reportedVersion();

    Naming naming(String address, String namespace);

    Configs configs(String address, String namespace);

    /** As above, of a user who logs in. */
    Naming naming(String address, String namespace, String user, String password);

    /** As above, of a user who logs in. */
    Configs configs(String address, String namespace, String user, String password);

    /** With the client's own settings, by the client's names. */
    Naming naming(String address, Map<String, String> settings);

    /** With the client's own settings, by the client's names. */
    Configs configs(String address, Map<String, String> settings);
}
