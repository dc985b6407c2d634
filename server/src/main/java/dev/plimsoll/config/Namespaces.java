package dev.plimsoll.config;

import dev.plimsoll.loop.Loop;
import dev.plimsoll.refusal.Conflict;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.NotFound;
import dev.plimsoll.refusal.OverBudget;
import dev.plimsoll.store.NamespaceId;
import dev.plimsoll.store.NamespaceJournal;
import dev.plimsoll.store.NamespaceJournal.StoredNamespace;
import dev.plimsoll.store.Write;
import dev.plimsoll.store.Write.DeleteNamespace;
import dev.plimsoll.store.Write.PutNamespace;
import dev.plimsoll.vitals.Account;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The namespaces that somebody gave a name. A name is all they are: configurations and services may be in namespaces
 * nobody named, and stay when a name is taken away. The public one is always there and is not kept here. Changed on
 * {@code loop} only; {@link #all} and {@link #find} are for any thread.
 */
public final class Namespaces {
    /** Consoles list all of them in one answer. */
    static final int MAX = 2_000;

    static final int MAX_ID = 128;
    private static final int MAX_TEXT = 256;
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]+");
    private static final Pattern NAME = Pattern.compile("[^@#$%^&*]+");

    /** Node, slot, record and three strings without their characters. */
    private static final int FIXED_BYTES = 250;

    private final Loop loop;
    private final NamespaceJournal journal;
    private final Account account;
    private final Set<String> changing = new HashSet<>(); // loop
    private volatile Map<String, StoredNamespace> published = Map.of(); // loop writes, all read

    /** @param account heap account of what is kept for as long as the process lives */
    public Namespaces(Loop loop, NamespaceJournal journal, Account account) {
        this.loop = loop;
        this.journal = journal;
        this.account = account;
    }

    /** Publishes all that is stored. Once, at the start. */
    public void load() {
        var stored = new LinkedHashMap<String, StoredNamespace>();
        journal.eachNamespace(namespace -> {
            account.reserve(heapBytes(namespace));
            stored.put(namespace.id(), namespace);
        });
        published = Collections.unmodifiableMap(stored);
    }

    /** The oldest first. */
    public Collection<StoredNamespace> all() {
        return published.values();
    }

    public @Nullable StoredNamespace find(String id) {
        return published.get(id);
    }

    /** @throws InvalidRequest in the reference's words */
    public static void checkId(String id) {
        if (id.length() > MAX_ID) {
            throw new InvalidRequest("too long namespaceId, over " + MAX_ID);
        }
        if (!ID.matcher(id).matches()) {
            throw new InvalidRequest("namespaceId [" + id + "] mismatch the pattern");
        }
    }

    /** Completes when the namespace is on disk and published; {@link Conflict} when there is one with this id. */
    public CompletionStage<@Nullable Void> create(String id, String name, String description) {
        return change(id, name, description, present -> {
            if (present != null || NamespaceId.isPublic(id)) {
                throw new Conflict("namespaceId [" + id + "] already exist");
            }
            if (published.size() + changing.size() >= MAX) {
                throw new OverBudget("namespaces: " + published.size() + " (expected: fewer than " + MAX + ")");
            }
        });
    }

    /** Describes a namespace anew; {@link NotFound} when there is none with this id. */
    public CompletionStage<@Nullable Void> update(String id, String name, String description) {
        return change(id, name, description, present -> requireKnown(id, present));
    }

    /** Takes the name away; {@link NotFound} when there is none. */
    public CompletionStage<@Nullable Void> delete(String id) {
        var done = new CompletableFuture<@Nullable Void>();
        submit(done, () -> {
            StoredNamespace present = published.get(id);
            requireKnown(id, present);
            append(id, new DeleteNamespace(id), 0, done, () -> {
                publish(id, null);
                account.release(present == null ? 0 : heapBytes(present));
            });
        });
        return done.minimalCompletionStage();
    }

    private interface Condition {
        void check(@Nullable StoredNamespace present);
    }

    private CompletionStage<@Nullable Void> change(String id, String name, String description, Condition condition) {
        checkId(id);
        checkText("namespaceName", name);
        checkText("namespaceDesc", description);
        if (!NAME.matcher(name).matches()) {
            throw new InvalidRequest("namespaceName [" + name + "] contains illegal char");
        }
        var done = new CompletableFuture<@Nullable Void>();
        submit(done, () -> {
            StoredNamespace present = published.get(id);
            condition.check(present);
            long now = loop.currentTimeMillis();
            var next = new StoredNamespace(id, name, description, present == null ? now : present.createdMillis(), now);
            long before = present == null ? 0 : heapBytes(present);
            long growth = Math.max(0, heapBytes(next) - before);
            account.reserve(growth);
            append(id, new PutNamespace(next), growth, done, () -> {
                publish(id, next);
                account.release(before + growth - heapBytes(next));
            });
        });
        return done.minimalCompletionStage();
    }

    private void submit(CompletableFuture<@Nullable Void> done, Runnable change) {
        try {
            loop.submit(() -> {
                try {
                    change.run();
                } catch (RuntimeException e) {
                    done.completeExceptionally(e);
                }
            });
        } catch (OverBudget e) {
            done.completeExceptionally(e);
        }
    }

    private void append(
            String id, Write write, long reserved, CompletableFuture<@Nullable Void> done, Runnable committed) {
        if (!changing.add(id)) {
            account.release(reserved);
            throw new Conflict("namespaceId [" + id + "]: a change is under way (expected: one at a time)");
        }
        CompletionStage<Void> commit;
        try {
            commit = journal.append(write);
        } catch (RuntimeException e) {
            changing.remove(id);
            account.release(reserved);
            throw e;
        }
        commit.whenComplete((nothing, failure) -> loop.execute(() -> {
            changing.remove(id);
            if (failure == null) {
                committed.run();
                done.complete(null);
            } else {
                account.release(reserved);
                done.completeExceptionally(failure);
            }
        }));
    }

    /** A copy for each change: there are few changes, and few namespaces. */
    private void publish(String id, @Nullable StoredNamespace next) {
        var copy = new LinkedHashMap<>(published);
        if (next == null) {
            copy.remove(id);
        } else {
            copy.put(id, next);
        }
        published = Collections.unmodifiableMap(copy);
    }

    private static void requireKnown(String id, @Nullable StoredNamespace present) {
        if (present == null) {
            throw new NotFound("namespaceId [ " + id + " ] not exist");
        }
    }

    private static void checkText(String what, String text) {
        if (text.length() > MAX_TEXT) {
            throw new InvalidRequest("too long " + what + ", over " + MAX_TEXT);
        }
    }

    private static long heapBytes(StoredNamespace namespace) {
        int characters = namespace.id().length()
                + namespace.name().length()
                + namespace.description().length();
        return FIXED_BYTES + 2L * characters;
    }
}
