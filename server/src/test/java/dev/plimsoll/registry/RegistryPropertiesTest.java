package dev.plimsoll.registry;

import static dev.plimsoll.registry.TestObjects.HALF;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.refusal.Refusal;
import dev.plimsoll.registry.RegistryCommand.DeleteService;
import dev.plimsoll.registry.RegistryCommand.Deregister;
import dev.plimsoll.registry.RegistryCommand.DeregisterPersistent;
import dev.plimsoll.registry.RegistryCommand.PutCluster;
import dev.plimsoll.registry.RegistryCommand.Register;
import dev.plimsoll.registry.RegistryCommand.RegisterPersistent;
import dev.plimsoll.registry.RegistryCommand.UpdateService;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Random steps, each a number that is read as a command on a few owners, services, addresses and watchers. */
class RegistryPropertiesTest {
    private static final List<ServiceKey> SERVICES = List.of(
            new ServiceKey("", "", "a"),
            new ServiceKey("", "", "b"),
            new ServiceKey("", "other", "a"),
            new ServiceKey("n", "", "a"));
    private static final RegistrySettings NARROW =
            new RegistrySettings(64, 4, 2, 2, Long.MAX_VALUE, Duration.ofSeconds(60));
    private static final int KINDS = 21;

    private static final class Seen implements Watcher {
        final Map<ServiceKey, ServiceSnapshot> last = new HashMap<>();
        final Map<ServiceKey, Boolean> watching = new HashMap<>();
    }

    private final class Run {
        final Seen[] watchers = {new Seen(), new Seen()};
        final RegistryFixture fixture;

        Run(long bytes) {
            fixture = new RegistryFixture(NARROW, new ServiceJournal(), bytes);
        }

        void step(int number) {
            int kind = number % KINDS;
            int rest = number / KINDS;
            ServiceKey service = SERVICES.get(rest % 4);
            int address = rest / 4 % 3;
            Instance instance = TestObjects.with(
                    TestObjects.host("10.0.0." + address), rest / 12 % 2 == 0 ? Map.of() : Map.of("v", "1"));
            OwnerId owner = OwnerId.connection("c" + address);
            OwnerId beating = OwnerId.beating(instance.ip(), instance.port());
            Seen watcher = watchers[address % 2];
            switch (kind) {
                case 0, 1 -> submit(new Register(owner, service, List.of(instance)));
                case 2 -> submit(new Register(owner, service, List.of(instance, TestObjects.HOST_3)));
                case 3 -> submit(new Register(owner, service, List.of()));
                case 4 -> submit(new Register(beating, service, List.of(instance)));
                case 5 -> submit(new Deregister(rest / 12 % 2 == 0 ? owner : beating, service));
                case 6, 7 -> submit(new RegisterPersistent(service, instance));
                case 8 -> submit(new DeregisterPersistent(service, instance.ip(), instance.port()));
                case 9 -> submit(RegistryFixture.create(service, rest / 12 % 2 == 0, HALF));
                case 10 -> submit(new DeleteService(service));
                case 11 -> {
                    fixture.disconnect(owner, watcher);
                    deliver();
                    watcher.watching.clear();
                    watcher.last.clear();
                }
                case 12, 13 -> watch(watcher, service, "C" + rest % 3);
                case 14 -> {
                    if (fixture.journal.waiting() > 0) {
                        if (rest % 3 == 0) {
                            fixture.journal.failNext();
                        } else {
                            fixture.journal.commitNext();
                        }
                    }
                }
                case 15 ->
                    fixture.registry.beat(service, instance.ip(), instance.port(), rest % 2 == 0 ? instance : null);
                case 16 -> submit(new UpdateService(service, 0.25, Map.of()));
                case 17 ->
                    submit(new PutCluster(
                            service,
                            "C" + rest % 3,
                            new ClusterProperties(new HealthTarget(new HealthChecker.None(), 80, true), Map.of())));
                case 18 -> {
                    var overlay = new Overlay(2.0, rest % 2 == 0, Map.of("v", "laid"));
                    ignoreRefusal(fixture.registry.submit(
                            new OverlayChange.Replace(service, Address.of(instance), overlay),
                            RegistryFixture.OPERATOR));
                }
                case 19 ->
                    ignoreRefusal(fixture.registry.submit(
                            rest % 2 == 0
                                    ? new OverlayChange.PutMetadata(service, List.of(), Map.of("w", "1"))
                                    : new OverlayChange.RemoveMetadata(service, List.of(), Set.of("v", "w")),
                            RegistryFixture.OPERATOR));
                default -> {
                    fixture.loop.setBack(Duration.ofSeconds(rest % 100));
                    fixture.loop.advance(Duration.ofSeconds(rest % 70));
                }
            }
            fixture.loop.runAll();
            deliver();
        }

        private void submit(RegistryCommand command) {
            ignoreRefusal(fixture.registry.submit(command));
        }

        private void watch(Seen watcher, ServiceKey service, String view) {
            fixture.registry.watch(watcher, service, view).whenComplete((state, refused) -> {
                if (refused == null) {
                    // What was noticed before this turn comes first.
                    deliver();
                    watcher.watching.put(service, true);
                    see(watcher, state);
                }
            });
        }

        private void ignoreRefusal(CompletionStage<?> stage) {
            stage.whenComplete((done, failure) -> {
                if (failure != null) {
                    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
                    assertThat(cause).isInstanceOf(Refusal.class);
                }
            });
        }

        private void deliver() {
            fixture.notices.forEach(
                    notice -> notice.watchers().keySet().forEach(watcher -> see((Seen) watcher, notice.snapshot())));
            fixture.notices.clear();
        }

        private void see(Seen watcher, ServiceSnapshot now) {
            ServiceSnapshot before = watcher.last.put(now.key(), now);
            if (before != null) {
                assertThat(now.lastRefTime()).isGreaterThanOrEqualTo(before.lastRefTime());
                if (now.revision() != 0) {
                    assertThat(now.revision()).isGreaterThanOrEqualTo(before.revision());
                }
            }
        }

        void assertWatchersAreUpToDate() {
            for (Seen watcher : watchers) {
                watcher.watching.keySet().forEach(service -> {
                    ServiceSnapshot newest = fixture.registry.snapshot(service);
                    ServiceSnapshot seen = Objects.requireNonNull(watcher.last.get(service));
                    assertThat(seen.instances()).isEqualTo(newest.instances());
                    if (newest.revision() != 0) {
                        assertThat(seen.revision()).isEqualTo(newest.revision());
                    }
                });
            }
        }
    }

    @Property(tries = 300)
    void watchers_end_at_the_newest_state(
            @ForAll @Size(max = 120) List<@IntRange(min = 0, max = 100_000) Integer> steps) {
        var run = new Run(1 << 20);
        for (int step : steps) {
            run.step(step);
            run.assertWatchersAreUpToDate();
        }
    }

    @Property(tries = 300)
    void nothing_is_held_when_all_have_left(
            @ForAll @Size(max = 120) List<@IntRange(min = 0, max = 100_000) Integer> steps,
            @ForAll @IntRange(min = 4_000, max = 20_000) int bytes) {
        var run = new Run(bytes);
        steps.forEach(run::step);
        RegistryFixture fixture = run.fixture;
        fixture.journal.commitAll();
        fixture.loop.runAll();
        for (int i = 0; i < 3; i++) {
            fixture.disconnect(OwnerId.connection("c" + i), run.watchers[i % 2]);
        }
        fixture.loop.advance(Duration.ofSeconds(40)); // beating instances
        for (ServiceKey service : SERVICES) {
            for (int i = 0; i < 3; i++) {
                fixture.submit(new DeregisterPersistent(service, "10.0.0." + i, 8080));
            }
            if (fixture.registry.snapshot(service).properties() != null) {
                fixture.submit(new DeleteService(service));
            }
        }
        for (int i = 0; i < 20; i++) {
            fixture.loop.advance(Duration.ofSeconds(11)); // overlays first, and then their services
            fixture.journal.commitAll();
            fixture.loop.runAll();
        }
        assertThat(fixture.account.held()).isZero();
        assertThat(fixture.watchAccount.held()).isZero();
        assertThat(fixture.registry.holdsNothing()).isTrue();
    }
}
