package dev.plimsoll.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.registry.ServiceKey;
import dev.plimsoll.session.Session;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryRoutesTest {
    private static final String MEMORY = "/nacos/v3/admin/plimsoll/memory";
    private static final String LIST = "/nacos/v1/ns/instance/list?serviceName=orders";

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
    void shows_the_line_its_accounts_and_what_the_allocator_says() {
        server.requests.reserve(12_345);
        assertThat(server.get(MEMORY).body())
                .startsWith("{\"code\":0,\"message\":\"success\",\"data\":{\"line\":629145600,\"heap\":314572800,")
                .contains("\"directTaken\":3145728,\"directInUse\":1048576,", "\"drift\":", "\"findings\":[]")
                .containsPattern("\"name\":\"requests\",\"kind\":\"heap\",\"share\":41943040,\"limit\":41943040,"
                        + "\"held\":1[2-9]\\d{3},");
        server.requests.release(12_345);
    }

    private static String holder(String account, String kind, String who, String held, String unit) {
        return "\\{\"account\":\"" + account + "\",\"kind\":\"" + kind + "\",\"holder\":\"" + who + "\",\"held\":"
                + held + ",\"unit\":\"" + unit + "\"\\}";
    }

    @Test
    void tells_who_holds_most_and_how_many_are_told_is_the_callers_choice() {
        for (int i = 1; i <= 3; i++) {
            for (int j = 1; j <= i; j++) {
                server.post("/nacos/v1/ns/instance?namespaceId=ns-" + i + "&serviceName=orders-" + i + "&ip=10.0.0." + j
                        + "&port=80");
            }
        }
        server.post("/nacos/v1/cs/configs?dataId=a&group=G&tenant=dev&content=x");
        assertThat(server.get(MEMORY).body())
                .containsPattern("\"holders\":\\["
                        + holder("registry", "service", "ns-3 DEFAULT_GROUP@@orders-3", "[0-9]{3,4}", "bytes") + ","
                        + holder("registry", "service", "ns-2 DEFAULT_GROUP@@orders-2", "[0-9]{3,4}", "bytes"))
                .containsPattern(holder("registry", "namespace", "ns-3", "3", "instances") + ","
                        + holder("registry", "namespace", "ns-2", "2", "instances"))
                .containsPattern(holder("connections", "address", "127.0.0.1", "[0-9]+", "connections"))
                .containsPattern(holder("config index", "namespace", "dev", "1", "configurations"));
        assertThat(server.get(MEMORY + "?top=1").body())
                .contains("ns-3 DEFAULT_GROUP@@orders-3")
                .doesNotContain("ns-2");
        assertThat(server.get(MEMORY + "?top=0").body()).doesNotContain("\"holders\"");
        assertThat(server.get(MEMORY + "?top=101").statusCode()).isEqualTo(400);
        assertThat(server.get(MEMORY + "?top=-1").statusCode()).isEqualTo(400);
    }

    @Test
    void clients_that_watch_and_listen_are_among_those_who_hold_most() {
        Session session = server.connect("1700000000000_10.0.0.7_50001", "10.0.0.7");
        session.watches(7);
        session.listens(new ConfigKey("public", "G", "rules"), null);
        String who = "1700000000000_10.0.0.7_50001 \\(10.0.0.7, shop, Nacos-Java-Client:v2.4.3\\)";
        assertThat(server.get(MEMORY).body())
                .containsPattern(holder("watches", "client", who, "7", "subscriptions"))
                .containsPattern(holder("listeners", "client", who, "1", "configurations"));
    }

    @Test
    void contents_encoded_states_and_requests_under_way_have_their_holders() {
        server.post("/nacos/v1/cs/configs?dataId=small&group=G&tenant=dev&content=x");
        server.post("/nacos/v1/cs/configs?dataId=large&group=G&tenant=dev&content=" + "x".repeat(2_000));
        server.post("/nacos/v1/ns/instance?serviceName=orders&ip=10.0.0.1&port=80");
        server.sessions
                .frames()
                .answer(new ServiceKey("public", "", "orders"), "far", "QueryServiceResponse", new byte[0], new byte[0])
                .release();
        assertThat(server.get(MEMORY).body())
                .containsPattern(holder("config contents", "configuration", "dev G large", "2[0-9]{3}", "bytes") + ","
                        + holder("config contents", "configuration", "dev G small", "[34][0-9]{2}", "bytes"))
                .containsPattern(holder(
                        "snapshots",
                        "service",
                        "public DEFAULT_GROUP@@orders \\(clusters far\\)",
                        "[0-9]{3,4}",
                        "bytes"))
                // that of this very question
                .containsPattern(holder("requests", "client", "[0-9]+_127.0.0.1_[0-9]+", "[0-9]{3,5}", "bytes"))
                .contains("\"holdersComplete\":true");
        assertThat(server.requests.held()).isZero();
        assertThat(server.net.connections()).allMatch(connection -> connection.requestBytes() == 0);
    }

    @Test
    void a_walk_that_takes_too_long_ends_and_the_answer_says_so() {
        for (int i = 0; i < 100; i++) {
            server.post("/nacos/v1/ns/instance?serviceName=orders-" + i + "&ip=10.0.0.1&port=80");
        }
        var time = new AtomicLong();
        var holders = new TopHolders(
                server.registry,
                server.configs,
                server.sessions,
                Stream::empty,
                () -> time.addAndGet(TopHolders.PATIENCE.toNanos() / 10));
        TopHolders.Found found = holders.find(100);
        assertThat(found.complete()).isFalse();
        assertThat(found.holders().stream().filter(holder -> holder.kind().equals("service")))
                .hasSizeBetween(5, 15);
    }

    @Test
    void queries_are_refused_when_requests_are_many_and_registrations_and_health_are_not() {
        long most = server.requests.limit() / 4 * 3 + 1;
        server.requests.reserve(most);
        var refused = server.get(LIST);
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).contains("1");
        assertThat(refused.body()).startsWith("requests: ").contains("queries wait");
        assertThat(server.post("/nacos/v1/ns/instance?serviceName=orders&ip=1.1.1.1&port=80")
                        .body())
                .isEqualTo("ok");
        assertThat(server.get("/health/live").statusCode()).isEqualTo(200);
        assertThat(server.get(MEMORY).body()).contains("\"queriesRefused\":1,");
        server.requests.release(most);
        assertThat(server.get(LIST).statusCode()).isEqualTo(200);
        assertThat(server.requests.held()).isZero();
    }
}
