package dev.plimsoll.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.Unavailable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NacosApiTest {
    private static final String CONNECTIONS = """
            {"1795_10.1.0.7_50001":{"metaInfo":{"clientIp":"10.1.0.7","version":"Nacos-Go-Client:v2.2.9","appName":"orders"}},
             "1795_10.1.0.8_50001":{"metaInfo":{"clientIp":"10.1.0.8","version":"Nacos-Java-Client:v2.4.3"}}}""";

    @TempDir
    Path root;

    private final PagesServer server = new PagesServer();

    @BeforeEach
    void start() throws IOException {
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    private Report examine() {
        return new NacosDoctor(root, new ScanProgress(System.err, false, () -> 0L))
                .examine(server.address(), Optional.empty(), Authorities.ofMachine());
    }

    @Test
    void a_server_of_2_x_tells_its_version_clients_and_failed_pushes() {
        server.page("/nacos/v1/console/server/state", """
                        {"version":"2.2.3","standalone_mode":"standalone","auth_enabled":"true"}""")
                .page("/nacos/v2/ns/operator/metrics", """
                        {"code":0,"message":"success","data":{"status":"UP","serviceCount":12,"instanceCount":40,"clientCount":2}}""")
                .page("/nacos/v2/core/loader/current", CONNECTIONS)
                .page("/nacos/v1/core/cluster/nodes", """
                        {"code":200,"data":[{"address":"10.1.0.1:8848","state":"UP","extendInfo":{"version":"2.2.3"}},
                         {"address":"10.1.0.2:8848","state":"DOWN","extendInfo":{"version":"2.2.3"}}]}""")
                .page("/nacos/actuator/prometheus", """
                        # HELP nacos_monitor
                        nacos_monitor{module="naming",name="failedPush",} 900.0
                        nacos_monitor{module="naming",name="totalPush",} 1000.0
                        nacos_monitor{module="naming",name="pushPendingTaskCount",} 5000.0
                        jvm_memory_used_bytes{area="heap",id="Old",} 1.5E8
                        jvm_memory_max_bytes{area="heap",id="Old",} 5.36870912E8
                        other{a="b"} 1
                        """);

        Report report = examine();

        assertThat(report.subject()).isEqualTo("Nacos 2.2.3 at " + server.address());
        assertThat(report.facts()).containsEntry("holds", "serviceCount 12, instanceCount 40, clientCount 2");
        assertThat(report.diagnoses())
                .extracting(Diagnosis::check)
                .containsExactlyInAnyOrder("pushes", "version", "cluster", "pending", "versions");
        assertThat(report.diagnoses()).anyMatch(each -> each.evidence().contains("10.1.0.2:8848 DOWN 2.2.3"));
        assertThat(report.fine()).anyMatch(note -> note.text().equals("143m used of 512m"));
    }

    @Test
    void a_server_of_3_x_in_health_is_healthy_and_says_what_it_does_not_show() {
        server.page("/nacos/v3/admin/core/state", """
                        {"code":0,"data":{"version":"3.1.0","startup_mode":"standalone","auth_enabled":"false"}}""")
                .page("/nacos/v3/admin/core/loader/current", """
                        {"code":0,"message":"success","data":{"x":{"metaInfo":{"clientIp":"10.1.0.8","version":"Nacos-Java-Client:v3.1.0"}}}}""")
                .page("/nacos/v3/admin/core/cluster/node/list", """
                        {"code":0,"data":[{"address":"10.1.0.1:8848","state":"UP"}]}""")
                .closed("/nacos/v3/admin/ns/ops/metrics");

        Report report = examine();

        assertThat(report.severity()).isEqualTo(Severity.HEALTHY);
        assertThat(report.unknown())
                .anyMatch(note -> note.check().equals("actuator") && note.text().contains("exposure.include"))
                .anyMatch(note -> note.check().equals("metrics") && note.text().contains("--user"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nacos/v3/auth/user/login", "/nacos/v1/auth/login"})
    void it_logs_in_as_either_generation_does_and_shows_the_token(String login) {
        server.page(login, "{\"accessToken\":\"a.b.c\",\"tokenTtl\":18000}");
        var pages = new Pages(server.address(), Authorities.ofMachine());

        pages.login("nacos", "secret");

        assertThat(pages.token()).isEqualTo("a.b.c");
        pages.get("/v1/console/server/state");
        assertThat(server.lastAuthorization()).isEqualTo("Bearer a.b.c");
        assertThat(server.lastForm()).contains("username=nacos").contains("password=secret");
    }

    @Test
    void a_login_that_is_refused_is_told_without_the_password() {
        server.closed("/nacos/v3/auth/user/login").closed("/nacos/v1/auth/login");

        assertThatThrownBy(() -> new Pages(server.address(), Authorities.ofMachine()).login("nacos", "secret"))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("status 403")
                .hasMessageNotContaining("secret");
    }

    @Test
    void answers_that_do_not_end_are_cut_off_and_told() {
        server.endless("/nacos/v3/admin/core/state");

        Pages.Page page = new Pages(server.address(), Authorities.ofMachine()).get("/v3/admin/core/state");
        assertThat(page.ok()).isFalse();
        assertThat(page.why()).contains("longer than 16m");
    }

    @Test
    void answers_that_are_no_json_or_nested_without_end_tell_nothing() {
        server.page("/nacos/a", "<html>").page("/nacos/b", "[".repeat(100_000)).page("/nacos/c", "{\"a\":");
        var pages = new Pages(server.address(), Authorities.ofMachine());

        assertThat(pages.get("/a").json().isPresent()).isFalse();
        assertThat(pages.get("/b").json().isPresent()).isFalse();
        assertThat(pages.get("/c").json().isPresent()).isFalse();
    }

    @Test
    void a_server_that_is_not_there_is_refused_in_words() {
        server.stop();

        assertThatThrownBy(this::examine)
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("expected: a running one");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://host/", "http://", "http://user:pw@host/nacos", "http://a b", "host:8848"})
    void an_address_of_another_form_is_refused(String address) {
        assertThatThrownBy(() -> new Pages(address, Authorities.ofMachine())).isInstanceOf(InvalidRequest.class);
    }
}
