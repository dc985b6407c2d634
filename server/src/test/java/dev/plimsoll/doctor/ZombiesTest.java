package dev.plimsoll.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ZombiesTest {
    private final PagesServer server = new PagesServer();

    @BeforeEach
    void start() throws IOException {
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    private void services(String items) {
        server.page("/nacos/v3/admin/ns/service/list", "{\"code\":0,\"data\":{\"pageItems\":[" + items + "]}}");
    }

    private static String service(String name, int instances, int healthy) {
        return "{\"name\":\"" + name + "\",\"groupName\":\"G\",\"ipCount\":" + instances + ",\"healthyInstanceCount\":"
                + healthy + "}";
    }

    private void instance(String ip, int port, boolean ephemeral, boolean healthy, String more) {
        server.page(
                "/nacos/v3/admin/plimsoll/instance",
                "{\"code\":0,\"data\":{\"instances\":[{\"ip\":\"" + ip + "\",\"port\":" + port + ",\"ephemeral\":"
                        + ephemeral + ",\"healthy\":" + healthy + more + "}]}}");
    }

    private Report examine(boolean probe) {
        var chart = new Chart();
        new Zombies(new Pages(server.address(), Authorities.ofMachine()), InetAddress::isLinkLocalAddress, chart)
                .check(probe);
        return chart.report("test");
    }

    private static void assertFound(Report report, String cause, String evidence) {
        assertThat(report.diagnoses()).singleElement().satisfies(found -> {
            assertThat(found.cause()).isEqualTo(cause);
            assertThat(found.evidence()).containsExactly(evidence);
        });
    }

    @Test
    void a_registry_of_the_living_has_none() {
        services(service("orders", 2, 2) + "," + service("empty", 0, 0));
        instance(
                "10.1.0.7",
                8080,
                true,
                true,
                ",\"keptBy\":\"connection\",\"owner\":\"a\",\"client\":{\"ip\":\"10.1.0.7\"}");

        Report report = examine(false);

        assertThat(report.diagnoses()).isEmpty();
        assertThat(report.fine())
                .contains(new Report.Note("zombies", "none in 2 services, the instances of 1 of them"));
    }

    @Test
    void a_service_that_is_waited_for_has_subscribers_and_no_provider() {
        services(service("orders", 0, 0));
        server.page("/nacos/v3/admin/ns/service/subscribers", "{\"code\":0,\"data\":{\"totalCount\":3}}");

        assertFound(
                examine(false),
                "Services that are subscribed to and have no provider: 1",
                "public G@@orders: 3 subscribers");
    }

    @Test
    void a_persistent_instance_that_fails_its_checks_is_told_with_their_outcome() {
        services(service("orders", 1, 0));
        instance("10.1.0.7", 8080, false, false, ",\"lastCheckOutcome\":\"refused\"");

        assertFound(
                examine(false),
                "Persistent instances that fail their checks: 1",
                "public G@@orders 10.1.0.7:8080: refused");
    }

    @Test
    void an_instance_whose_owner_fell_silent_is_told_with_its_last_beat() {
        services(service("orders", 1, 0));
        instance("10.1.0.7", 8080, true, false, ",\"lastBeat\":1795000000000");

        assertFound(
                examine(false),
                "Instances whose owner fell silent: 1",
                "public G@@orders 10.1.0.7:8080, last beat " + LogTime.toTheSecond(1_795_000_000_000L) + " UTC");
    }

    @Test
    void an_instance_of_a_client_that_is_not_connected_is_told() {
        services(service("orders", 1, 1));
        instance("10.1.0.7", 8080, true, true, ",\"keptBy\":\"connection\",\"owner\":\"gone\"");

        assertFound(
                examine(false),
                "Instances of clients that are not connected: 1",
                "public G@@orders 10.1.0.7:8080, owner gone");
    }

    @Test
    void a_provider_that_refuses_is_found_by_a_probe_only() throws IOException {
        int open;
        try (var listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            open = listener.getLocalPort();
            services(service("orders", 1, 1));
            instance("127.0.0.1", open, true, true, "");
            assertThat(examine(true).diagnoses()).isEmpty();
        }
        assertThat(examine(false).diagnoses()).isEmpty();

        server.page("/nacos/v3/admin/ns/service/subscribers", "{\"code\":0,\"data\":{\"totalCount\":2}}");
        assertThat(examine(true).diagnoses()).singleElement().satisfies(found -> assertThat(found.evidence())
                .allMatch(line -> line.startsWith("public G@@orders 127.0.0.1:" + open + ": Connection refused")
                        && line.endsWith("2 subscribers hear of it")));
    }

    @Test
    void what_is_waited_for_is_found_after_many_that_were_not_read() {
        services(IntStream.range(0, 98).mapToObj(i -> service("s" + i, 1, 1)).collect(Collectors.joining(",")) + ","
                + service("lonely", 0, 0));
        server.page(
                "/nacos/v3/console/core/namespace/list",
                "{\"code\":0,\"data\":[{\"namespace\":\"dev\"},{\"namespace\":\"test\"}]}");
        server.page("/nacos/v3/admin/ns/service/subscribers", "{\"code\":0,\"data\":{\"totalCount\":1}}");
        instance(
                "10.1.0.7",
                8080,
                true,
                true,
                ",\"keptBy\":\"connection\",\"owner\":\"a\",\"client\":{\"ip\":\"10.1.0.7\"}");

        Report report = examine(false);

        assertThat(report.diagnoses()).singleElement().satisfies(found -> assertThat(found.evidence())
                .containsExactlyInAnyOrder(
                        "public G@@lonely: 1 subscriber",
                        "dev G@@lonely: 1 subscriber",
                        "test G@@lonely: 1 subscriber"));
        assertThat(report.unknown()).singleElement().satisfies(note -> assertThat(note.text())
                .isEqualTo("the instances of more than 200 services would have to be looked at"));
    }

    @Test
    void a_server_without_the_page_of_reasons_is_asked_for_its_instances() {
        services(service("orders", 1, 0));
        server.page(
                "/nacos/v3/admin/ns/instance/list",
                "{\"code\":0,\"data\":[{\"ip\":\"10.1.0.7\",\"port\":8080,\"ephemeral\":false,\"healthy\":false}]}");

        assertFound(examine(false), "Persistent instances that fail their checks: 1", "public G@@orders 10.1.0.7:8080");
    }

    @Test
    void an_address_that_health_checks_refuse_is_not_connected_to_and_that_is_said() {
        services(service("orders", 1, 1));
        instance("169.254.169.254", 80, true, true, "");

        Report report = examine(true);

        assertThat(report.diagnoses()).isEmpty();
        assertThat(report.unknown()).singleElement().satisfies(note -> assertThat(note.text())
                .startsWith("1 instances are at addresses that are not connected to"));
        assertThat(examine(false).unknown()).isEmpty();
    }

    @Test
    void a_provider_that_is_shown_to_nobody_may_refuse() throws IOException {
        int refusing;
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            refusing = listener.getLocalPort();
        }
        services(service("orders", 1, 1));
        instance("127.0.0.1", refusing, true, true, ",\"shown\":false");

        assertThat(examine(true).diagnoses()).isEmpty();
    }

    @Test
    void a_name_is_never_looked_up_by_a_probe() {
        services(service("orders", 1, 1));
        instance("evil.example", 80, true, true, "");

        assertThat(examine(true).diagnoses()).isEmpty();
    }

    @Test
    void a_list_that_cannot_be_read_is_unknown() {
        assertThat(examine(false).unknown()).singleElement().satisfies(note -> assertThat(note.text())
                .contains("404"));
    }

    @Test
    void of_a_large_registry_a_bounded_part_is_seen_and_said() {
        services(IntStream.range(0, 100).mapToObj(i -> service("s" + i, 1, 1)).collect(Collectors.joining(",")));

        Report report = examine(false);

        assertThat(report.diagnoses()).isEmpty();
        assertThat(report.unknown()).singleElement().satisfies(note -> assertThat(note.text())
                .isEqualTo("there are more than the 1000 services that were seen"));
    }
}
