package dev.plimsoll.compat.sdk;

/** One version of the official client, alone in its class path. */
public interface Sdk {

    /** The version the client reports of itself. */
    String reportedVersion();

    Naming naming(String address, String namespace);

    Configs configs(String address, String namespace);
}
