package dev.plimsoll.registry;

import static dev.plimsoll.registry.TestObjects.HOST_1;
import static dev.plimsoll.registry.TestObjects.HOST_2;
import static dev.plimsoll.registry.TestObjects.ORDERS;
import static dev.plimsoll.registry.TestObjects.PAYMENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.loop.ManualLoop;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.registry.RegistryCommand.Register;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LeaseTest {
    private static final OwnerId BEATING = OwnerId.beating(HOST_1.ip(), HOST_1.port());

    private final RegistryFixture fixture = new RegistryFixture();

    private boolean beat(ServiceKey service) {
        return fixture.get(fixture.registry.beat(service, HOST_1.ip(), HOST_1.port(), null));
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
                .isTrue();
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
    void who_comes_and_goes_leaves_no_lease_behind() {
        var loop = new ManualLoop();
        var wheel = new LeaseWheel(loop, (lease, now) -> 0);
        for (int i = 0; i < 1_000; i++) {
            var lease = new Lease(BEATING, ORDERS, loop.nanoTime());
            wheel.put(lease, 999_999_999_999_999_999L - i);
            wheel.put(lease, 1_000L * i);
            wheel.remove(lease);
        }
        assertThat(wheel.isEmpty()).isTrue();
    }

    @Test
    void examination_that_fails_does_not_stop_the_others() {
        var loop = new ManualLoop();
        var looked = new ArrayList<Lease>();
        var wheel = new LeaseWheel(loop, (lease, now) -> {
            looked.add(lease);
            if (looked.size() == 1) {
                throw new IllegalStateException("the first");
            }
            return 0;
        });
        wheel.put(new Lease(BEATING, ORDERS, 0), 100);
        wheel.put(new Lease(BEATING, PAYMENTS, 0), 100);
        assertThatThrownBy(() -> loop.advance(Duration.ofSeconds(5))).hasMessage("the first");
        loop.advance(Duration.ofSeconds(5));
        assertThat(looked).hasSize(2);
        assertThat(wheel.isEmpty()).isTrue();
    }
}
