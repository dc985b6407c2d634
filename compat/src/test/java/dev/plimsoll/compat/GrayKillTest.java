package dev.plimsoll.compat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** What is published for some clients is as durable as what is published for all. Raw clients are at 127.0.0.1. */
@EveryJava
class GrayKillTest {

    @Parameter
    EveryJava.Jdk jdk;

    @Test
    void gray_versions_that_were_acknowledged_are_there_after_a_kill() {
        PlimsollProcess server = jdk.start("gray-kill");
        try (RawClient client = RawClient.connected(server)) {
            publish(client, "a", "formal", "");
            publish(client, "a", "beta", "\"betaIps\":\"127.0.0.1\"");
            publish(client, "b", "formal", "");
            publish(client, "b", "blue", "\"tag\":\"blue\"");
            publish(client, "b", "beta for others", "\"betaIps\":\"192.0.2.1\"");
        }
        server.kill();
        server.startAgain();
        try (RawClient client = RawClient.connected(server)) {
            assertThat(query(client, "a", "").json().path("content").asText()).isEqualTo("beta");
            assertThat(query(client, "a", "").json().path("beta").asBoolean()).isTrue();
            assertThat(query(client, "b", "").json().path("content").asText()).isEqualTo("formal");
            assertThat(query(client, "b", "blue").json().path("content").asText())
                    .isEqualTo("blue");
        }
    }

    private static void publish(RawClient client, String dataId, String content, String addition) {
        String more = "\"content\":\"" + content + "\",\"additionMap\":{" + addition + "}";
        client.ok("ConfigPublishRequest", RawClient.configRequest(dataId, more));
    }

    private static Payload query(RawClient client, String dataId, String tag) {
        return client.ok("ConfigQueryRequest", RawClient.configRequest(dataId, "\"tag\":\"" + tag + "\""));
    }
}
