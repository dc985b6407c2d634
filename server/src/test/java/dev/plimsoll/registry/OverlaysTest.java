package dev.plimsoll.registry;

import static dev.plimsoll.registry.TestObjects.HOST_1;
import static dev.plimsoll.registry.TestObjects.HOST_2;
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
import dev.plimsoll.store.StoredOverlay.Laying;
import dev.plimsoll.store.Write.Author;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What operators lay over instances. */
class OverlaysTest {
    private static final Address AT_1 = Address.of(HOST_1);
    private static final Address AT_2 = Address.of(HOST_2);
    private static final Overlay OFF = new Overlay(2.0, false, Map.of("version", "2"));

    private final RegistryFixture fixture = new RegistryFixture();
    private final Watcher watcher = new Watcher() {};

    private List<Address> replace(Address address, Overlay overlay) {
        return fixture.submit(new OverlayChange.Replace(ORDERS, address, overlay));
    }

    private Instance shown(int place) {
        return fixture.instances(ORDERS).get(place);
    }

    /** Time passes, and what it makes the registry write is written. */
    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            fixture.loop.advance(Duration.ofSeconds(1));
            fixture.journal.commitAll();
            fixture.loop.runAll();
        }
    }

    @Test
    void what_is_laid_over_an_instance_is_what_readers_see_and_watchers_are_told() {
        fixture.register(OWNER_1, ORDERS, TestObjects.with(HOST_1, Map.of("version", "1", "zone", "a")));
        fixture.watch(watcher, ORDERS, "");
        assertThat(replace(AT_1, OFF)).containsExactly(AT_1);
        assertThat(shown(0).weight()).isEqualTo(2.0);
        assertThat(shown(0).enabled()).isFalse();
        assertThat(shown(0).metadata()).isEqualTo(Map.of("version", "2", "zone", "a"));
        assertThat(fixture.notices).hasSize(1);
        assertThat(fixture.notices.get(0).snapshot().instances()).containsExactly(shown(0));
    }

    @Test
    void it_stays_however_often_the_client_registers_again() {
        fixture.register(OWNER_1, ORDERS, HOST_1);
        replace(AT_1, OFF);
        fixture.register(OWNER_1, ORDERS, TestObjects.with(HOST_1, Map.of("zone", "b")));
        assertThat(shown(0).enabled()).isFalse();
        assertThat(shown(0).metadata()).isEqualTo(Map.of("version", "2", "zone", "b"));
        fixture.register(OWNER_2, ORDERS, HOST_2);
        assertThat(shown(1)).isEqualTo(HOST_2);
    }

    @Test
    void it_is_of_one_address_in_one_cluster_and_one_service() {
        fixture.register(OWNER_1, ORDERS, HOST_1);
        fixture.register(OWNER_1, PAYMENTS, HOST_1);
        replace(new Address(HOST_1.ip(), HOST_1.port(), "north"), OFF);
        assertThat(fixture.instances(ORDERS)).containsExactly(HOST_1);
        fixture.register(OWNER_1, ORDERS, TestObjects.in(HOST_1, "north"));
        assertThat(shown(0).enabled()).isFalse();
        assertThat(fixture.instances(PAYMENTS)).containsExactly(HOST_1);
    }

    @Test
    void what_is_so_already_stays_with_who_laid_it() {
        fixture.register(OWNER_1, ORDERS, HOST_1, HOST_2);
        replace(AT_1, OFF);
        long first = fixture.loop.currentTimeMillis();
        fixture.loop.advance(Duration.ofSeconds(5));
        var other = new Author("otto", "10.0.0.98");
        var both = new OverlayChange.PutMetadata(ORDERS, List.of(), OFF.metadata());
        assertThat(fixture.committed(fixture.registry.submit(both, other))).containsExactlyInAnyOrder(AT_1, AT_2);
        List<Standing> standings =
                fixture.get(fixture.registry.standing(ORDERS, "", 0, "")).standings();
        assertThat(standings)
                .extracting(standing -> Objects.requireNonNull(standing.laid()).laying())
                .containsExactly(
                        new Laying(RegistryFixture.OPERATOR, first),
                        new Laying(other, fixture.loop.currentTimeMillis()));
    }

    @Test
    void who_laid_an_overlay_is_known_over_a_restart() {
        fixture.register(OWNER_1, ORDERS, HOST_1);
        replace(AT_1, OFF);
        long laid = fixture.loop.currentTimeMillis();
        var again = new RegistryFixture(RegistrySettings.DEFAULT, fixture.journal, 1 << 30);
        again.registry.load();
        again.loop.advance(Duration.ofSeconds(5));
        again.register(OWNER_1, ORDERS, HOST_1);
        Standing standing = again.get(again.registry.standing(ORDERS, "", 0, ""))
                .standings()
                .get(0);
        assertThat(standing.laid()).isEqualTo(new Standing.Laid(OFF, new Laying(RegistryFixture.OPERATOR, laid)));
    }

    @Test
    void a_part_is_changed_and_the_rest_stays() {
        fixture.register(OWNER_1, ORDERS, HOST_1);
        fixture.submit(new OverlayChange.Amend(ORDERS, AT_1, 5.0, null, null));
        assertThat(shown(0).weight()).isEqualTo(5.0);
        assertThat(shown(0).enabled()).isTrue();
        fixture.submit(new OverlayChange.Amend(ORDERS, AT_1, null, false, Map.of("a", "1")));
        fixture.submit(new OverlayChange.Amend(ORDERS, AT_1, null, null, Map.of("b", "2")));
        assertThat(shown(0).weight()).isEqualTo(5.0);
        assertThat(shown(0).enabled()).isFalse();
        assertThat(shown(0).metadata()).isEqualTo(Map.of("b", "2"));
    }

    @Test
    void a_part_of_what_is_not_there_cannot_be_changed() {
        assertThatThrownBy(() -> fixture.submit(new OverlayChange.Amend(ORDERS, AT_1, 5.0, null, null)))
                .isInstanceOf(NotFound.class)
                .hasMessage("no ips found for cluster DEFAULT in service DEFAULT_GROUP@@orders");
        fixture.register(OWNER_1, ORDERS, HOST_2);
        assertThatThrownBy(() -> fixture.submit(new OverlayChange.Amend(ORDERS, AT_1, 5.0, null, null)))
                .isInstanceOf(NotFound.class)
                .hasMessage("no matched ip found!");
        assertThatThrownBy(() -> fixture.submit(new OverlayChange.Replace(PAYMENTS, AT_1, OFF)))
                .isInstanceOf(NotFound.class);
        assertThat(fixture.journal.waiting()).isZero();
    }

    @Test
    void metadata_is_laid_over_some_or_all_and_taken_away_again() {
        fixture.register(OWNER_1, ORDERS, TestObjects.with(HOST_1, Map.of("own", "1")));
        fixture.register(OWNER_2, ORDERS, HOST_2);
        assertThat(fixture.submit(new OverlayChange.PutMetadata(ORDERS, List.of(), Map.of("a", "1", "b", "2"))))
                .containsExactly(AT_1, AT_2);
        assertThat(shown(0).metadata()).isEqualTo(Map.of("own", "1", "a", "1", "b", "2"));
        var elsewhere = new Address("10.9.9.9", 1, "");
        assertThat(fixture.submit(
                        new OverlayChange.RemoveMetadata(ORDERS, List.of(AT_1, elsewhere), Set.of("a", "own"))))
                .containsExactly(AT_1);
        assertThat(shown(0).metadata()).isEqualTo(Map.of("own", "1", "b", "2"));
        assertThat(shown(1).metadata()).isEqualTo(Map.of("a", "1", "b", "2"));
        assertThat(fixture.submit(new OverlayChange.PutMetadata(PAYMENTS, List.of(), Map.of("a", "1"))))
                .isEmpty();
    }

    @Test
    void a_change_builds_on_the_one_that_is_on_its_way_to_disk() {
        fixture.register(OWNER_1, ORDERS, HOST_1);
        fixture.registry.submit(
                new OverlayChange.PutMetadata(ORDERS, List.of(), Map.of("a", "1")), RegistryFixture.OPERATOR);
        var second = fixture.registry.submit(
                new OverlayChange.PutMetadata(ORDERS, List.of(), Map.of("b", "2")), RegistryFixture.OPERATOR);
        fixture.committed(second);
        assertThat(shown(0).metadata()).isEqualTo(Map.of("a", "1", "b", "2"));
    }

    @Test
    void it_is_on_disk_before_it_is_shown_or_acknowledged() {
        fixture.register(OWNER_1, ORDERS, HOST_1);
        var laid = fixture.registry.submit(new OverlayChange.Replace(ORDERS, AT_1, OFF), RegistryFixture.OPERATOR);
        fixture.loop.runAll();
        assertThat(laid.toCompletableFuture()).isNotDone();
        assertThat(fixture.instances(ORDERS)).containsExactly(HOST_1);
        fixture.journal.commitNext();
        fixture.get(laid);
        assertThat(shown(0).enabled()).isFalse();
    }

    @Test
    void what_the_disk_refused_is_not_shown_and_leaves_nothing() {
        fixture.register(OWNER_1, ORDERS, HOST_1);
        long held = fixture.account.held();
        var refused = fixture.registry.submit(
                new OverlayChange.PutMetadata(ORDERS, List.of(), Map.of("a", "1")), RegistryFixture.OPERATOR);
        fixture.loop.runAll();
        fixture.journal.failNext();
        assertThatThrownBy(() -> fixture.get(refused)).isInstanceOf(Unavailable.class);
        assertThat(fixture.instances(ORDERS)).containsExactly(HOST_1);
        assertThat(fixture.account.held()).isEqualTo(held);
        fixture.journal.refuseBeyond(0);
        assertThatThrownBy(() -> replace(AT_2, OFF)).isInstanceOf(OverBudget.class);
        assertThat(fixture.account.held()).isEqualTo(held);
    }

    @Test
    void it_survives_a_restart_and_waits_for_its_instance() {
        fixture.registerPersistent(ORDERS, HOST_1);
        replace(AT_1, OFF);
        fixture.register(OWNER_1, PAYMENTS, HOST_2);
        fixture.submit(new OverlayChange.Replace(PAYMENTS, AT_2, OFF));
        var next = new RegistryFixture(RegistrySettings.DEFAULT, fixture.journal, 1 << 20);
        next.registry.load();
        assertThat(next.instances(ORDERS).get(0).enabled()).isFalse();
        next.loop.advance(Duration.ofSeconds(50));
        next.register(OWNER_1, PAYMENTS, HOST_2);
        assertThat(next.instances(PAYMENTS).get(0).weight()).isEqualTo(2.0);
        assertThat(next.account.held()).isEqualTo(fixture.account.held());
    }

    @Test
    void one_that_says_nothing_any_more_leaves_nothing_in_memory_or_on_disk() {
        fixture.register(OWNER_1, ORDERS, HOST_1);
        long held = fixture.account.held();
        fixture.submit(new OverlayChange.PutMetadata(ORDERS, List.of(), Map.of("a", "1")));
        fixture.submit(new OverlayChange.RemoveMetadata(ORDERS, List.of(), Set.of("a")));
        assertThat(fixture.account.held()).isEqualTo(held);
        var next = new RegistryFixture(RegistrySettings.DEFAULT, fixture.journal, 1 << 20);
        next.registry.load();
        assertThat(next.registry.holdsNothing()).isTrue();
    }

    @Test
    void it_goes_a_minute_after_its_instance() {
        fixture.register(OWNER_1, ORDERS, HOST_1);
        fixture.register(OWNER_2, ORDERS, HOST_2);
        replace(AT_1, OFF);
        fixture.deregister(OWNER_1, ORDERS);
        pass(55);
        fixture.register(OWNER_1, ORDERS, HOST_1);
        assertThat(shown(1).enabled()).isFalse();
        pass(200);
        assertThat(shown(1).enabled()).isFalse();
        fixture.deregister(OWNER_1, ORDERS);
        pass(81);
        fixture.register(OWNER_1, ORDERS, HOST_1);
        assertThat(fixture.instances(ORDERS)).containsExactly(HOST_2, HOST_1);
        var next = new RegistryFixture(RegistrySettings.DEFAULT, fixture.journal, 1 << 20);
        next.registry.load();
        assertThat(next.registry.holdsNothing()).isTrue();
    }

    @Test
    void a_removal_the_disk_refused_is_tried_again() {
        fixture.register(OWNER_1, ORDERS, HOST_1);
        replace(AT_1, OFF);
        fixture.deregister(OWNER_1, ORDERS);
        for (int i = 0; fixture.journal.waiting() == 0; i++) {
            assertThat(i).isLessThan(90);
            fixture.loop.advance(Duration.ofSeconds(1));
        }
        fixture.journal.failNext();
        fixture.loop.runAll();
        pass(140);
        assertThat(fixture.account.held()).isZero();
        assertThat(fixture.registry.holdsNothing()).isTrue();
    }

    @Test
    void those_of_instances_that_never_came_have_a_bound() {
        fixture.register(OWNER_1, ORDERS, HOST_1);
        long held = fixture.account.held();
        for (int i = 0; i < Overlays.MAX_ABSENT; i++) {
            replace(new Address("10.1.1.1", i, ""), OFF);
        }
        assertThatThrownBy(() -> replace(new Address("10.1.1.2", 1, ""), OFF)).isInstanceOf(OverBudget.class);
        assertThat(replace(AT_1, OFF)).as("of one that is there").containsExactly(AT_1);
        assertThat(replace(new Address("10.1.1.1", 5, ""), Overlay.NOTHING)).hasSize(1);
        replace(AT_1, Overlay.NOTHING);
        pass(85);
        assertThat(fixture.account.held()).isEqualTo(held);
        replace(new Address("10.1.1.2", 1, ""), OFF);
    }

    @Test
    void a_full_account_refuses_one_more_and_keeps_those_it_has() {
        var small = new RegistryFixture(RegistrySettings.DEFAULT, new ServiceJournal(), 60_000);
        small.register(OWNER_1, ORDERS, HOST_1);
        int accepted = 0;
        for (int i = 0; i < 200; i++) {
            try {
                small.submit(new OverlayChange.Replace(
                        ORDERS, new Address("10.1.1.1", i, ""), new Overlay(1.0, true, Map.of("k", "v".repeat(200)))));
                accepted++;
            } catch (OverBudget e) {
                assertThat(e).hasMessageContaining("registry");
            }
        }
        assertThat(accepted).isBetween(10, 199);
        assertThat(small.account.held()).isLessThanOrEqualTo(small.account.limit());
    }

    @Test
    void its_metadata_has_the_bound_of_an_instances() {
        fixture.register(OWNER_1, ORDERS, HOST_1);
        var over = Map.of("k", "v".repeat(RegistrySettings.DEFAULT.maxMetadataLength()));
        assertThatThrownBy(() -> fixture.submit(new OverlayChange.PutMetadata(ORDERS, List.of(), over)))
                .isInstanceOf(InvalidRequest.class);
        assertThatThrownBy(() -> new Overlay(10_001.0, true, Map.of())).isInstanceOf(InvalidRequest.class);
    }

    @Test
    void what_is_on_its_way_to_disk_counts_for_what_can_be_shown_to_a_client() {
        long each = HOST_1.stateBytes(ORDERS);
        var narrow = new RegistryFixture(RegistrySettings.DEFAULT.withMaxStateBytes(3 * each));
        narrow.register(OWNER_1, ORDERS, HOST_1);
        narrow.register(OWNER_2, ORDERS, HOST_2);
        var large = new Overlay(null, null, Map.of("k", "v".repeat((int) each / 4)));
        var first = narrow.registry.submit(new OverlayChange.Replace(ORDERS, AT_1, large), RegistryFixture.OPERATOR);
        var second = narrow.registry.submit(new OverlayChange.Replace(ORDERS, AT_2, large), RegistryFixture.OPERATOR);
        assertThatThrownBy(() -> narrow.get(second))
                .isInstanceOf(OverBudget.class)
                .hasMessageContaining("bytes when they are shown to a client");
        narrow.journal.failNext();
        assertThatThrownBy(() -> narrow.get(first)).isInstanceOf(Unavailable.class);
        narrow.submit(new OverlayChange.Replace(ORDERS, AT_2, large));
        narrow.submit(new OverlayChange.Replace(ORDERS, AT_2, Overlay.NOTHING));
        narrow.submit(new OverlayChange.Replace(ORDERS, AT_1, large));
        assertThat(narrow.instances(ORDERS).get(0).metadata()).isEqualTo(large.metadata());
    }

    @Test
    void its_times_are_those_the_lease_is_held_to() {
        OwnerId beating = OwnerId.beating(HOST_1.ip(), HOST_1.port());
        fixture.register(beating, ORDERS, HOST_1);
        fixture.submit(new OverlayChange.PutMetadata(
                ORDERS,
                List.of(),
                Map.of("preserved.heart.beat.interval", "1000", "preserved.heart.beat.timeout", "4000")));
        assertThat(fixture.get(fixture.registry.beat(ORDERS, HOST_1.ip(), HOST_1.port(), null))
                        .interval())
                .isEqualTo(1_000);
        pass(6);
        assertThat(shown(0).healthy()).isFalse();
        assertThatThrownBy(() -> fixture.submit(
                        new OverlayChange.PutMetadata(ORDERS, List.of(), Map.of("preserved.ip.delete.timeout", "1"))))
                .isInstanceOf(InvalidRequest.class);
    }

    @Test
    void it_goes_with_its_service_when_that_is_deleted() {
        fixture.register(OWNER_1, ORDERS, HOST_1);
        replace(AT_1, OFF);
        fixture.deregister(OWNER_1, ORDERS);
        fixture.submit(new RegistryCommand.DeleteService(ORDERS));
        assertThat(fixture.account.held()).isZero();
        fixture.register(OWNER_1, ORDERS, HOST_1);
        assertThat(fixture.instances(ORDERS)).containsExactly(HOST_1);
    }

    @Test
    void what_changes_nothing_is_neither_written_nor_told() {
        fixture.register(OWNER_1, ORDERS, HOST_1);
        replace(AT_1, OFF);
        fixture.watch(watcher, ORDERS, "");
        var same = fixture.registry.submit(new OverlayChange.Replace(ORDERS, AT_1, OFF), RegistryFixture.OPERATOR);
        assertThat(fixture.get(same)).containsExactly(AT_1);
        assertThat(fixture.journal.waiting()).isZero();
        assertThat(fixture.notices).isEmpty();
    }
}
