package dev.plimsoll.store;

import dev.plimsoll.refusal.OverBudget;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** The part of durable storage that keeps namespaces. */
public interface NamespaceJournal {
    /**
     * As {@link Journal#append}.
     *
     * @throws OverBudget when the writes already waiting hold all the bytes their account may hold
     */
    CompletionStage<Void> append(Write write);

    /** Every namespace that was given a name, the oldest first. For the start; blocks. */
    void eachNamespace(Consumer<StoredNamespace> visitor);

    record StoredNamespace(String id, String name, String description, long createdMillis, long modifiedMillis) {}
}
