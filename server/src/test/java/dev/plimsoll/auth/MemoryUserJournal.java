package dev.plimsoll.auth;

import dev.plimsoll.refusal.Unavailable;
import dev.plimsoll.store.UserJournal;
import dev.plimsoll.store.Write;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Users' part of a journal, whose commits a test makes one at a time. */
final class MemoryUserJournal implements UserJournal {
    private record Waiting(Write write, CompletableFuture<Void> done) {}

    private final Deque<Waiting> waiting = new ArrayDeque<>();
    final List<Write> written = new ArrayList<>();
    final List<StoredUser> users = new ArrayList<>();
    final List<StoredRole> roles = new ArrayList<>();
    final List<StoredPermission> permissions = new ArrayList<>();
    boolean atOnce = true;

    @Override
    public CompletionStage<Void> append(Write write) {
        var next = new Waiting(write, new CompletableFuture<>());
        waiting.add(next);
        if (atOnce) {
            commitNext();
        }
        return next.done();
    }

    void commitNext() {
        Waiting next = waiting.remove();
        written.add(next.write());
        next.done().complete(null);
    }

    void failNext() {
        waiting.remove().done().completeExceptionally(new Unavailable("store: disk full"));
    }

    int waiting() {
        return waiting.size();
    }

    @Override
    public void eachUser(Consumer<StoredUser> visitor) {
        users.forEach(visitor);
    }

    @Override
    public void eachRole(Consumer<StoredRole> visitor) {
        roles.forEach(visitor);
    }

    @Override
    public void eachPermission(Consumer<StoredPermission> visitor) {
        permissions.forEach(visitor);
    }
}
