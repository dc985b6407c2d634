package dev.plimsoll.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.vitals.Condition;
import dev.plimsoll.vitals.Gauge;
import dev.plimsoll.vitals.RequestKind;
import dev.plimsoll.vitals.Samples;
import dev.plimsoll.vitals.Severity;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What scrapers are shown, of a server that asks nobody who he is. */
class MetricsTest {
    private static final String REFERENCE = "/nacos/actuator/prometheus";
    private static final String AGENT = "User-Agent";
    private static final String MARK = "zzclientzz";

    @TempDir
    Path data;

    private HttpFixture server;

    @BeforeEach
    void start() {
        server = new HttpFixture(data);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private MetricsPage page() {
        return new MetricsPage(server.get("/metrics").body());
    }

    private static String monitor(String module, String name) {
        return "nacos_monitor{module=\"" + module + "\",name=\"" + name + "\"}";
    }

    private static String requests(RequestKind kind) {
        return "plimsoll_request_seconds_count{kind=\"" + kind.word() + "\"}";
    }

    @Test
    void both_pages_hold_the_same_series_and_say_which_format_they_have() {
        var ours = server.get("/metrics");
        var reference = server.get(REFERENCE);
        assertThat(ours.statusCode()).isEqualTo(200);
        assertThat(HttpFixture.header(ours, "content-type")).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
        assertThat(HttpFixture.header(reference, "content-type")).isEqualTo(HttpFixture.header(ours, "content-type"));
        assertThat(withoutRoutes(new MetricsPage(reference.body())))
                .isEqualTo(withoutRoutes(new MetricsPage(ours.body())));
    }

    @Test
    void the_reference_s_page_is_under_the_context_path() {
        try (var elsewhere = new HttpFixture(data.resolve("elsewhere"), "/registry", router -> {})) {
            assertThat(elsewhere.get("/registry/actuator/prometheus").statusCode())
                    .isEqualTo(200);
            assertThat(elsewhere.get("/metrics").statusCode()).isEqualTo(200);
            assertThat(elsewhere.get(REFERENCE).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void every_gauge_that_is_sampled_is_on_the_page() {
        String page = server.get("/metrics").body();
        for (Gauge gauge : server.sampler.gauges()) {
            int point = gauge.name().indexOf('.');
            String last = gauge.name().substring(point + 1);
            assertThat(page)
                    .as(gauge.name())
                    .matches("(?s).*(\"" + last + "\"|plimsoll_([a-z]+_)?" + last.replace('-', '_') + "[_ ]|of=\""
                            + last.replace("-", "\",outcome=\"") + "\").*");
        }
    }

    @Test
    void what_clients_do_is_counted_by_our_names_and_the_reference_s() {
        MetricsPage before = page();
        assertThat(before.value(monitor("naming", "ipCount"))).isZero();

        server.post("/nacos/v1/ns/instance?serviceName=orders&ip=1.1.1.1&port=80");
        server.get("/nacos/v1/ns/instance/list?serviceName=orders&udpPort=50000", AGENT, "Nacos-Java-Client:v1.4.2");
        server.post("/nacos/v1/cs/configs?dataId=a&group=b&content=c");
        server.get("/nacos/v1/cs/configs?dataId=a&group=b");
        server.post("/nacos/v1/ns/instance?serviceName=orders&ip=1.1.1.1&port=99999");

        MetricsPage after = page();
        assertThat(after.value("plimsoll_instances")).isEqualTo(1);
        assertThat(after.value("plimsoll_services")).isEqualTo(1);
        assertThat(after.value("plimsoll_subscriptions")).isEqualTo(1);
        assertThat(after.value("plimsoll_configs")).isEqualTo(1);
        assertThat(after.value(requests(RequestKind.REGISTER))).isEqualTo(2);
        assertThat(after.value(requests(RequestKind.QUERY))).isEqualTo(1);
        assertThat(after.value(requests(RequestKind.CONFIG_PUBLISH))).isEqualTo(1);
        assertThat(after.value("plimsoll_requests_failed_total")).isEqualTo(1);
        assertThat(after.value(monitor("naming", "ipCount"))).isEqualTo(1);
        assertThat(after.value(monitor("naming", "serviceCount"))).isEqualTo(1);
        assertThat(after.value(monitor("naming", "subscriberCount"))).isEqualTo(1);
        assertThat(after.value(monitor("config", "configCount"))).isEqualTo(1);
        assertThat(after.value(monitor("config", "publish"))).isEqualTo(1);
        assertThat(after.value(monitor("config", "getConfig"))).isEqualTo(1);
        assertThat(after.value("nacos_naming_subscriber{version=\"v1\"}")).isEqualTo(1);
        assertThat(after.value("nacos_naming_subscriber{version=\"v2\"}")).isZero();
        assertThat(after.value("nacos_naming_publisher{version=\"v1\"}")).isEqualTo(1);
        assertThat(after.value("nacos_timer_seconds_count{module=\"config\",name=\"writeConfigRt\"}"))
                .isEqualTo(1);
        assertThat(after.value("plimsoll_account_used_bytes{account=\"registry\"}"))
                .isGreaterThan(before.value("plimsoll_account_used_bytes{account=\"registry\"}"));
        assertThat(after.value("plimsoll_account_limit_bytes{account=\"requests\"}"))
                .isEqualTo((double) server.requests.limit());
        assertThat(after.value("plimsoll_resident_bytes")).isGreaterThan(1 << 20);
        assertThat(after.value("plimsoll_cpu_seconds_total")).isGreaterThan(before.value("plimsoll_cpu_seconds_total"));
        assertThat(after.value("process_start_time_seconds")).isEqualTo(HttpFixture.NOW.toEpochMilli() / 1e3);
    }

    @Test
    void the_slowest_of_a_kind_are_those_of_the_last_sample_as_the_page_vitals_has_them() {
        String quantile = "plimsoll_request_seconds{kind=\"query\",quantile=\"0.99\"}";
        assertThat(page().value(quantile)).isNaN();
        server.get("/nacos/v1/ns/instance/list?serviceName=orders");
        double sampled = server.vitalsLoop
                .call(() -> {
                    Samples.take(server.sampler);
                    return server.sampler.recently("p99.query", 1);
                })
                .toCompletableFuture()
                .join();
        assertThat(sampled).isPositive();
        assertThat(page().value(quantile)).isEqualTo(sampled / 1e3);
    }

    @Test
    void findings_are_counted_by_severity() {
        assertThat(page().value("plimsoll_findings{severity=\"critical\"}")).isZero();
        server.findings.found(new Condition("accounts", "full", "-"), "one", Severity.CRITICAL, "");
        server.findings.found(new Condition("accounts", "full", "-"), "two", Severity.CRITICAL, "");
        assertThat(page().value("plimsoll_findings{severity=\"critical\"}")).isEqualTo(2);
        assertThat(page().value("plimsoll_findings{severity=\"warning\"}")).isZero();
    }

    @Test
    void whatever_clients_send_the_page_has_the_same_series_and_nothing_of_theirs() {
        Set<String> before = withoutRoutes(page());
        for (int i = 0; i < 40; i++) {
            String name = MARK + i;
            server.post("/nacos/v1/ns/instance?ip=1.1.1.1&port=80&namespaceId=" + name + "&serviceName=" + name
                    + "&groupName=" + name + "&clusterName=" + name + "&metadata=" + name + "%3D" + name);
            server.get(
                    "/nacos/v1/ns/instance/list?serviceName=" + name + "&udpPort=5000" + i % 10 + "&app=" + name,
                    AGENT,
                    "Nacos-Java-Client:v1.4." + name);
            server.post(
                    "/nacos/v1/cs/configs?dataId=" + name + "&group=" + name + "&tenant=" + name + "&content=" + name);
            server.get("/" + name, AGENT, name, "Client-Version", name, "X-Forwarded-For", name);
            server.post("/nacos/v1/auth/login?username=" + name + "&password=" + name);
        }
        String after = server.get("/metrics?" + MARK + "=" + MARK).body();
        assertThat(withoutRoutes(new MetricsPage(after))).isEqualTo(before);
        assertThat(after).doesNotContain(MARK).doesNotContain("1.1.1.1").doesNotContain("127.0.0.1");
        assertThat(after.length()).isLessThan(Exposition.MAX_BYTES);
    }

    private static Set<String> withoutRoutes(MetricsPage page) {
        var rest = new HashSet<>(page.samples().keySet());
        rest.removeIf(series -> series.startsWith("http_server_requests_seconds"));
        return rest;
    }

    private static String answers(String part, String method, String outcome, int status, String uri) {
        return "http_server_requests_seconds_" + part + "{method=\"" + method + "\",outcome=\"" + outcome
                + "\",status=\"" + status + "\",uri=\"" + uri + "\"}";
    }

    @Test
    void answers_are_counted_by_route_and_never_by_what_was_asked_for() {
        server.get("/nacos/v1/cs/configs?dataId=" + MARK + "&group=b");
        server.get("/nacos/v1/cs/configs?dataId=" + MARK + "&group=b");
        server.post("/nacos/v1/cs/configs?dataId=a&group=b&content=c");
        server.post("/nacos/v1/cs/configs?dataId=a");
        server.get("/" + MARK);
        server.send("PURGE", "/nacos/v1/cs/configs", null);

        MetricsPage page = page();
        String configs = "/nacos/v1/cs/configs";
        assertThat(page.value(answers("count", "GET", "CLIENT_ERROR", 404, configs)))
                .isEqualTo(2);
        assertThat(page.value(answers("count", "POST", "SUCCESS", 200, configs)))
                .isEqualTo(1);
        assertThat(page.value(answers("count", "POST", "CLIENT_ERROR", 400, configs)))
                .isEqualTo(1);
        assertThat(page.value(answers("count", "UNKNOWN", "CLIENT_ERROR", 404, "UNKNOWN")))
                .isEqualTo(1);
        assertThat(page.value(answers("count", "UNKNOWN", "CLIENT_ERROR", 405, "UNKNOWN")))
                .isEqualTo(1);
        double sum = page.value(answers("sum", "GET", "CLIENT_ERROR", 404, configs));
        double longest = page.value(answers("max", "GET", "CLIENT_ERROR", 404, configs));
        assertThat(longest).isPositive().isLessThanOrEqualTo(sum);
    }

    @Test
    void errors_are_counted_by_the_reference_s_names() {
        String illegal = "nacos_exception_total{module=\"config\",name=\"illegalArgument\"}";
        String disk = "nacos_exception_total{module=\"naming\",name=\"disk\"}";
        assertThat(page().value(illegal)).isZero();
        server.post("/nacos/v1/cs/configs?dataId=a");
        server.post("/nacos/v1/ns/instance?serviceName=orders&ip=1.1.1.1&port=99999");
        server.traffic.faults().unwritten(true);
        assertThat(page().value(illegal)).isEqualTo(1);
        assertThat(page().value("nacos_exception_total{module=\"config\",name=\"nacos\"}"))
                .isZero();
        assertThat(page().value(disk)).isEqualTo(1);
        assertThat(page().value("nacos_exception_total{module=\"config\",name=\"db\"}"))
                .isZero();
        assertThat(page().value(monitor("naming", "leaderStatus"))).isEqualTo(1);
    }

    @Test
    void a_page_has_its_place_among_requests_and_gives_it_back() {
        long most = server.requests.limit() - Exposition.HEAP_BYTES;
        server.requests.reserve(most);
        var refused = server.get("/metrics");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(HttpFixture.header(refused, "retry-after")).isEqualTo("1");
        server.requests.release(most);

        // Queries are refused long before.
        server.requests.reserve(most - (64 << 10));
        assertThat(server.get("/nacos/v1/ns/instance/list?serviceName=orders").statusCode())
                .isEqualTo(503);
        var tight = server.get("/metrics");
        assertThat(tight.statusCode()).isEqualTo(200);
        assertThat(tight.body()).contains("plimsoll_instances 0\n").doesNotContain("http_server_requests");
        server.requests.release(most - (64 << 10));
        assertThat(server.requests.held()).isZero();
        assertThat(server.get("/metrics").body()).contains("http_server_requests_seconds_count{");
    }

    @Test
    void it_is_got_or_its_head_is_and_no_more() {
        var head = server.send("HEAD", "/metrics", null);
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(HttpFixture.header(head, "content-type")).startsWith("text/plain; version=0.0.4");
        for (String path : new String[] {"/metrics", REFERENCE}) {
            var posted = server.post(path);
            assertThat(posted.statusCode()).isEqualTo(405);
            assertThat(HttpFixture.header(posted, "allow")).isEqualTo("GET, HEAD");
        }
    }
}
