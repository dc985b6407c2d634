package dev.plimsoll.registry;

import static dev.plimsoll.registry.TestObjects.HOST_1;
import static dev.plimsoll.registry.TestObjects.HOST_2;
import static dev.plimsoll.registry.TestObjects.HOST_3;
import static dev.plimsoll.registry.TestObjects.ORDERS;
import static dev.plimsoll.registry.TestObjects.OWNER_1;
import static dev.plimsoll.registry.TestObjects.PAYMENTS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.registry.Probes.Outcome;
import dev.plimsoll.registry.Withdrawn.Cause;
import dev.plimsoll.store.StoredOverlay.Laying;
import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.MemoryBudget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openjdk.jol.info.GraphLayout;

class StandingsTest {
    private final RegistryFixture fixture = new RegistryFixture();
    private final Account past = new MemoryBudget(3 << 20, 0).heap("ledger", 1);

    @BeforeEach
    void keep() {
        fixture.registry.keepWithdrawn(past);
        fixture.loop.advance(Duration.ofSeconds(1));
    }

    private Standings.Found all(ServiceKey service) {
        return at(service, "", 0, "");
    }

    private Standings.Found at(ServiceKey service, String ip, int port, String cluster) {
        return fixture.get(fixture.registry.standing(service, ip, port, cluster));
    }

    private Standing only() {
        Standings.Found found = all(ORDERS);
        assertThat(found.count()).isEqualTo(1);
        return found.standings().get(0);
    }

    private List<Withdrawn> gone() {
        return fixture.registry.withdrawn(ORDERS, "", 0);
    }

    private List<String> goneIps() {
        return gone().stream().map(Withdrawn::ip).toList();
    }

    @Test
    void an_instance_of_a_connection_has_that_owner_and_nothing_else_that_keeps_it() {
        long begin = fixture.loop.currentTimeMillis();
        fixture.register(OWNER_1, ORDERS, HOST_2);
        fixture.loop.advance(Duration.ofSeconds(3));
        fixture.register(OWNER_1, ORDERS, HOST_1);
        assertThat(only()).isEqualTo(new Standing(OWNER_1, HOST_1, begin, null, null, null, null));
        assertThat(all(PAYMENTS).count()).isZero();
    }

    @Test
    void an_instance_that_beats_tells_since_when_it_is_silent() {
        fixture.register(OwnerId.beating("10.0.0.1", 8080), ORDERS, HOST_1);
        fixture.loop.advance(Duration.ofSeconds(4));
        assertThat(only().beats()).isEqualTo(new Standing.Beats(4_000, false));
        fixture.get(fixture.registry.beat(ORDERS, "10.0.0.1", 8080, null));
        assertThat(only().beats()).isEqualTo(new Standing.Beats(0, false));
    }

    @Test
    void one_that_outlives_silence_says_so() {
        fixture.register(
                OwnerId.beating("10.0.0.1", 8080),
                ORDERS,
                TestObjects.with(HOST_1, Map.of("enableClientBeat", "true")));
        assertThat(only().beats()).isEqualTo(new Standing.Beats(0, true));
    }

    @Test
    void a_persistent_instance_tells_how_it_is_looked_at_and_what_the_last_look_found() {
        fixture.registry.follow(new HealthChecks(
                fixture.loop,
                fixture.registry,
                (checker, ip, port, done) -> done.accept(Outcome.DOWN),
                new Random(1),
                4));
        fixture.registerPersistent(ORDERS, HOST_1);
        assertThat(only().checker()).isEqualTo(new HealthChecker.Tcp());
        assertThat(only().look()).isNull();
        fixture.loop.advance(Duration.ofSeconds(4));
        assertThat(only().look()).satisfies(look -> {
            assertThat(look.outcome()).isEqualTo(Outcome.DOWN);
            assertThat(fixture.loop.currentTimeMillis() - look.atMillis()).isBetween(0L, 4_000L);
        });
        assertThat(only().instance().healthy()).isFalse();

        fixture.submit(new RegistryCommand.PutCluster(
                ORDERS,
                "DEFAULT",
                new ClusterProperties(new HealthTarget(new HealthChecker.None(), 80, true), Map.of())));
        assertThat(only().checker()).isNull();
    }

    @Test
    void what_is_laid_over_an_instance_is_told_with_who_laid_it_and_when() {
        fixture.register(OWNER_1, ORDERS, HOST_1);
        fixture.submit(new OverlayChange.Amend(ORDERS, Address.of(HOST_1), 7.0, false, null));
        long laid = fixture.loop.currentTimeMillis();
        fixture.loop.advance(Duration.ofSeconds(9));
        assertThat(only().laid())
                .isEqualTo(new Standing.Laid(
                        new Overlay(7.0, false, Map.of()), new Laying(RegistryFixture.OPERATOR, laid)));
        assertThat(only().instance().enabled()).isFalse();
    }

    @Test
    void instances_are_found_by_address_and_cluster() {
        fixture.register(OWNER_1, ORDERS, HOST_1, TestObjects.in(HOST_2, "far"));
        assertThat(at(ORDERS, "10.0.0.2", 8080, "").standings()).hasSize(1);
        assertThat(at(ORDERS, "10.0.0.2", 0, "far").standings()).hasSize(1);
        assertThat(at(ORDERS, "10.0.0.2", 8080, "DEFAULT").standings()).isEmpty();
        assertThat(at(ORDERS, "10.0.0.2", 81, "").standings()).isEmpty();
    }

    @Test
    void of_very_many_instances_a_part_is_told_and_all_are_counted() {
        var many = new Instance[Standings.MAX_LISTED + 500];
        for (int i = 0; i < many.length; i++) {
            many[i] = TestObjects.host("10.1." + i / 256 + "." + i % 256);
        }
        fixture.register(OWNER_1, ORDERS, many);
        assertThat(all(ORDERS).count()).isEqualTo(many.length);
        assertThat(all(ORDERS).standings()).hasSize(Standings.MAX_LISTED);
    }

    @Test
    void what_went_is_known_with_its_cause() {
        fixture.register(OWNER_1, ORDERS, HOST_1);
        long at = fixture.loop.currentTimeMillis();
        fixture.disconnect(OWNER_1, new Watcher() {});
        assertThat(gone())
                .containsExactly(new Withdrawn(ORDERS, "10.0.0.1", 8080, OWNER_1, at, Cause.CONNECTION_ENDED));

        fixture.register(OWNER_1, ORDERS, HOST_2);
        fixture.deregister(OWNER_1, ORDERS);
        assertThat(gone().get(0).cause()).isEqualTo(Cause.DEREGISTERED);

        fixture.register(OwnerId.beating("10.0.0.3", 8080), ORDERS, HOST_3);
        fixture.loop.advance(Duration.ofSeconds(31));
        assertThat(gone().get(0).cause()).isEqualTo(Cause.FELL_SILENT);

        assertThat(goneIps()).containsExactly("10.0.0.3", "10.0.0.2", "10.0.0.1");
        assertThat(fixture.registry.withdrawn(ORDERS, "10.0.0.2", 8080)).hasSize(1);
        assertThat(fixture.registry.withdrawn(ORDERS, "10.0.0.2", 1)).isEmpty();
        assertThat(fixture.registry.withdrawn(PAYMENTS, "", 0)).isEmpty();
    }

    @Test
    void a_persistent_instance_that_was_deregistered_is_known() {
        fixture.registerPersistent(ORDERS, HOST_1);
        fixture.submit(new RegistryCommand.DeregisterPersistent(ORDERS, "10.0.0.1", 8080));
        assertThat(gone()).singleElement().satisfies(last -> {
            assertThat(last.cause()).isEqualTo(Cause.DEREGISTERED);
            assertThat(last.owner()).isEqualTo(OwnerId.persistent("10.0.0.1", 8080));
        });
    }

    @Test
    void a_registration_that_leaves_instances_out_replaces_them_and_one_that_changes_them_does_not() {
        fixture.register(OWNER_1, ORDERS, HOST_1, HOST_2);
        fixture.register(OWNER_1, ORDERS, TestObjects.with(HOST_1, Map.of("a", "b")), HOST_3);
        assertThat(gone()).singleElement().satisfies(last -> {
            assertThat(last.ip()).isEqualTo("10.0.0.2");
            assertThat(last.cause()).isEqualTo(Cause.REPLACED);
        });
    }

    @Test
    void a_flood_of_departures_leaves_the_last_ones_within_their_part_of_the_account() {
        for (int i = 0; i < 100; i++) {
            var many = new Instance[100];
            for (int j = 0; j < many.length; j++) {
                many[j] = TestObjects.host("10." + i + ".0." + j);
            }
            fixture.register(OWNER_1, ORDERS, many);
            fixture.disconnect(OWNER_1, new Watcher() {});
        }
        assertThat(gone()).hasSize(Withdrawals.MAX).first().satisfies(last -> assertThat(last.ip())
                .isEqualTo("10.99.0.99"));
        assertThat(past.held()).isLessThanOrEqualTo(past.limit() / 3);
        assertThat(fixture.account.held()).as("an empty service").isLessThan(2_000);
    }

    @Test
    void what_went_is_charged_as_much_as_it_measures() {
        for (int i = 0; i < 100; i++) {
            var key = new ServiceKey(new String("public"), new String("DEFAULT_GROUP"), "orders-" + i);
            fixture.register(OwnerId.connection("1700000000000_10.1.1.1_" + i), key, TestObjects.host("10.0.0." + i));
            fixture.disconnect(OwnerId.connection("1700000000000_10.1.1.1_" + i), new Watcher() {});
        }
        var all = new ArrayList<Object>();
        for (int i = 0; i < 100; i++) {
            var key = new ServiceKey("public", "DEFAULT_GROUP", "orders-" + i);
            all.add(fixture.registry.withdrawn(key, "", 0).get(0));
        }
        // Together: the cause is the same object for all of them.
        long measured = GraphLayout.parseInstance(all.toArray()).totalSize();
        assertThat(past.held()).isBetween(measured, measured * 2);
    }
}
