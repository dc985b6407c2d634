package dev.plimsoll.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.vitals.Condition;
import dev.plimsoll.vitals.RequestKind;
import dev.plimsoll.vitals.Severity;
import dev.plimsoll.vitals.Traffic;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VitalsRoutesTest {
    private static final String VITALS = "/nacos/v3/admin/plimsoll/vitals";
    private static final String FINDINGS = "/nacos/v3/admin/plimsoll/findings";
    private static final Condition FULL = new Condition("accounts", "an account is full", "give a larger line");

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

    @Test
    void shows_what_was_sampled_in_steps_that_may_be_empty() {
        assertThat(server.get(VITALS + "?from=1764139200000&to=1764139260000&step=30")
                        .body())
                .startsWith("{\"code\":0,\"message\":\"success\",\"data\":{\"version\":\"1.2.3\",\"now\":")
                .contains("\"started\":" + HttpFixture.NOW.toEpochMilli()
                        + ",\"from\":1764139200000,\"to\":1764139260000," + "\"step\":30,\"points\":2,\"series\":[")
                .contains("{\"name\":\"resident\",\"unit\":\"bytes\",\"fold\":\"max\",\"values\":[null,null]}")
                .contains(
                        "{\"name\":\"requests.query\",\"unit\":\"per second\",\"fold\":\"mean\",\"values\":[null,null]}");
        assertThat(server.get(VITALS + "?names=resident&step=60").body())
                .contains("\"name\":\"resident\"")
                .doesNotContain("requests.query");
    }

    @Test
    void what_cannot_be_shown_is_refused_in_words() {
        for (String query : new String[] {
            "?step=7",
            "?from=9&to=8",
            "?from=-1",
            "?from=x",
            "?to=99999999999999999999",
            "?names=none",
            "?from=1&to=2592000001" + "&step=10",
            "?names=" + "a".repeat(5_000)
        }) {
            var answer = server.get(VITALS + query);
            assertThat(answer.statusCode()).as(query).isEqualTo(400);
            assertThat(answer.body()).as(query).startsWith("{\"code\":20002,").contains("expected: ");
        }
    }

    @Test
    void shows_what_is_found_and_what_was() {
        assertThat(server.get(FINDINGS).body())
                .contains("\"severity\":\"ok\",\"checks\":[],\"current\":[],\"ended\":[]");
        server.findings.found(FULL, "registry", Severity.CRITICAL, "holds all of it");
        String finding = "{\"check\":\"accounts\",\"severity\":\"critical\",\"cause\":\"an account is full\","
                + "\"subject\":\"registry\",\"evidence\":\"holds all of it\",\"advice\":\"give a larger line\",\"since\":"
                + HttpFixture.NOW.toEpochMilli();
        assertThat(server.get(FINDINGS).body()).contains("\"severity\":\"critical\"", "\"current\":[" + finding + "}]");
        assertThat(server.get("/nacos/v3/admin/plimsoll/memory").body()).contains("\"findings\":[" + finding + "}]");
        server.findings.over(FULL, "registry", "");
        assertThat(server.get(FINDINGS).body())
                .contains("\"severity\":\"ok\"", "\"ended\":[" + finding + ",\"until\":");
    }

    @Test
    void requests_are_counted_by_kind_and_errors_apart() {
        server.post("/nacos/v1/ns/instance?serviceName=orders&ip=1.1.1.1&port=80");
        server.get("/nacos/v1/ns/instance/list?serviceName=orders");
        server.get("/nacos/v3/client/ns/instance/list?serviceName=orders");
        server.get("/nacos/v1/cs/configs?dataId=a&group=b"); // not there, which is no failure
        server.post("/nacos/v1/cs/configs?dataId=a&group=b&content=c");
        server.put("/nacos/v1/ns/instance/beat?serviceName=orders&ip=1.1.1.1&port=80");
        server.get("/health/live");
        server.delete("/nacos/v1/ns/instance?serviceName=orders&ip=1.1.1.1&port=80");
        assertThat(server.traffic.failedCount()).isZero();
        server.post("/nacos/v1/ns/instance?serviceName=orders&ip=1.1.1.1&port=99999");
        assertThat(count(RequestKind.REGISTER)).isEqualTo(2);
        assertThat(count(RequestKind.QUERY)).isEqualTo(2);
        assertThat(count(RequestKind.CONFIG_READ)).isEqualTo(1);
        assertThat(count(RequestKind.CONFIG_PUBLISH)).isEqualTo(1);
        assertThat(count(RequestKind.BEAT)).isEqualTo(1);
        assertThat(count(RequestKind.HEALTH)).isEqualTo(1);
        assertThat(count(RequestKind.DEREGISTER)).isEqualTo(1);
        assertThat(server.traffic.failedCount()).isEqualTo(1);
        assertThat(server.traffic.refusedCount()).isZero();
    }

    @Test
    void who_asks_most_can_be_told() {
        for (int i = 0; i < 400; i++) {
            server.get("/nacos/v1/ns/instance/list?serviceName=orders&namespaceId=dev");
        }
        Traffic.Askers askers = server.traffic.askers(RequestKind.QUERY);
        assertThat(askers.addresses().most(1).get(0).name()).isEqualTo("127.0.0.1");
        assertThat(askers.namespaces().most(1).get(0).name()).isEqualTo("dev");
        assertThat(askers.names().most(1).get(0).name()).isEqualTo("orders");
        assertThat(server.traffic.askers(RequestKind.BEAT).addresses().most(1)).isEmpty();
    }

    private long count(RequestKind kind) {
        return server.traffic.of(kind).count();
    }
}
