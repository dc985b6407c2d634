package dev.plimsoll.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.loop.ManualLoop;
import dev.plimsoll.refusal.Conflict;
import dev.plimsoll.refusal.OverBudget;
import dev.plimsoll.refusal.Unavailable;
import dev.plimsoll.store.NamespaceJournal;
import dev.plimsoll.store.Write;
import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.MemoryBudget;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NamespacesTest {
    private final ManualLoop loop = new ManualLoop();
    private final Disk disk = new Disk();
    private Account account = new MemoryBudget(64 << 20, 0).heap("config index", 1);
    private Namespaces namespaces = new Namespaces(loop, disk, account);

    /** Commits when it is told to. */
    private static final class Disk implements NamespaceJournal {
        private final Deque<CompletableFuture<Void>> waiting = new ArrayDeque<>();

        @Override
        public CompletionStage<Void> append(Write write) {
            var done = new CompletableFuture<Void>();
            waiting.add(done);
            return done;
        }

        @Override
        public void eachNamespace(Consumer<StoredNamespace> visitor) {}

        void commit() {
            waiting.remove().complete(null);
        }
    }

    private @Nullable Throwable settled(CompletionStage<@Nullable Void> change) {
        loop.runAll();
        if (!disk.waiting.isEmpty()) {
            disk.commit();
        }
        loop.runAll();
        CompletableFuture<@Nullable Void> done = change.toCompletableFuture();
        assertThat(done).isDone();
        return done.handle((nothing, failure) -> failure instanceof CompletionException ? failure.getCause() : failure)
                .join();
    }

    @Test
    void a_namespace_is_seen_when_it_is_on_disk_and_not_before() {
        var created = namespaces.create("dev", "n", "");
        loop.runAll();
        assertThat(namespaces.find("dev")).isNull();
        assertThat(created.toCompletableFuture()).isNotDone();
        disk.commit();
        loop.runAll();
        assertThat(created.toCompletableFuture()).isCompleted();
        assertThat(namespaces.find("dev")).isNotNull();
    }

    @Test
    void what_the_disk_refuses_leaves_nothing() {
        var created = namespaces.create("dev", "n", "");
        loop.runAll();
        disk.waiting.remove().completeExceptionally(new Unavailable("store: disk full"));
        loop.runAll();
        assertThat(created.toCompletableFuture()).isCompletedExceptionally();
        assertThat(namespaces.find("dev")).isNull();
        assertThat(account.held()).isZero();
        assertThat(settled(namespaces.create("dev", "n", ""))).isNull();
    }

    @Test
    void of_two_that_create_the_same_one_wins() {
        var first = namespaces.create("dev", "first", "");
        var second = namespaces.create("dev", "second", "");
        assertThat(settled(first)).isNull();
        assertThat(settled(second)).isInstanceOf(Conflict.class);
        assertThat(namespaces.all())
                .extracting(NamespaceJournal.StoredNamespace::name)
                .containsExactly("first");
    }

    @Test
    void what_is_kept_is_charged_and_given_back() {
        assertThat(settled(namespaces.create("dev", "n", "d"))).isNull();
        long small = account.held();
        assertThat(small).isPositive();
        assertThat(settled(namespaces.update("dev", "n", "d".repeat(200)))).isNull();
        assertThat(account.held()).isEqualTo(small + 2 * 199);
        assertThat(settled(namespaces.update("dev", "n", "d"))).isNull();
        assertThat(account.held()).isEqualTo(small);
        assertThat(settled(namespaces.delete("dev"))).isNull();
        assertThat(account.held()).isZero();
    }

    @Test
    void a_flood_is_refused_at_the_bound_and_there_is_room_again_after() {
        for (int i = 0; i < Namespaces.MAX; i++) {
            assertThat(settled(namespaces.create("n" + i, "n", ""))).isNull();
        }
        assertThat(settled(namespaces.create("more", "n", ""))).isInstanceOf(OverBudget.class);
        assertThat(namespaces.all()).hasSize(Namespaces.MAX);
        assertThat(settled(namespaces.delete("n7"))).isNull();
        assertThat(settled(namespaces.create("more", "n", ""))).isNull();
    }

    @Test
    void a_full_account_refuses() {
        account = new MemoryBudget(1_000, 0).heap("config index", 1);
        namespaces = new Namespaces(loop, disk, account);
        assertThat(settled(namespaces.create("a", "n", "d".repeat(256)))).isNull();
        assertThat(settled(namespaces.create("b", "n", "d".repeat(256)))).isInstanceOf(OverBudget.class);
        assertThat(namespaces.all()).hasSize(1);
    }
}
