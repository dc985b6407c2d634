package dev.plimsoll.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.session.ClientInfo;
import dev.plimsoll.session.Peer;
import dev.plimsoll.session.Session;
import io.netty.buffer.ByteBuf;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LedgerRoutesTest {
    private static final String PATH = "/nacos/v3/admin/plimsoll/clients";
    private static final String CLOSED = "/nacos/v3/admin/plimsoll/closed";
    private static final Pattern APP = Pattern.compile("\"app\":\"([^\"]*)\"");

    private static HttpFixture server;

    /** Five clients; the later one has come, the more bytes wait for it. */
    @BeforeAll
    static void start(@TempDir Path data) {
        server = new HttpFixture(data);
        for (int i = 1; i <= 5; i++) {
            Session session = server.sessions.open(
                    new Silent("1700000000000_10.0.0.1_5000" + i, i * 100L),
                    new ClientInfo("Nacos-Go-Client:v2.3.0", "10.0.0.1", Map.of("AppName", "app-" + i)));
            session.watches(i);
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private record Silent(String id, long pendingBytes) implements Peer {
        @Override
        public Executor loop() {
            return task -> {
                throw new AssertionError("a reader does not disturb the connection");
            };
        }

        @Override
        public boolean writable() {
            return false;
        }

        @Override
        public void send(ByteBuf message) {
            throw new AssertionError("nothing is sent");
        }

        @Override
        public void close(String reason) {
            throw new AssertionError("nobody is closed");
        }
    }

    private static List<String> apps(HttpResponse<String> response) {
        var apps = new ArrayList<String>();
        var matcher = APP.matcher(response.body());
        while (matcher.find()) {
            apps.add(matcher.group(1));
        }
        return apps;
    }

    @Test
    void a_page_has_the_totals_first_and_a_row_for_each_client() {
        assertThat(server.get(PATH + "?sort=waiting&pageSize=1").body())
                .matches("\\{\"code\":0,\"message\":\"success\",\"data\":\\{\"totals\":\\{\"connected\":5,\"parked\":0,"
                        + "\"remembered\":0,\"ejected\":0,\"services\":\\{\"ok\":0,\"failed\":0},"
                        + "\"configs\":\\{\"ok\":0,\"failed\":0},"
                        + "\"udp\":\\{\"subscribers\":0,\"refused\":0,\"tooLarge\":0,\"ignored\":0}},"
                        + "\"versions\":\\[\\{\"version\":\"Nacos-Go-Client:v2.3.0\",\"clients\":5,\"fault\":\"does not"
                        + " log in again when its token is refused, [^\"]*\",\"source\":\"nacos-group/nacos-sdk-go#910,[^\"]*\"}],"
                        + "\"totalCount\":5,\"pageNumber\":1,\"pagesAvailable\":5,\"pageItems\":\\[\\{"
                        + "\"connectionId\":\"1700000000000_10.0.0.1_50005\",\"ip\":\"10.0.0.1\",\"app\":\"app-5\","
                        + "\"version\":\"Nacos-Go-Client:v2.3.0\",\"connectedSince\":[0-9]{13},"
                        + "\"services\":5,\"configs\":0,\"sent\":0,\"acked\":0,\"failures\":0,\"dirtyTopics\":0,"
                        + "\"bytesWaiting\":500}]}}");
    }

    @Test
    void pages_are_sorted_and_follow_one_another() {
        assertThat(apps(server.get(PATH + "?sort=waiting&pageNo=1&pageSize=2"))).containsExactly("app-5", "app-4");
        assertThat(apps(server.get(PATH + "?sort=waiting&pageNo=3&pageSize=2"))).containsExactly("app-1");
        assertThat(apps(server.get(PATH + "?sort=waiting&pageNo=4&pageSize=2"))).isEmpty();
        assertThat(apps(server.get(PATH))).hasSize(5);
        assertThat(apps(server.get(PATH + "?sort=parked&pageSize=500"))).hasSize(5);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sort=age | sort: 'age' (expected: failures, waiting or parked)",
                "pageNo=0 | pageNo: 0 (expected: 1 to 2147483647)",
                "pageSize=501 | pageSize: 501 (expected: 1 to 500)",
                "pageSize=0 | pageSize: 0 (expected: 1 to 500)",
            })
    void what_is_asked_wrongly_is_refused(String query, String reason) {
        HttpResponse<String> response = server.get(PATH + "?" + query);
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body())
                .isEqualTo("{\"code\":20002,\"message\":\"parameter validate error\",\"data\":\"" + reason + "\"}");
    }

    @Test
    void why_clients_were_closed_is_asked_by_address_or_connection() {
        for (int i = 1; i <= 3; i++) {
            Session gone = server.sessions.open(
                    new Silent("1700000000001_10.0.0.7_6000" + i, 0),
                    new ClientInfo("Nacos-Java-Client:v2.4.3", "10.0.0.7", Map.of("AppName", "gone-" + i)));
            server.sessions.ended(gone, i == 2 ? "silent for 20 s" : "the client closed the connection");
        }
        await().untilAsserted(() -> assertThat(apps(server.get(CLOSED))).containsExactly("gone-3", "gone-2", "gone-1"));
        assertThat(server.get(CLOSED + "?connectionId=1700000000001_10.0.0.7_60002&ip=10.0.0.7")
                        .body())
                .matches("\\{\"code\":0,\"message\":\"success\",\"data\":\\{\"forgotten\":0,\"totalCount\":1,"
                        + "\"pageNumber\":1,\"pagesAvailable\":1,\"pageItems\":\\[\\{"
                        + "\"connectionId\":\"1700000000001_10.0.0.7_60002\",\"ip\":\"10.0.0.7\",\"app\":\"gone-2\","
                        + "\"version\":\"Nacos-Java-Client:v2.4.3\",\"connectedSince\":[0-9]{13},"
                        + "\"goneSince\":[0-9]{13},\"goneFor\":\"silent for 20 s\",\"instances\":0,.*"
                        + "\\],\"turnedAway\":\\[\\]}}");
        assertThat(apps(server.get(CLOSED + "?ip=10.0.0.7&pageNo=2&pageSize=2")))
                .containsExactly("gone-1");
        assertThat(apps(server.get(CLOSED + "?ip=10.0.0.8"))).isEmpty();
        assertThat(server.get(CLOSED + "?pageSize=501").statusCode()).isEqualTo(400);
    }
}
