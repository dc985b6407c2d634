package dev.plimsoll.registry;

import static dev.plimsoll.registry.TestObjects.HALF;
import static dev.plimsoll.registry.TestObjects.HOST_1;
import static dev.plimsoll.registry.TestObjects.HOST_2;
import static dev.plimsoll.registry.TestObjects.HOST_3;
import static dev.plimsoll.registry.TestObjects.ORDERS;
import static dev.plimsoll.registry.TestObjects.OWNER_1;
import static dev.plimsoll.registry.TestObjects.OWNER_2;
import static dev.plimsoll.registry.TestObjects.PAYMENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.NotFound;
import dev.plimsoll.refusal.OverBudget;
import dev.plimsoll.refusal.Unavailable;
import dev.plimsoll.registry.RegistryCommand.DeleteService;
import dev.plimsoll.registry.RegistryCommand.Deregister;
import dev.plimsoll.registry.RegistryCommand.DeregisterPersistent;
import dev.plimsoll.registry.RegistryCommand.PutCluster;
import dev.plimsoll.registry.RegistryCommand.Register;
import dev.plimsoll.registry.RegistryCommand.RegisterPersistent;
import dev.plimsoll.registry.RegistryCommand.SetHealth;
import dev.plimsoll.registry.RegistryCommand.UpdateService;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class RegistryTest {
    private final RegistryFixture fixture = new RegistryFixture();
    private final Registry registry = fixture.registry;
    private final Watcher watcher = new Watcher() {};
    private final Watcher otherWatcher = new Watcher() {};

    @Test
    void each_command_is_handled() {
        var refunds = new ServiceKey("public", "DEFAULT_GROUP", "refunds");
        List<RegistryCommand> commands = List.of(
                new Register(OWNER_1, ORDERS, List.of(HOST_1)),
                new Deregister(OWNER_1, ORDERS),
                new RegisterPersistent(PAYMENTS, HOST_1),
                new DeregisterPersistent(PAYMENTS, HOST_1.ip(), HOST_1.port()),
                RegistryFixture.create(refunds, false, HALF),
                new UpdateService(refunds, 0.1, Map.of()),
                new PutCluster(
                        refunds,
                        "c",
                        new ClusterProperties(new HealthTarget(new HealthChecker.None(), 80, true), Map.of())),
                new SetHealth(refunds, new Address("10.0.0.1", 80, "c"), false),
                new DeleteService(ORDERS));
        assertThat(commands)
                .extracting(Object::getClass)
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .containsExactlyInAnyOrder((Object[]) RegistryCommand.class.getPermittedSubclasses());
        commands.forEach(fixture::submit);
    }

    @Test
    void register_makes_an_instance_visible() {
        fixture.register(OWNER_1, ORDERS, HOST_1);
        assertThat(fixture.instances(ORDERS)).containsExactly(HOST_1);
        assertThat(registry.snapshot(ORDERS).revision()).isPositive();
    }

    @Test
    void second_register_of_an_owner_replaces_its_first() {
        fixture.register(OWNER_1, ORDERS, HOST_1);
        fixture.register(OWNER_2, ORDERS, HOST_3);
        fixture.register(OWNER_1, ORDERS, HOST_2);
        assertThat(fixture.instances(ORDERS)).containsExactlyInAnyOrder(HOST_2, HOST_3);
    }

    @Test
    void deregister_removes_all_the_owner_published_of_that_service_only() {
        fixture.register(OWNER_1, ORDERS, HOST_1, HOST_2);
        fixture.register(OWNER_1, PAYMENTS, HOST_1);
        fixture.register(OWNER_2, ORDERS, HOST_3);
        fixture.deregister(OWNER_1, ORDERS);
        assertThat(fixture.instances(ORDERS)).containsExactly(HOST_3);
        assertThat(fixture.instances(PAYMENTS)).containsExactly(HOST_1);
    }

    @Test
    void deregister_of_the_unknown_succeeds_and_changes_nothing() {
        fixture.register(OWNER_1, ORDERS, HOST_1);
        long revision = registry.snapshot(ORDERS).revision();
        fixture.deregister(OWNER_2, ORDERS);
        fixture.deregister(OWNER_1, PAYMENTS);
        assertThat(registry.snapshot(ORDERS).revision()).isEqualTo(revision);
        assertThat(fixture.list(1, 10).names()).containsExactly("orders");
    }

    @Test
    void batch_replaces_the_whole_publication() {
        fixture.register(OWNER_1, ORDERS, HOST_1, HOST_2);
        fixture.register(OWNER_1, ORDERS, HOST_2, HOST_3);
        assertThat(fixture.instances(ORDERS)).containsExactly(HOST_2, HOST_3);
    }

    @Test
    void owner_of_an_empty_batch_remains_a_publisher() {
        fixture.register(OWNER_1, ORDERS, HOST_1);
        fixture.register(OWNER_1, ORDERS);
        fixture.loop.advance(Duration.ofSeconds(200));
        assertThat(fixture.instances(ORDERS)).isEmpty();
        assertThat(fixture.list(1, 10).names()).containsExactly("orders");
        fixture.disconnect(OWNER_1, watcher);
        fixture.loop.advance(Duration.ofSeconds(61));
        assertThat(fixture.list(1, 10).names()).isEmpty();
    }

    @Test
    void same_instance_of_two_owners_stays_until_both_have_left() {
        fixture.register(OWNER_1, ORDERS, HOST_1, HOST_2);
        fixture.register(OWNER_2, ORDERS, HOST_1, HOST_3);
        fixture.deregister(OWNER_1, ORDERS);
        assertThat(fixture.instances(ORDERS)).containsExactlyInAnyOrder(HOST_1, HOST_3);
        fixture.deregister(OWNER_2, ORDERS);
        assertThat(fixture.instances(ORDERS)).isEmpty();
    }

    @Test
    void publications_are_told_apart_though_their_instances_are_the_same() {
        OwnerId third = OwnerId.connection("third");
        fixture.register(OWNER_1, ORDERS, HOST_3, HOST_1);
        fixture.register(OWNER_2, ORDERS, HOST_2, HOST_3);
        fixture.register(third, ORDERS, HOST_1, HOST_2);
        fixture.deregister(third, ORDERS);
        assertThat(fixture.instances(ORDERS)).containsExactly(HOST_3, HOST_1, HOST_2, HOST_3);
        fixture.register(OWNER_1, ORDERS);
        fixture.register(OWNER_1, ORDERS, HOST_1);
        assertThat(fixture.instances(ORDERS)).containsExactlyInAnyOrder(HOST_1, HOST_2, HOST_3);
        fixture.deregister(OWNER_2, ORDERS);
        assertThat(fixture.instances(ORDERS)).containsExactly(HOST_1);
    }

    @Test
    void registering_the_same_again_is_silent() {
        fixture.watch(watcher, ORDERS, "");
        fixture.register(OWNER_1, ORDERS, HOST_1);
        ServiceSnapshot before = registry.snapshot(ORDERS);
        long held = fixture.account.held();
        fixture.register(OWNER_1, ORDERS, TestObjects.host(HOST_1.ip()));
        assertThat(registry.snapshot(ORDERS)).isSameAs(before);
        assertThat(fixture.notices).hasSize(1);
        assertThat(fixture.account.held()).isEqualTo(held);
    }

    @Test
    void disconnect_takes_publications_and_watches_and_tells_the_others_in_one_turn() {
        fixture.watch(watcher, ORDERS, "");
        fixture.watch(otherWatcher, ORDERS, "");
        fixture.register(OWNER_1, ORDERS, HOST_1);
        fixture.register(OWNER_1, PAYMENTS, HOST_1);
        fixture.notices.clear();
        fixture.disconnect(OWNER_1, watcher);
        assertThat(fixture.instances(ORDERS)).isEmpty();
        assertThat(fixture.instances(PAYMENTS)).isEmpty();
        assertThat(fixture.notices).singleElement().satisfies(notice -> {
            assertThat(notice.snapshot().instances()).isEmpty();
            assertThat(notice.watchers()).containsOnlyKeys(otherWatcher);
        });
        assertThat(registry.watchers(ORDERS)).containsOnlyKeys(otherWatcher);
    }

    @Test
    void watching_gives_the_state_and_then_every_change() {
        fixture.register(OWNER_1, ORDERS, HOST_1);
        assertThat(fixture.watch(watcher, ORDERS, "").instances()).containsExactly(HOST_1);
        assertThat(fixture.notices).isEmpty();
        fixture.register(OWNER_2, ORDERS, HOST_2);
        assertThat(fixture.notices)
                .singleElement()
                .satisfies(notice -> assertThat(notice.snapshot().instances()).containsExactly(HOST_1, HOST_2));
    }

    @Test
    void service_that_does_not_exist_may_be_watched_and_is_not_listed() {
        assertThat(fixture.watch(watcher, ORDERS, "").instances()).isEmpty();
        assertThat(fixture.list(1, 10).count()).isZero();
        fixture.register(OWNER_1, ORDERS, HOST_1);
        assertThat(fixture.notices).hasSize(1);
    }

    @Test
    void watcher_is_told_with_all_its_views_and_unwatch_ends_them_all() {
        fixture.watch(watcher, ORDERS, "");
        fixture.watch(watcher, ORDERS, "EAST,WEST");
        fixture.watch(watcher, ORDERS, "");
        fixture.register(OWNER_1, ORDERS, HOST_1);
        assertThat(fixture.notices).singleElement().satisfies(notice -> assertThat(notice.watchers())
                .containsEntry(watcher, List.of("", "EAST,WEST")));
        ServiceSnapshot last = fixture.get(registry.unwatch(watcher, ORDERS));
        assertThat(last.instances()).containsExactly(HOST_1);
        fixture.deregister(OWNER_1, ORDERS);
        assertThat(fixture.notices).hasSize(1);
        assertThat(fixture.watchAccount.held()).isZero();
    }

    @Test
    void last_ref_time_does_not_fall_when_the_clock_is_set_back() {
        long absent = registry.snapshot(ORDERS).lastRefTime();
        fixture.loop.setBack(Duration.ofHours(1));
        fixture.register(OWNER_1, ORDERS, HOST_1);
        assertThat(registry.snapshot(ORDERS).lastRefTime()).isEqualTo(absent);
        fixture.loop.advance(Duration.ofHours(2));
        fixture.register(OWNER_1, ORDERS, HOST_2);
        assertThat(registry.snapshot(ORDERS).lastRefTime()).isEqualTo(absent + 3_600_000);
    }

    @Test
    void ephemeral_instance_does_not_enter_a_persistent_service() {
        fixture.registerPersistent(ORDERS, HOST_1);
        fixture.assertRefused(new Register(OWNER_1, ORDERS, List.of(HOST_2)))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining("Current service DEFAULT_GROUP@@orders is persistent service, can't register"
                        + " ephemeral instance.");
        fixture.assertRefused(new Register(OWNER_1, ORDERS, List.of(HOST_2, HOST_3)))
                .hasMessageContaining("is persistent service, can't batch register ephemeral instance.");
        assertThat(fixture.instances(ORDERS)).containsExactly(HOST_1);
    }

    @Test
    void persistent_instance_does_not_enter_an_ephemeral_service() {
        fixture.register(OWNER_1, ORDERS, HOST_1);
        fixture.assertRefused(new RegisterPersistent(ORDERS, HOST_2))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining("Current service DEFAULT_GROUP@@orders is ephemeral service, can't register"
                        + " persistent instance.");
        assertThat(fixture.journal.waiting()).isZero();
    }

    @Test
    void kind_may_change_while_the_service_is_empty() {
        fixture.register(OWNER_1, ORDERS, HOST_1);
        fixture.deregister(OWNER_1, ORDERS);
        fixture.registerPersistent(ORDERS, HOST_1);
        assertThat(registry.snapshot(ORDERS).ephemeral()).isFalse();
        fixture.submit(new DeregisterPersistent(ORDERS, HOST_1.ip(), HOST_1.port()));
        fixture.register(OWNER_1, ORDERS, HOST_1);
        assertThat(registry.snapshot(ORDERS).ephemeral()).isTrue();
    }

    @Test
    void kind_does_not_change_while_the_first_instance_is_on_its_way_to_disk() {
        registry.submit(new RegisterPersistent(ORDERS, HOST_1));
        fixture.loop.runAll();
        fixture.assertRefused(new Register(OWNER_1, ORDERS, List.of(HOST_2))).isInstanceOf(InvalidRequest.class);
    }

    @Test
    void persistent_instance_is_visible_when_it_is_on_disk() {
        fixture.watch(watcher, ORDERS, "");
        var done = registry.submit(new RegisterPersistent(ORDERS, HOST_1)).toCompletableFuture();
        fixture.loop.runAll();
        assertThat(fixture.instances(ORDERS)).isEmpty();
        assertThat(fixture.list(1, 10).names()).isEmpty();
        assertThat(done).isNotDone();
        fixture.journal.commitNext();
        fixture.loop.runAll();
        assertThat(done).isCompleted();
        assertThat(fixture.instances(ORDERS)).containsExactly(HOST_1);
        assertThat(fixture.notices).hasSize(1);
    }

    @Test
    void refused_commit_leaves_nothing() {
        fixture.watch(watcher, ORDERS, "");
        var done = registry.submit(new RegisterPersistent(ORDERS, HOST_1)).toCompletableFuture();
        fixture.loop.runAll();
        fixture.journal.failNext();
        assertThatThrownBy(() -> fixture.get(done)).isInstanceOf(Unavailable.class);
        assertThat(registry.snapshot(ORDERS).revision()).isZero();
        assertThat(fixture.list(1, 10).names()).isEmpty();
        assertThat(fixture.notices).isEmpty();
        assertThat(fixture.account.held()).isZero();
    }

    @Test
    void full_journal_leaves_nothing() {
        fixture.journal.refuseBeyond(0);
        fixture.assertRefused(new RegisterPersistent(ORDERS, HOST_1)).isInstanceOf(OverBudget.class);
        fixture.assertRefused(RegistryFixture.create(ORDERS, true, HALF)).isInstanceOf(OverBudget.class);
        assertThat(fixture.list(1, 10).names()).isEmpty();
        assertThat(fixture.account.held()).isZero();
    }

    @Test
    void refused_replacement_leaves_the_old_instance() {
        fixture.registerPersistent(ORDERS, HOST_1);
        long held = fixture.account.held();
        registry.submit(new RegisterPersistent(ORDERS, TestObjects.with(HOST_1, Map.of("version", "2"))));
        fixture.loop.runAll();
        fixture.journal.failNext();
        fixture.loop.runAll();
        assertThat(fixture.instances(ORDERS)).containsExactly(HOST_1);
        assertThat(fixture.account.held()).isEqualTo(held);
    }

    @Test
    void what_is_durable_survives_a_restart() {
        fixture.registerPersistent(ORDERS, TestObjects.with(HOST_1, Map.of("version", "1")));
        fixture.registerPersistent(ORDERS, HOST_2);
        fixture.putService(ORDERS, false, HALF);
        fixture.putService(PAYMENTS, true, HALF);
        fixture.register(OWNER_1, PAYMENTS, HOST_3);
        var next = new RegistryFixture(RegistrySettings.DEFAULT, fixture.journal, 1 << 20);
        next.registry.load();
        assertThat(next.instances(ORDERS))
                .containsExactlyInAnyOrder(TestObjects.with(HOST_1, Map.of("version", "1")), HOST_2);
        assertThat(next.registry.snapshot(ORDERS).properties()).isEqualTo(HALF);
        assertThat(next.registry.snapshot(ORDERS).ephemeral()).isFalse();
        assertThat(next.registry.snapshot(PAYMENTS).ephemeral()).isTrue();
        assertThat(next.instances(PAYMENTS)).isEmpty();
        assertThat(next.list(1, 10).names()).containsExactly("orders", "payments");
        fixture.deregister(OWNER_1, PAYMENTS);
        assertThat(next.account.held()).isEqualTo(fixture.account.held());
    }

    @Test
    void persistent_instance_outlives_every_connection_and_falls_with_its_address() {
        fixture.registerPersistent(ORDERS, HOST_1);
        fixture.registerPersistent(ORDERS, HOST_2);
        fixture.disconnect(OWNER_1, watcher);
        fixture.loop.advance(Duration.ofMinutes(10));
        fixture.submit(new DeregisterPersistent(ORDERS, " " + HOST_1.ip(), HOST_1.port()));
        assertThat(fixture.instances(ORDERS)).containsExactly(HOST_2);
    }

    @Test
    void what_changes_nothing_is_not_written() {
        fixture.registerPersistent(ORDERS, HOST_1);
        var absent = registry.submit(new DeregisterPersistent(ORDERS, HOST_2.ip(), HOST_2.port()));
        var same = registry.submit(new RegisterPersistent(ORDERS, TestObjects.host(HOST_1.ip())));
        fixture.get(absent);
        fixture.get(same);
        assertThat(fixture.journal.waiting()).isZero();
    }

    @Test
    void removal_follows_a_registration_that_is_still_on_its_way() {
        registry.submit(new RegisterPersistent(ORDERS, HOST_1));
        var removed = registry.submit(new DeregisterPersistent(ORDERS, HOST_1.ip(), HOST_1.port()));
        fixture.loop.runAll();
        assertThat(fixture.journal.waiting()).isEqualTo(2);
        fixture.journal.commitAll();
        fixture.get(removed);
        assertThat(fixture.instances(ORDERS)).isEmpty();
        fixture.loop.advance(Duration.ofSeconds(61));
        assertThat(fixture.account.held()).isZero();
    }

    @Test
    void only_an_empty_service_is_deleted() {
        fixture.putService(ORDERS, true, HALF);
        fixture.register(OWNER_1, ORDERS, HOST_1);
        fixture.assertRefused(new DeleteService(ORDERS)).isInstanceOf(InvalidRequest.class);
        fixture.deregister(OWNER_1, ORDERS);
        fixture.submit(new DeleteService(ORDERS));
        assertThat(fixture.list(1, 10).names()).isEmpty();
        assertThat(fixture.account.held()).isZero();
        fixture.assertRefused(new DeleteService(ORDERS)).isInstanceOf(NotFound.class);
    }

    @Test
    void deleted_properties_are_gone_from_a_service_that_still_has_a_publisher() {
        fixture.putService(ORDERS, true, HALF);
        fixture.register(OWNER_1, ORDERS);
        fixture.submit(new DeleteService(ORDERS));
        assertThat(registry.snapshot(ORDERS).properties()).isNull();
    }

    @Test
    void empty_service_leaves_the_list_after_a_minute() {
        fixture.register(OWNER_1, ORDERS, HOST_1);
        fixture.deregister(OWNER_1, ORDERS);
        fixture.loop.advance(Duration.ofMillis(59_999));
        assertThat(fixture.list(1, 10).names()).containsExactly("orders");
        fixture.loop.advance(Duration.ofMillis(1));
        assertThat(fixture.list(1, 10).names()).isEmpty();
        assertThat(fixture.account.held()).isZero();
    }

    @Test
    void service_with_properties_stays_in_the_list() {
        fixture.putService(ORDERS, true, HALF);
        fixture.register(OWNER_1, ORDERS, HOST_1);
        fixture.deregister(OWNER_1, ORDERS);
        fixture.loop.advance(Duration.ofMinutes(10));
        assertThat(fixture.list(1, 10).names()).containsExactly("orders");
    }

    @Test
    void service_that_came_back_is_not_removed_by_its_old_timer() {
        fixture.register(OWNER_1, ORDERS, HOST_1);
        fixture.deregister(OWNER_1, ORDERS);
        fixture.loop.advance(Duration.ofSeconds(50));
        fixture.register(OWNER_1, ORDERS, HOST_1);
        fixture.loop.advance(Duration.ofSeconds(5));
        fixture.deregister(OWNER_1, ORDERS);
        fixture.loop.advance(Duration.ofSeconds(59));
        assertThat(fixture.list(1, 10).names()).containsExactly("orders");
        fixture.loop.advance(Duration.ofSeconds(1));
        assertThat(fixture.list(1, 10).names()).isEmpty();
    }

    @Test
    void names_are_listed_in_order_by_pages_from_one() {
        for (String name : List.of("d", "b", "e", "a", "c")) {
            fixture.register(OWNER_1, new ServiceKey("", "", name), HOST_1);
        }
        fixture.register(OWNER_1, new ServiceKey("", "OTHER", "x"), HOST_1);
        assertThat(fixture.list(1, 2)).isEqualTo(new Registry.Page(5, List.of("a", "b")));
        assertThat(fixture.list(3, 2)).isEqualTo(new Registry.Page(5, List.of("e")));
        assertThat(fixture.list(4, 2)).isEqualTo(new Registry.Page(5, List.of()));
        assertThat(fixture.list(-7, 2).names()).containsExactly("a", "b");
        assertThat(fixture.list(1, -1)).isEqualTo(new Registry.Page(5, List.of()));
        assertThat(fixture.list(Integer.MAX_VALUE, Integer.MAX_VALUE).names()).isEmpty();
        assertThat(registry.list("nowhere", "", 1, 10)).isEqualTo(new Registry.Page(0, List.of()));
    }
}
