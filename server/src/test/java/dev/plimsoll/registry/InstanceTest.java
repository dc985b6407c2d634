package dev.plimsoll.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.refusal.InvalidRequest;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InstanceTest {
    private static Instance instance(String ip, int port, double weight, String cluster) {
        return new Instance(ip, port, weight, true, true, cluster, "", Map.of());
    }

    @Test
    void values_are_normalised_once() {
        Instance instance = instance(" host-1.example ", 0, 0.001, " DEFAULT ");
        assertThat(instance.ip()).isEqualTo("host-1.example");
        assertThat(instance.weight()).isEqualTo(0.01);
        assertThat(instance.cluster()).isSameAs(Instance.DEFAULT_CLUSTER);
        assertThat(instance("::1", 65_535, 0, "").cluster()).isEqualTo("DEFAULT");
        assertThat(instance("::1", 65_535, 0, "").weight()).isZero();
    }

    @Test
    void metadata_is_copied() {
        Map<String, String> metadata = new HashMap<>(Map.of("a", "1"));
        var instance = new Instance("10.0.0.1", 1, 1, true, true, "", "", metadata);
        metadata.put("b", "2");
        assertThat(instance.metadata()).isEqualTo(Map.of("a", "1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "10.0.0.1 x", "主机", "a\u0001b"})
    void odd_addresses_are_refused(String ip) {
        assertThatThrownBy(() -> instance(ip, 1, 1, ""))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining("'ip' is illegal");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 65_536, Integer.MIN_VALUE})
    void ports_out_of_range_are_refused(int port) {
        assertThatThrownBy(() -> instance("10.0.0.1", port, 1, ""))
                .isInstanceOf(InvalidRequest.class)
                .hasMessage("Param 'port' is illegal, the value should be between 0 and 65535.");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 10_000.1, Double.NaN, Double.POSITIVE_INFINITY})
    void weights_out_of_range_are_refused(double weight) {
        assertThatThrownBy(() -> instance("10.0.0.1", 1, weight, ""))
                .isInstanceOf(InvalidRequest.class)
                .hasMessage("instance format invalid: The weights range from 0.0 to 10000.0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a,b", "a.b", "a b", "集"})
    void odd_clusters_are_refused(String cluster) {
        assertThatThrownBy(() -> instance("10.0.0.1", 1, 1, cluster))
                .isInstanceOf(InvalidRequest.class)
                .hasMessage(
                        "Instance 'clusterName' should be characters with only 0-9a-zA-Z-. (current: " + cluster + ")");
    }

    @Test
    void longer_values_are_refused() {
        assertThatThrownBy(() -> instance("a".repeat(129), 1, 1, "")).isInstanceOf(InvalidRequest.class);
        assertThatThrownBy(() -> instance("a", 1, 1, "c".repeat(65))).isInstanceOf(InvalidRequest.class);
        assertThatThrownBy(() -> new Instance("a", 1, 1, true, true, "", "i".repeat(1_025), Map.of()))
                .isInstanceOf(InvalidRequest.class);
    }

    @ParameterizedTest
    @CsvSource({"7000,7000", "'',15000", "-1,15000", "7s,15000", "9999999999999999999,15000", "٣,15000"})
    void times_that_are_no_numbers_mean_the_default(String given, long expected) {
        var metadata = Map.of("preserved.heart.beat.timeout", given);
        assertThat(TestObjects.with(TestObjects.HOST_1, metadata).beatTimeout()).isEqualTo(expected);
    }
}
