package dev.plimsoll.store;

import dev.plimsoll.refusal.OverBudget;
import dev.plimsoll.refusal.Unavailable;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * What outlives the process. Writes are queued to one thread, which makes many of them durable with one commit.
 */
public interface Journal extends AutoCloseable {
    /**
     * Queues {@code write} for the next commit. Writes become durable in the order they were appended, and their stages
     * complete in that order, on the journal's thread: normally when the write is on disk; with {@link Unavailable} when
     * the disk refused it, in which case nothing of it remains.
     *
     * @throws OverBudget when the writes already waiting hold all the bytes their account may hold
     */
    CompletionStage<Void> append(Write write);

    /** Every configuration, without contents, in no particular order. For the start; blocks. */
    void eachConfig(Consumer<ConfigHead> visitor);

    /** One configuration with its content, as last committed. Any thread; blocks. */
    Optional<StoredConfig> config(String namespace, String group, String dataId);

    /** Every gray version, without contents, in no particular order. For the start; blocks. */
    void eachGray(Consumer<GrayHead> visitor);

    /** One gray version with its content, as last committed. Any thread; blocks. */
    Optional<StoredGray> gray(String namespace, String group, String dataId, String grayName);

    /** Past changes of one configuration and its gray versions, newest first. Any thread; blocks. */
    List<HistoryEntry> history(String namespace, String group, String dataId, int offset, int limit);

    /** How many {@link #history} knows of. Any thread; blocks. */
    int historyLength(String namespace, String group, String dataId);

    /** The past change with this id. Any thread; blocks. */
    Optional<HistoryEntry> historyEntry(long id);

    /** The newest past change that replaced or removed the formal version with this id. Any thread; blocks. */
    Optional<HistoryEntry> lastReplaced(String namespace, String group, String dataId, long configId);

    /** The past change with this id, and the state it left. Any thread; blocks. */
    Optional<PastConfig> past(long historyId);

    /** Every service that was stored for its metadata or its persistent instances. For the start; blocks. */
    void eachService(Consumer<StoredService> visitor);

    /** Every persistent instance. For the start; blocks. */
    void eachInstance(Consumer<StoredInstance> visitor);

    /** How clusters are checked, after {@link #eachService}. For the start; blocks. */
    void eachCluster(Consumer<StoredCluster> visitor);

    /** What operators laid over instances. For the start; blocks. */
    void eachOverlay(Consumer<StoredOverlay> visitor);

    /** Every switch that was set: its entry and its value. For the start; blocks. */
    void eachSwitch(BiConsumer<String, String> visitor);

    /** Commits what was appended before, then ends. */
    @Override
    void close();
}
