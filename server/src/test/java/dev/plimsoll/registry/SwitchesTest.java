package dev.plimsoll.registry;

import static dev.plimsoll.registry.TestObjects.HOST_1;
import static dev.plimsoll.registry.TestObjects.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.Unavailable;
import dev.plimsoll.store.Write;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SwitchesTest {
    private final RegistryFixture fixture = new RegistryFixture();
    private final Switches switches = fixture.registry.switches();

    private void set(String entry, String value) {
        fixture.committed(switches.set(entry, value));
    }

    @Test
    void what_is_set_holds_and_survives_a_restart() {
        set("clientBeatInterval", "7000");
        set("defaultInstanceEphemeral", "false");
        set("check", "false");
        set("healthCheckTimes", "5");
        set("overriddenServerStatus", "READ_ONLY");
        var next = new RegistryFixture(RegistrySettings.DEFAULT, fixture.journal, 1 << 20);
        next.registry.load();
        for (Switches now : new Switches[] {switches, next.registry.switches()}) {
            assertThat(now.clientBeatInterval()).isEqualTo(7_000);
            assertThat(now.ephemeralByDefault()).isFalse();
            assertThat(now.checks()).isFalse();
            assertThat(now.checkTimes()).isEqualTo(5);
            assertThat(now.serverStatus()).isEqualTo("READ_ONLY");
            assertThat(now.lightBeatEnabled()).isTrue();
        }
    }

    @Test
    void what_another_version_wrote_and_this_one_does_not_take_is_left_out() {
        fixture.journal.append(new Write.PutSwitch("clientBeatInterval", "none"));
        fixture.journal.append(new Write.PutSwitch("ofTomorrow", "1"));
        fixture.journal.append(new Write.PutSwitch("check", "false"));
        fixture.journal.commitAll();
        fixture.registry.load();
        assertThat(switches.clientBeatInterval()).isEqualTo(5_000);
        assertThat(switches.checks()).isFalse();
    }

    @Test
    void what_the_disk_refused_does_not_hold() {
        var refused = switches.set("lightBeatEnabled", "false");
        fixture.loop.runAll();
        fixture.journal.failNext();
        assertThatThrownBy(() -> fixture.get(refused)).isInstanceOf(Unavailable.class);
        assertThat(switches.lightBeatEnabled()).isTrue();
    }

    @Test
    void beats_are_told_the_interval_unless_their_instance_has_its_own() {
        var own = TestObjects.with(TestObjects.HOST_2, Map.of("preserved.heart.beat.interval", "3000"));
        for (Instance instance : new Instance[] {HOST_1, own}) {
            fixture.register(OwnerId.beating(instance.ip(), instance.port()), ORDERS, instance);
        }
        set("clientBeatInterval", "8000");
        assertThat(interval(HOST_1)).isEqualTo(8_000);
        assertThat(interval(own)).isEqualTo(3_000);
    }

    private long interval(Instance instance) {
        return fixture.get(fixture.registry.beat(ORDERS, instance.ip(), instance.port(), null))
                .interval();
    }

    @ParameterizedTest
    @CsvSource({
        "check, maybe, 'check: maybe (expected: true or false)'",
        "healthCheckTimes, 0, 'healthCheckTimes: 0 (expected: 1 to 100)'",
        "healthCheckTimes, x, 'For input string: \"x\"'",
        "clientBeatInterval, 0, 'clientBeatInterval: 0 (expected: 1000 to 15000)'",
        "distroThreshold, -1.0, distroThreshold can not be zero or negative: -1.0",
        "distroThreshold, NaN, distroThreshold can not be zero or negative: NaN",
        "pushEnabled, false, entry 'pushEnabled': not to be changed on this server",
        "limitedUrlMap, /nacos:403, entry 'limitedUrlMap': not to be changed on this server",
    })
    void value_that_makes_no_sense_is_refused(String entry, String value, String reason) {
        assertThatThrownBy(() -> switches.set(entry, value))
                .isInstanceOf(InvalidRequest.class)
                .hasMessage(reason);
        assertThat(fixture.journal.waiting()).isZero();
    }

    @Test
    void nobody_fills_the_disk_with_entries_or_values() {
        set("unknown", "x");
        assertThatThrownBy(() -> switches.set("masters", "x".repeat(1_025))).isInstanceOf(InvalidRequest.class);
        assertThat(fixture.journal.waiting()).isZero();
    }
}
