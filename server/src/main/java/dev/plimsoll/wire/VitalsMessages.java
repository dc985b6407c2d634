package dev.plimsoll.wire;

import io.avaje.jsonb.Json;
import java.util.List;

/** The JSON in which the server tells of itself. Bytes everywhere, unless a name says otherwise. */
public final class VitalsMessages {
    private VitalsMessages() {}

    /**
     * The memory line.
     *
     * @param directTaken chunks the allocator has from the system
     * @param directInUse buffers
     * @param directAccounted what the direct accounts hold
     * @param drift in use beyond what is accounted; negative when more is accounted
     * @param driftTolerated above it, drift becomes a finding
     */
    @Json
    public record MemoryReport(
            long line,
            long heap,
            long heapUsed,
            long direct,
            long directTaken,
            long directInUse,
            long directAccounted,
            long drift,
            long driftTolerated,
            long queriesRefused,
            List<AccountReport> accounts,
            List<FindingReport> findings) {
        public byte[] json() {
            return WireJson.encode(this);
        }
    }

    /**
     * One account.
     *
     * @param kind {@code heap} or {@code direct}
     * @param share what nobody else can take
     * @param limit with what it may draw from the common account
     * @param refused how often a reservation did not fit
     */
    @Json
    public record AccountReport(String name, String kind, long share, long limit, long held, long refused) {}

    @Json
    public record FindingReport(String what, String evidence, long sinceMillis) {}
}
