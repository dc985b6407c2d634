package dev.plimsoll.registry;

import dev.plimsoll.loop.Loop;
import dev.plimsoll.refusal.Refusal;
import dev.plimsoll.store.Journal;
import dev.plimsoll.store.Write;
import dev.plimsoll.vitals.Account;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Changes of services that are on disk before anybody sees them. On the registry's loop. */
final class Commits {
    private final Loop loop;
    private final Journal journal;
    private final Account account;
    private final Services services;

    Commits(Loop loop, Journal journal, Account account, Services services) {
        this.loop = loop;
        this.journal = journal;
        this.account = account;
        this.services = services;
    }

    interface Change {
        /** True when readers would see a difference. */
        boolean make(Service service);
    }

    /**
     * Writes first; when it is on disk, changes the state in one turn of the loop. A refused write leaves nothing.
     *
     * @param bytes what the change will add to the account
     * @param done completes with the refusal, or after the change
     */
    void durably(
            ServiceKey key, boolean ephemeral, long bytes, Write write, CompletableFuture<Void> done, Change change) {
        account.reserve(bytes);
        Service service;
        try {
            service = services.obtain(key, ephemeral);
        } catch (Refusal e) {
            account.release(bytes);
            throw e;
        }
        CompletionStage<Void> written;
        try {
            written = journal.append(write);
        } catch (RuntimeException e) {
            account.release(bytes);
            services.cleanUpLater(service);
            throw e;
        }
        service.pending++;
        written.whenComplete((nothing, failure) -> loop.execute(() -> {
            service.pending--;
            if (failure != null) {
                account.release(bytes);
                services.cleanUpLater(service);
                done.completeExceptionally(failure);
                return;
            }
            try {
                if (change.make(service)) {
                    services.changed(service);
                } else {
                    services.cleanUpLater(service);
                }
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
                throw e;
            }
            done.complete(null);
        }));
    }
}
