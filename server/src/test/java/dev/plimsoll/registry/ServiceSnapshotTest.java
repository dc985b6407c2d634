package dev.plimsoll.registry;

import static dev.plimsoll.registry.TestObjects.HOST_1;
import static dev.plimsoll.registry.TestObjects.HOST_2;
import static dev.plimsoll.registry.TestObjects.HOST_3;
import static dev.plimsoll.registry.TestObjects.ORDERS;
import static dev.plimsoll.registry.TestObjects.disabled;
import static dev.plimsoll.registry.TestObjects.in;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.refusal.InvalidRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceSnapshotTest {
    private static ServiceSnapshot of(@Nullable ServiceProperties properties, Instance... instances) {
        return new ServiceSnapshot(ORDERS, 1, 1, true, List.of(instances), properties);
    }

    @ParameterizedTest
    @CsvSource({
        // of 4 instances so many healthy, threshold (-1: a service without properties), reached, all shown as healthy
        "4, -1,   false",
        "0, -1,   false",
        "0,  0,   true",
        "1,  0,   false",
        "1,  0.25, true",
        "2,  0.25, false",
        "2,  0.5, true",
        "3,  0.5, false",
        "3,  1,   true",
        "4,  1,   true",
        "4,  0.99, false",
    })
    void protection_is_reached_at_or_below_the_threshold(int healthy, double threshold, boolean reached) {
        var instances = new ArrayList<Instance>();
        for (int i = 0; i < 4; i++) {
            instances.add(TestObjects.host("10.0.0." + i).withHealthy(i < healthy));
        }
        var properties = threshold < 0 ? null : new ServiceProperties(threshold, Map.of());
        var selection = of(properties, instances.toArray(Instance[]::new)).select("", false);
        assertThat(selection.protectionReached()).isEqualTo(reached);
        assertThat(selection.instances()).hasSize(4);
        assertThat(selection.instances().stream().filter(Instance::healthy)).hasSize(reached ? 4 : healthy);
        assertThatThrownBy(() -> selection.instances().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void protection_counts_what_the_filter_and_the_switch_left() {
        var half = new ServiceProperties(0.5, Map.of());
        var snapshot = of(
                half,
                in(HOST_1, "EAST"),
                in(HOST_2, "WEST").withHealthy(false),
                disabled(in(HOST_3, "EAST").withHealthy(false)));
        assertThat(snapshot.select("EAST", false).protectionReached()).isFalse();
        assertThat(snapshot.select("WEST", false).protectionReached()).isTrue();
        assertThat(snapshot.select("NORTH", false).protectionReached()).isFalse();
        assertThat(snapshot.select("WEST", true).instances()).isEmpty();
        assertThat(snapshot.select("WEST", true).protectionReached()).isFalse();
    }

    @Test
    void clusters_choose_the_instances() {
        var snapshot = of(null, HOST_1, in(HOST_2, "EAST"), in(HOST_3, "WEST"));
        assertThat(snapshot.select("", false).instances()).hasSize(3);
        assertThat(snapshot.select(" ", false).instances()).hasSize(3);
        assertThat(snapshot.select("EAST", false).instances()).containsExactly(in(HOST_2, "EAST"));
        assertThat(snapshot.select(" EAST ,WEST,,EAST", false).instances()).hasSize(2);
        assertThat(snapshot.select("DEFAULT", false).instances()).containsExactly(HOST_1);
        assertThat(snapshot.select("east", false).instances()).isEmpty();
    }

    @Test
    void disabled_instances_are_left_out_and_unhealthy_ones_on_demand() {
        var snapshot = of(null, HOST_1, disabled(HOST_2), HOST_3.withHealthy(false));
        assertThat(snapshot.select("", false).instances()).containsExactly(HOST_1, HOST_3.withHealthy(false));
        assertThat(snapshot.select("", true).instances()).containsExactly(HOST_1);
    }

    @Test
    void equal_instances_collapse_and_others_at_the_same_address_do_not() {
        var heavier = new Instance(HOST_1.ip(), HOST_1.port(), 2, true, true, "", "", Map.of());
        var snapshot = of(null, HOST_1, TestObjects.host(HOST_1.ip()), heavier);
        assertThat(snapshot.select("", false).instances()).containsExactly(HOST_1, heavier);
    }

    @Test
    void threshold_is_a_share() {
        for (double wrong : new double[] {-0.1, 1.1, Double.NaN}) {
            assertThatThrownBy(() -> new ServiceProperties(wrong, Map.of())).isInstanceOf(InvalidRequest.class);
        }
    }
}
