package dev.plimsoll.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** What an operator was told is done is there after a kill that follows at once. */
@EveryJava
class OperatorKillTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String INSTANCE = "/nacos/v1/ns/instance?serviceName=orders&ip=10.0.0.9&port=80";

    @Parameter
    EveryJava.Jdk jdk;

    @Test
    void weights_clusters_switches_and_namespaces_are_there_after_a_kill() throws Exception {
        PlimsollProcess server = jdk.start("operator-kill");
        done(server, "POST", INSTANCE + "&ephemeral=false");
        done(server, "PUT", INSTANCE + "&ephemeral=false&weight=7&enabled=false&metadata=zone%3Da");
        killAndStart(server);
        assertThat(done(server, "GET", INSTANCE)).contains("\"weight\":7.0", "\"zone\":\"a\"");

        done(
                server,
                "PUT",
                "/nacos/v1/ns/cluster?serviceName=orders&clusterName=DEFAULT&checkPort=81"
                        + "&useInstancePort4Check=false&healthChecker=%7B%22type%22%3A%22NONE%22%7D&metadata=rack%3D5");
        killAndStart(server);
        assertThat(done(server, "GET", "/nacos/v1/ns/catalog/service?serviceName=orders"))
                .contains("NONE", "\"rack\":\"5\"");

        done(server, "PUT", "/nacos/v1/ns/operator/switches?entry=clientBeatInterval&value=7000");
        killAndStart(server);
        assertThat(done(server, "GET", "/nacos/v1/ns/operator/switches")).contains("\"clientBeatInterval\":7000");

        done(server, "POST", "/nacos/v1/console/namespaces?customNamespaceId=crew&namespaceName=Crew&namespaceDesc=d");
        killAndStart(server);
        assertThat(done(server, "GET", "/nacos/v1/console/namespaces")).contains("\"crew\"", "\"Crew\"");
    }

    @Test
    void what_is_laid_over_a_beating_instance_is_there_when_it_registers_again_after_a_kill() throws Exception {
        PlimsollProcess server = jdk.start("overlay-kill");
        done(server, "POST", INSTANCE);
        done(server, "PUT", INSTANCE + "&weight=3&metadata=zone%3Db");
        killAndStart(server);
        done(server, "POST", INSTANCE);
        assertThat(done(server, "GET", INSTANCE)).contains("\"weight\":3.0", "\"zone\":\"b\"");
        assertThat(
                        done(
                                server,
                                "GET",
                                "/nacos/v3/admin/plimsoll/instance?serviceName=orders&ip=10.0.0.9&port=80&namespaceId=&groupName="))
                .contains("\"by\":\"\",\"from\":\"127.0.0.1\"");
    }

    private static void killAndStart(PlimsollProcess server) {
        server.kill();
        server.startAgain();
    }

    private static String done(PlimsollProcess server, String method, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + server.address() + path))
                .timeout(Duration.ofSeconds(10))
                .method(method, BodyPublishers.noBody())
                .build();
        HttpResponse<String> response = HTTP.send(request, BodyHandlers.ofString());
        assertThat(response.statusCode())
                .as(method + " " + path + ": " + response.body())
                .isEqualTo(200);
        return response.body();
    }
}
