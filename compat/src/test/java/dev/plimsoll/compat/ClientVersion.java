package dev.plimsoll.compat;

/** The official clients under test, and what each cannot do: a scenario is left out by this table alone. */
enum ClientVersion {
    V1_4_2("1.4.2", false, false),
    V1_4_8("1.4.8", false, false),
    V2_0_4("2.0.4", true, false),
    V2_2_3("2.2.3", true, true),
    V2_5_1("2.5.1", true, true),
    V3_0_3("3.0.3", true, true),
    V3_2_1("3.2.1-2026.03.30", true, true);

    private final String version;
    private final boolean connection;
    private final boolean batch;

    ClientVersion(String version, boolean connection, boolean batch) {
        this.version = version;
        this.connection = connection;
        this.batch = batch;
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
        return compareTo(V2_2_3) >= 0;
    }

    /**
     * Clients from 2.0 on hold a gRPC connection. Older ones live by HTTP alone: beats keep their instances, changes come by
     * UDP, and a key that is listened to joins the next long poll.
     */
    boolean hasConnection() {
        return connection;
    }

    /** Compare-and-set publication came with 2.0. */
    boolean hasCas() {
        return connection;
    }

    @Override
    public String toString() {
        return version;
    }
}
