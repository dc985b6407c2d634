package dev.plimsoll.doctor;

import java.util.Optional;

/**
 * All that could be learnt of a reference server.
 *
 * @param where its directory or address, as asked
 * @param version empty when nothing told it
 * @param flags of the running process, or of the last start its logs tell of
 */
record NacosFacts(
        String where,
        Optional<NacosVersion> version,
        Optional<JvmFlags> flags,
        int httpPort,
        Optional<LogScan> logs,
        Optional<NacosApi> api,
        Optional<LocalProcess> process) {
    private static final int GRPC_OFFSET = 1_000;

    int grpcPort() {
        return httpPort + GRPC_OFFSET;
    }

    boolean queuesWithoutBound() {
        return version.map(each -> each.queue() == NacosVersion.Queue.UNBOUNDED).orElse(false);
    }
}
