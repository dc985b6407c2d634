package dev.plimsoll.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OwnPagesTest {
    private static final String BASE = "/nacos/v3/admin/plimsoll";
    private static final long NOW = 1_795_000_000_000L;
    private static final String CLIENT = """
            {"connectionId":"1_10.1.0.9_5","ip":"10.1.0.9","app":"orders","version":"Nacos-Java-Client:v2.4.3","goneSince":null,
             "sent":100,"acked":%d,"failures":%d,"bytesWaiting":%d,"parkedMillis":%s,"parkedFor":"the socket takes no more",
             "oldestUnackedMillis":%s,"lastError":"no answer within 3 s"}""";

    private final PagesServer server = new PagesServer();

    @BeforeEach
    void start() throws IOException {
        server.start();
        memory(NOW);
        clients("");
        findings("", "");
        server.page(BASE + "/logins", "{\"code\":0,\"data\":{\"logins\":[]}}");
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    private void memory(long serverNow) {
        server.page(
                BASE + "/memory",
                "{\"code\":0,\"data\":{\"line\":268435456,\"heap\":117440512,\"direct\":39145472,\"process\":{\"resident\":81264640,"
                        + "\"started\":" + (NOW - 7_200_000) + ",\"now\":" + serverNow + "}}}");
    }

    private void clients(String items) {
        server.page(
                BASE + "/clients",
                "{\"code\":0,\"data\":{\"totals\":{\"connected\":12,\"parked\":1},\"versions\":[{\"version\":"
                        + "\"Nacos-Java-Client:v2.4.3\",\"clients\":12}],\"pagesAvailable\":1,\"pageItems\":[" + items
                        + "]}}");
    }

    private void findings(String current, String checks) {
        server.page(
                BASE + "/findings",
                "{\"code\":0,\"data\":{\"severity\":\"ok\",\"checks\":[" + checks + "],\"current\":[" + current
                        + "],\"ended\":[]}}");
    }

    private Report examine() {
        var chart = new Chart();
        new OwnPages(
                        new Pages(server.address(), Authorities.ofMachine()),
                        InstantSource.fixed(Instant.ofEpochMilli(NOW)),
                        chart)
                .all();
        return chart.report("test");
    }

    private static List<String> checks(Report report) {
        return report.diagnoses().stream().map(Diagnosis::check).toList();
    }

    @Test
    void a_well_server_is_healthy_and_its_facts_are_told() {
        findings("", "{\"check\":\"growth\",\"known\":true,\"measured\":\"resident +0.1 MiB/h over 24 h, level\"}");

        Report report = examine();

        assertThat(report.severity()).isEqualTo(Severity.HEALTHY);
        assertThat(report.facts())
                .containsEntry("memory", "line 256m, heap 112m, direct 37m, resident 77m")
                .containsEntry("running for", "2 h");
        assertThat(report.fine())
                .extracting(Report.Note::check)
                .contains("growth", "clients", "versions", "clock-skew");
    }

    @ParameterizedTest
    @CsvSource({"critical, 2", "warning, 1", "info, 0"})
    void what_the_server_found_is_told_as_bad_as_it_is(String severity, int exitStatus) {
        for (String check : List.of("limits", "growth", "surge", "logins", "files", "disk", "clock", "accounts")) {
            findings(
                    "{\"check\":\"" + check + "\",\"severity\":\"" + severity + "\",\"cause\":\"something is wrong\","
                            + "\"subject\":\"query\",\"evidence\":\"980 of 1024\",\"advice\":\"raise it\",\"since\":"
                            + NOW + "}",
                    "{\"check\":\"" + check + "\",\"known\":true,\"measured\":\"980 of 1024\"}");

            Report report = examine();

            assertThat(report.severity().exitStatus()).isEqualTo(exitStatus);
            if (exitStatus > 0) {
                Diagnosis found = report.diagnoses().get(0);
                assertThat(found.check()).isEqualTo(check);
                assertThat(found.cause()).isEqualTo("something is wrong (query)");
                assertThat(found.evidence()).first().isEqualTo("980 of 1024");
                assertThat(found.advice()).containsExactly("raise it");
            }
        }
    }

    @Test
    void a_check_with_too_little_to_go_by_is_unknown() {
        findings("", "{\"check\":\"growth\",\"known\":false,\"measured\":\"an hour of samples is needed\"}");

        assertThat(examine().unknown()).contains(new Report.Note("growth", "an hour of samples is needed"));
    }

    @Test
    void pages_that_are_closed_or_missing_are_unknown_and_say_what_is_needed() {
        server.closed(BASE + "/findings").closed(BASE + "/clients");

        Report report = examine();

        assertThat(report.severity()).isEqualTo(Severity.HEALTHY);
        assertThat(report.unknown())
                .filteredOn(note -> note.text().contains("expected: --user"))
                .extracting(Report.Note::check)
                .containsExactly("clients", "findings");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 5 | 65536 | 61000 | 61000 | it never reads: nothing gets through to it",
                "90 | 5 | 65536 | 61000 | 61000 | it stopped reading",
                "90 | 5 | 0 | 61000 | 61000 | its push handler is blocked",
                "0 | 5 | 0 | null | 2000 | it never answers",
                "90 | 8 | 0 | null | null | it is slow"
            })
    void a_client_that_falls_behind_is_named_with_the_likely_cause(
            long acked, long failures, long waiting, String parked, String unacked, String likely) {
        clients(String.format(CLIENT, acked, failures, waiting, parked, unacked));

        Report report = examine();

        assertThat(checks(report)).containsExactly("clients");
        assertThat(report.diagnoses().get(0).evidence())
                .hasSize(1)
                .allMatch(
                        line -> line.startsWith("10.1.0.9 orders Nacos-Java-Client:v2.4.3: ") && line.contains(likely));
        assertThat(report.tables()).anyMatch(table -> table.title().equals("Clients that fall behind"));
    }

    @Test
    void a_version_known_for_it_is_the_likely_cause() {
        Json client = Json.parse(String.format(CLIENT, 0, 5, 0, null, null)
                .replace("Nacos-Java-Client:v2.4.3", "Nacos-Go-Client:v2.2.9")
                .getBytes(java.nio.charset.StandardCharsets.UTF_8));

        assertThat(OwnPages.likely(client)).startsWith("its version is known for it: ");
    }

    @Test
    void a_client_with_a_rare_failure_is_not_ill() {
        clients(String.format(CLIENT, 98, 2, 0, "null", "null"));

        assertThat(examine().diagnoses()).isEmpty();
    }

    @Test
    void clocks_that_differ_are_told() {
        memory(NOW + 60_000);

        assertThat(checks(examine())).containsExactly("clock-skew");
    }

    @Test
    void logins_are_shown_by_user_and_address() {
        server.page(
                BASE + "/logins",
                "{\"code\":0,\"data\":{\"logins\":[{\"username\":\"shop\",\"address\":\"10.1.0.7\",\"right\":3,\"wrong\":9,"
                        + "\"refused\":1,\"lastMillis\":" + NOW + "}]}}");

        assertThat(examine().tables())
                .filteredOn(table -> table.title().equals("Logins"))
                .singleElement()
                .satisfies(table -> assertThat(table.rows())
                        .containsExactly(List.of("shop", "10.1.0.7", "3", "9", "1", LogTime.toTheSecond(NOW))));
    }

    @Test
    void versions_without_clients_are_fine_and_not_unknown() {
        server.page(
                BASE + "/clients",
                "{\"code\":0,\"data\":{\"totals\":{\"connected\":0,\"parked\":0},\"versions\":[],\"pagesAvailable\":1,"
                        + "\"pageItems\":[]}}");

        assertThat(examine().fine()).contains(new Report.Note("versions", "no clients are connected"));
        assertThat(examine().unknown()).noneMatch(note -> note.check().equals("versions"));
    }

    @Test
    void connected_versions_with_known_faults_are_a_warning() {
        server.page(
                BASE + "/clients",
                "{\"code\":0,\"data\":{\"totals\":{\"connected\":3,\"parked\":0},\"versions\":[{\"version\":"
                        + "\"Nacos-Go-Client:v2.2.9\",\"clients\":3}],\"pagesAvailable\":1,\"pageItems\":[]}}");

        Report report = examine();
        assertThat(checks(report)).containsExactly("versions");
        assertThat(report.diagnoses().get(0).evidence())
                .singleElement()
                .asString()
                .startsWith("3 of Nacos-Go-Client");
    }

    @Test
    void who_holds_most_is_a_table() {
        server.page(
                BASE + "/memory",
                "{\"code\":0,\"data\":{\"line\":268435456,\"process\":{},\"holders\":[{\"account\":\"registry\",\"kind\":"
                        + "\"service\",\"holder\":\"public G@@orders\",\"held\":2097152,\"unit\":\"bytes\"},{\"account\":"
                        + "\"connections\",\"kind\":\"address\",\"holder\":\"10.0.0.7\",\"held\":12,\"unit\":\"connections\"}]}}");

        assertThat(examine().tables())
                .filteredOn(table -> table.title().equals("Who holds most"))
                .singleElement()
                .satisfies(table -> assertThat(table.rows())
                        .containsExactly(
                                List.of("registry", "service", "public G@@orders", "2m"),
                                List.of("connections", "address", "10.0.0.7", "12 connections")));
    }

    @Test
    void what_was_sampled_is_plotted() {
        server.page(
                BASE + "/vitals",
                "{\"code\":0,\"data\":{\"from\":" + (NOW - 30_000) + ",\"step\":10,\"points\":3,\"series\":["
                        + "{\"name\":\"resident\",\"unit\":\"bytes\",\"values\":[104857600,null,209715200]},"
                        + "{\"name\":\"requests.query\",\"unit\":\"per second\",\"values\":[1.5,null,2]},"
                        + "{\"name\":\"requests.beat\",\"unit\":\"per second\",\"values\":[0.5,0,1]},"
                        + "{\"name\":\"pushes.services-ok\",\"unit\":\"per second\",\"values\":[1,1,1]},"
                        + "{\"name\":\"pushes.services-failed\",\"unit\":\"per second\",\"values\":[0,0,1]}]}}");

        List<Report.Plot> plots = examine().plots();
        assertThat(plots).extracting(Report.Plot::title).containsExactly("Resident memory", "Requests", "Pushes");
        assertThat(plots.get(0).series().get(0).values()).containsExactly(100, 0, 200);
        assertThat(plots.get(1).series().get(0).values()).containsExactly(20, 0, 30);
        assertThat(plots.get(2).series().get(1).values()).containsExactly(0, 0, 10);
    }
}
