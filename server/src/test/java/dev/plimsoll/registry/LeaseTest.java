package dev.plimsoll.registry;

import static dev.plimsoll.registry.TestObjects.HOST_1;
import static dev.plimsoll.registry.TestObjects.HOST_2;
import static dev.plimsoll.registry.TestObjects.ORDERS;
import static dev.plimsoll.registry.TestObjects.PAYMENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.registry.RegistryCommand.Register;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LeaseTest {
    private static final OwnerId BEATING = OwnerId.beating(HOST_1.ip(), HOST_1.port());

    private final RegistryFixture fixture = new RegistryFixture();

    private boolean beat(ServiceKey service) {
        return fixture.get(fixture.registry.beat(service, HOST_1.ip(), HOST_1.port(), null))
                .known();
    }

    private static Instance living(long beatTimeout, long deleteTimeout) {
        return TestObjects.with(
                HOST_1,
                Map.of(
                        "preserved.heart.beat.interval", "1000",
                        "preserved.heart.beat.timeout", String.valueOf(beatTimeout),
                        "preserved.ip.delete.timeout", String.valueOf(deleteTimeout)));
    }

    private void pass(long seconds) {
        fixture.loop.advance(Duration.ofSeconds(seconds));
    }

    private boolean healthy() {
        return fixture.instances(ORDERS).get(0).healthy();
    }

    @Test
    void silence_makes_unhealthy_after_15_s_and_gone_after_30() {
        fixture.watch(new Watcher() {}, ORDERS, "");
        fixture.register(BEATING, ORDERS, HOST_1);
        pass(15);
        assertThat(healthy()).isTrue();
        pass(2);
        assertThat(healthy()).isFalse();
        assertThat(fixture.notices).hasSize(2);
        pass(12);
        assertThat(fixture.instances(ORDERS)).hasSize(1);
        pass(3);
        assertThat(fixture.instances(ORDERS)).isEmpty();
        assertThat(fixture.notices).hasSize(3);
    }

    @Test
    void beats_keep_an_instance_and_heal_it() {
        fixture.register(BEATING, ORDERS, HOST_1);
        for (int i = 0; i < 20; i++) {
            pass(5);
            assertThat(beat(ORDERS)).isTrue();
            assertThat(healthy()).isTrue();
        }
        pass(20);
        assertThat(healthy()).isFalse();
        assertThat(beat(ORDERS)).isTrue();
        assertThat(healthy()).isTrue();
    }

    @Test
    void registering_the_same_again_renews_the_lease_in_silence() {
        fixture.register(BEATING, ORDERS, HOST_1);
        long revision = fixture.registry.snapshot(ORDERS).revision();
        for (int i = 0; i < 10; i++) {
            pass(10);
            fixture.register(BEATING, ORDERS, HOST_1);
        }
        assertThat(fixture.registry.snapshot(ORDERS).revision()).isEqualTo(revision);
    }

    @Test
    void an_instance_brings_its_own_times() {
        fixture.register(BEATING, ORDERS, living(3_000, 6_000));
        pass(5);
        assertThat(healthy()).isFalse();
        pass(3);
        assertThat(fixture.instances(ORDERS)).isEmpty();
    }

    @Test
    void delete_time_may_be_the_shorter_one() {
        fixture.register(BEATING, ORDERS, living(60_000, 3_000));
        pass(5);
        assertThat(fixture.instances(ORDERS)).isEmpty();
    }

    @Test
    void shorter_times_count_from_the_registration_that_brings_them() {
        fixture.register(BEATING, ORDERS, living(600_000, 900_000));
        fixture.register(BEATING, ORDERS, living(3_000, 6_000));
        pass(8);
        assertThat(fixture.instances(ORDERS)).isEmpty();
    }

    @Test
    void services_of_one_address_live_by_their_own_beats() {
        fixture.register(BEATING, ORDERS, HOST_1);
        fixture.register(BEATING, PAYMENTS, HOST_1);
        for (int i = 0; i < 8; i++) {
            pass(5);
            assertThat(beat(PAYMENTS)).isTrue();
        }
        assertThat(fixture.instances(ORDERS)).isEmpty();
        assertThat(fixture.instances(PAYMENTS)).hasSize(1);
    }

    @Test
    void beat_of_the_unknown_asks_for_a_registration_or_brings_it() {
        assertThat(beat(ORDERS)).isFalse();
        assertThat(fixture.instances(ORDERS)).isEmpty();
        assertThat(fixture.get(fixture.registry.beat(ORDERS, HOST_1.ip(), HOST_1.port(), HOST_1)))
                .isEqualTo(new Registry.Beaten(true, 5_000));
        assertThat(fixture.instances(ORDERS)).containsExactly(HOST_1);
        assertThat(beat(ORDERS)).isTrue();
    }

    @Test
    void connections_need_no_beats_and_beats_do_not_touch_their_instances() {
        fixture.register(TestObjects.OWNER_1, ORDERS, HOST_1);
        assertThat(beat(ORDERS)).isFalse();
        pass(1_000);
        assertThat(fixture.instances(ORDERS)).containsExactly(HOST_1);
    }

    @Test
    void address_that_beats_is_one_instance() {
        assertThatThrownBy(() -> new Register(BEATING, ORDERS, List.of())).isInstanceOf(InvalidRequest.class);
        assertThatThrownBy(() -> new Register(BEATING, ORDERS, List.of(HOST_1, HOST_2)))
                .isInstanceOf(InvalidRequest.class);
    }

    @Test
    void lease_that_would_end_before_its_beat_is_refused() {
        Instance late = TestObjects.with(HOST_1, Map.of("preserved.heart.beat.interval", "20000"));
        assertThatThrownBy(() -> new Register(BEATING, ORDERS, List.of(late)))
                .isInstanceOf(InvalidRequest.class)
                .hasMessage(
                        "Instance 'heart beat interval' must less than 'heart beat timeout' and 'ip delete timeout'.");
    }

    @Test
    void beat_tells_the_interval_the_instance_asked_for() {
        fixture.register(BEATING, ORDERS, living(3_000, 6_000));
        assertThat(fixture.get(fixture.registry.beat(ORDERS, HOST_1.ip(), HOST_1.port(), null)))
                .isEqualTo(new Registry.Beaten(true, 1_000));
        assertThat(fixture.get(fixture.registry.beat(PAYMENTS, HOST_1.ip(), HOST_1.port(), null)))
                .isEqualTo(new Registry.Beaten(false, 5_000));
    }

    @Test
    void beat_that_changes_nothing_publishes_nothing_and_one_that_heals_is_told_at_once() {
        fixture.watch(new Watcher() {}, ORDERS, "");
        fixture.register(BEATING, ORDERS, HOST_1);
        ServiceSnapshot before = fixture.registry.snapshot(ORDERS);
        for (int i = 0; i < 10; i++) {
            pass(1);
            beat(ORDERS);
        }
        assertThat(fixture.registry.snapshot(ORDERS)).isSameAs(before);
        assertThat(fixture.notices).hasSize(1);
        pass(17);
        assertThat(fixture.notices).hasSize(2);
        beat(ORDERS);
        assertThat(fixture.notices).hasSize(3);
        assertThat(fixture.notices.get(2).snapshot().instances()).containsExactly(HOST_1);
    }

    @Test
    void beat_of_one_that_is_well_needs_no_turn_of_the_loop_and_any_other_does() {
        fixture.register(BEATING, ORDERS, HOST_1);
        assertThat(fixture.registry
                        .beat(ORDERS, HOST_1.ip(), HOST_1.port(), null)
                        .toCompletableFuture())
                .isCompletedWithValue(new Registry.Beaten(true, 5_000));
        pass(17);
        var healing =
                fixture.registry.beat(ORDERS, HOST_1.ip(), HOST_1.port(), null).toCompletableFuture();
        assertThat(healing).isNotDone();
        fixture.loop.runAll();
        assertThat(healing).isCompletedWithValue(new Registry.Beaten(true, 5_000));
        assertThat(healthy()).isTrue();
        fixture.deregister(BEATING, ORDERS);
        assertThat(beat(ORDERS)).isFalse();
    }

    @Test
    void many_that_fall_silent_together_are_one_change_of_their_service() {
        fixture.watch(new Watcher() {}, ORDERS, "");
        for (int i = 0; i < 500; i++) {
            Instance host = TestObjects.host("10.0." + i / 250 + "." + i % 250);
            fixture.register(OwnerId.beating(host.ip(), host.port()), ORDERS, host);
        }
        fixture.notices.clear();
        pass(17);
        assertThat(fixture.notices).hasSize(1);
        assertThat(fixture.instances(ORDERS)).hasSize(500).noneMatch(Instance::healthy);
        pass(16);
        assertThat(fixture.notices).hasSize(2);
        assertThat(fixture.instances(ORDERS)).isEmpty();
        pass(61);
        fixture.disconnect(TestObjects.OWNER_1, new Watcher() {});
        assertThat(fixture.account.held()).isZero();
    }

    @Test
    void instance_that_turned_the_check_of_beats_off_outlives_silence() {
        fixture.register(BEATING, ORDERS, TestObjects.with(HOST_1, Map.of("enableClientBeat", "true")));
        pass(1_000);
        assertThat(healthy()).isTrue();
        fixture.register(BEATING, ORDERS, HOST_1);
        pass(32);
        assertThat(fixture.instances(ORDERS)).isEmpty();
    }

    @Test
    void so_do_the_instances_of_a_service_that_did() {
        fixture.register(BEATING, ORDERS, HOST_1);
        fixture.putService(ORDERS, true, new ServiceProperties(0, Map.of("enableClientBeat", "true")));
        pass(1_000);
        assertThat(healthy()).isTrue();
        fixture.putService(ORDERS, true, new ServiceProperties(0, Map.of()));
        pass(50);
        assertThat(fixture.instances(ORDERS)).isEmpty();
    }

    @Test
    void address_that_registers_in_another_cluster_has_left_the_first() {
        fixture.register(BEATING, ORDERS, HOST_1);
        Instance moved = TestObjects.in(HOST_1, "north");
        fixture.register(BEATING, ORDERS, moved);
        assertThat(fixture.instances(ORDERS)).containsExactly(moved);
        fixture.registerPersistent(PAYMENTS, HOST_2);
        fixture.registerPersistent(PAYMENTS, TestObjects.in(HOST_2, "north"));
        assertThat(fixture.instances(PAYMENTS)).containsExactly(TestObjects.in(HOST_2, "north"));
    }
}
