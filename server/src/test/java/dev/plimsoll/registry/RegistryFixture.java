package dev.plimsoll.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.loop.ManualLoop;
import dev.plimsoll.store.Write.Author;
import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.MemoryBudget;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.Assertions;

/** A registry on a loop and a journal that the test turns by hand, and all notices it gave. */
final class RegistryFixture {
    record Notice(ServiceSnapshot snapshot, Map<Watcher, List<String>> watchers) {}

    static final Author OPERATOR = new Author("olga", "10.0.0.99");

    final ManualLoop loop = new ManualLoop();
    final ServiceJournal journal;
    final Account account;
    final Account watchAccount;
    final List<Notice> notices = new ArrayList<>();
    final Registry registry;

    RegistryFixture() {
        this(RegistrySettings.DEFAULT);
    }

    RegistryFixture(RegistrySettings settings) {
        this(settings, new ServiceJournal(), 1 << 30);
    }

    RegistryFixture(RegistrySettings settings, ServiceJournal journal, long bytes) {
        this.journal = journal;
        var budget = new MemoryBudget(2 * bytes, 0);
        account = budget.heap("registry", 0.5);
        watchAccount = budget.heap("watches", 0.5);
        registry = new Registry(loop, journal, account, watchAccount, settings, (source, snapshot) -> {
            assertThat(source.snapshot(snapshot.key())).isSameAs(snapshot);
            notices.add(new Notice(snapshot, Map.copyOf(source.watchers(snapshot.key()))));
        });
    }

    void register(OwnerId owner, ServiceKey service, Instance... instances) {
        submit(new RegistryCommand.Register(owner, service, List.of(instances)));
    }

    void deregister(OwnerId owner, ServiceKey service) {
        submit(new RegistryCommand.Deregister(owner, service));
    }

    void registerPersistent(ServiceKey service, Instance instance) {
        submit(new RegistryCommand.RegisterPersistent(service, instance));
    }

    /** Creates the service, or replaces what was set for it. */
    void putService(ServiceKey service, boolean ephemeral, ServiceProperties properties) {
        submit(
                registry.snapshot(service).revision() == 0
                        ? create(service, ephemeral, properties)
                        : new RegistryCommand.UpdateService(
                                service, properties.protectThreshold(), properties.metadata()));
    }

    static RegistryCommand create(ServiceKey service, boolean ephemeral, ServiceProperties properties) {
        return new RegistryCommand.CreateService(
                service, ephemeral, properties.protectThreshold(), properties.metadata());
    }

    /** Submits, commits and returns once it is done; throws what it was refused with. */
    void submit(RegistryCommand command) {
        committed(registry.submit(command));
    }

    /** As {@link #submit(RegistryCommand)}, of {@link #OPERATOR}; gives the addresses back. */
    List<Address> submit(OverlayChange change) {
        return committed(registry.submit(change, OPERATOR));
    }

    <T> T committed(CompletionStage<T> stage) {
        loop.runAll();
        journal.commitAll();
        return get(stage);
    }

    void disconnect(OwnerId owner, Watcher watcher) {
        registry.disconnect(owner, watcher);
        loop.runAll();
    }

    ServiceSnapshot watch(Watcher watcher, ServiceKey service, String view) {
        return get(registry.watch(watcher, service, view));
    }

    <T> T get(CompletionStage<T> stage) {
        loop.runAll();
        assertThat(stage.toCompletableFuture()).isDone();
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    AbstractThrowableAssert<?, ? extends Throwable> assertRefused(RegistryCommand command) {
        return Assertions.assertThatThrownBy(() -> submit(command));
    }

    List<Instance> instances(ServiceKey service) {
        return registry.snapshot(service).instances();
    }

    Registry.Page list(int page, int size) {
        return registry.list("public", "DEFAULT_GROUP", page, size);
    }
}
