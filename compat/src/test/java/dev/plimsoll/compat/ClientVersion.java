package dev.plimsoll.compat;

/** The official clients under test, and what each cannot do: a scenario is left out by this table alone. */
enum ClientVersion {
    V2_0_4("2.0.4", false, false),
    V2_2_3("2.2.3", true, false),
    V2_5_1("2.5.1", true, true),
    V3_0_3("3.0.3", true, true),
    V3_2_1("3.2.1-2026.03.30", true, true);

    private final String version;
    private final boolean batch;
    private final boolean persistentOverGrpc;

    ClientVersion(String version, boolean batch, boolean persistentOverGrpc) {
        this.version = version;
        this.batch = batch;
        this.persistentOverGrpc = persistentOverGrpc;
    }

    String version() {
        return version;
    }

    /** Batch registration came with 2.1.1. */
    boolean hasBatch() {
        return batch;
    }

    /** The clients' own {@code nacos.remote.client.rpc.tls} came with 2.2.1. */
    boolean knowsTls() {
        return this != V2_0_4;
    }

    /** Older clients send persistent instances to the HTTP port. */
    boolean sendsPersistentOverGrpc() {
        return persistentOverGrpc;
    }

    @Override
    public String toString() {
        return version;
    }
}
