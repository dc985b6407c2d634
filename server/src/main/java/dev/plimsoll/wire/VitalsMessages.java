package dev.plimsoll.wire;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The JSON in which the server tells of itself. Bytes everywhere, and milliseconds since the epoch, unless a name says
 * otherwise.
 */
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
     * @param holders who holds most; null when nobody asked, or nobody has time to look
     * @param holdersComplete false when there was no time to look at all; null when nobody looked
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
            ProcessReport process,
            List<AccountReport> accounts,
            @Nullable List<HolderReport> holders,
            @Nullable Boolean holdersComplete,
            List<FindingReport> findings) {
        public byte[] json() {
            return WireJson.encode(this);
        }
    }

    /**
     * The process and what it runs on; null for what the system does not tell.
     *
     * @param heapLive at the last collection
     */
    @Json
    public record ProcessReport(
            @Nullable Long resident,
            long heapLive,
            long metaspace,
            int threads,
            @Nullable Long openFiles,
            @Nullable Long maxFiles,
            int processors,
            @Nullable Long machineMemory,
            @Nullable Long cgroupMemory,
            @Nullable Long diskFree,
            long started,
            long now) {}

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

    /**
     * One of those that hold most of an account.
     *
     * @param kind {@code service}, {@code namespace}, {@code configuration}, {@code client} or {@code address}
     * @param unit of {@code held}
     */
    @Json
    public record HolderReport(String account, String kind, String holder, long held, String unit) {}

    /** @param until null while it lasts */
    @Json
    public record FindingReport(
            String check,
            String severity,
            String cause,
            String subject,
            String evidence,
            String advice,
            long since,
            @Nullable Long until) {}

    /**
     * What a webhook is sent.
     *
     * @param event {@code critical} or {@code over}
     * @param server the address it listens on
     * @param text all of it in one line
     */
    @Json
    public record AlertReport(
            String event, String server, String version, long now, String text, FindingReport finding) {
        public byte[] json() {
            return WireJson.encode(this);
        }
    }

    /** @param known false when there was too little to go by */
    @Json
    public record CheckReport(String check, long ranAt, boolean known, String measured) {}

    /** @param severity of the worst current finding, or {@code ok} */
    @Json
    public record FindingsReport(
            long now,
            String severity,
            List<CheckReport> checks,
            List<FindingReport> current,
            List<FindingReport> ended) {
        public byte[] json() {
            return WireJson.encode(this);
        }
    }

    /**
     * How things were.
     *
     * @param step in seconds
     */
    @Json
    public record VitalsReport(
            String version,
            long now,
            long started,
            long from,
            long to,
            long step,
            int points,
            List<SeriesReport> series) {
        public byte[] json() {
            return WireJson.encode(this);
        }
    }

    /** @param fold {@code mean} or {@code max} */
    @Json
    public record SeriesReport(String name, String unit, String fold, Values values) {}
}
