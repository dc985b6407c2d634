package dev.plimsoll.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.doctor.Tallies.Count;
import dev.plimsoll.wire.KnownFaults;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SdkVersionsTest {
    @ParameterizedTest
    @CsvSource({
        "Nacos-Go-Client:v2.2.9, nacos-sdk-go#815",
        "Nacos-Go-Client:v2.3.5, nacos-sdk-go#910",
        "Nacos-Java-Client:v2.0.1, #6384",
        "Nacos-Java-Client:v2.1.1, #9227",
        "Nacos-Java-Client:v2.3.1, #11880",
        "nacos-java-client:v2.3.1-SNAPSHOT, #11880"
    })
    void a_version_with_a_fault_is_known_with_its_source(String client, String source) {
        assertThat(KnownFaults.of(client)).anyMatch(fault -> fault.source().contains(source));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Nacos-Java-Client:v2.3.2",
                "Nacos-Java-Client:v2.1.2",
                "Nacos-Java-Client:v3.1.0",
                "Nacos-Go-Client:v2.2.8",
                "Nacos-Go-Client:v2.2.10",
                "Nacos-Python-Client:v2.2.9",
                "unknown",
                "",
                "Nacos-Go-Client:v99999.1.1",
                "v2.2.9"
            })
    void any_other_version_is_not(String client) {
        assertThat(KnownFaults.of(client)).isEmpty();
    }

    @Test
    void every_fault_has_a_range_and_a_source() {
        assertThat(KnownFaults.ALL).isNotEmpty().allSatisfy(fault -> {
            assertThat(fault.from()).hasSize(3).isNotEqualTo(fault.before());
            assertThat(java.util.Arrays.compare(fault.from(), fault.before())).isNegative();
            assertThat(fault.source()).matches(".*(#[0-9]+|release).*");
        });
    }

    @Test
    void connected_versions_are_counted_and_faulty_ones_named() {
        var versions = new Tallies<>(10, Count::new);
        versions.of("Nacos-Java-Client:v2.4.3").count = 40;
        versions.of("Nacos-Go-Client:v2.2.9").count = 3;
        var chart = new Chart();
        SdkVersions.check(versions, chart);

        Report report = chart.report("test");
        assertThat(report.diagnoses()).hasSize(1);
        assertThat(report.diagnoses().get(0).evidence())
                .hasSize(1)
                .allMatch(line -> line.startsWith("3 of Nacos-Go-Client"));
        assertThat(report.tables().get(0).rows().get(0)).startsWith("Nacos-Java-Client:v2.4.3", "40");
    }

    @Test
    void versions_without_faults_are_fine() {
        var versions = new Tallies<>(10, Count::new);
        versions.of("Nacos-Java-Client:v3.1.0").count = 1;
        var chart = new Chart();
        SdkVersions.check(versions, chart);

        assertThat(chart.report("test").severity()).isEqualTo(Severity.HEALTHY);
    }
}
