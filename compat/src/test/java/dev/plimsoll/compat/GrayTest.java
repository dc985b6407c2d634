package dev.plimsoll.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.compat.sdk.Stop;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/**
 * A beta version, published by HTTP for the address the official clients give, which is that of the machine's network card
 * and not the one their connection comes from.
 */
@EveryClient
class GrayTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Pattern IP = Pattern.compile("\"ip\":\"([^\"]+)\"");

    @Parameter
    ClientRun run;

    @Test
    void a_client_hears_and_reads_beta_while_it_is_for_its_address() throws Exception {
        String dataId = ClientRun.unique("gray.yaml");
        String path = "/nacos/v1/cs/configs?group=DEFAULT_GROUP&dataId=" + dataId;
        var heard = new Heard<String>();
        assertThat(run.writer().publish(dataId, "DEFAULT_GROUP", "formal")).isTrue();
        try (Stop listening = run.reader().readAndListen(dataId, "DEFAULT_GROUP", heard)) {
            assertThat(listening).isNotNull();
            heard.awaitLast("formal", "formal"::equals);
            assertThat(send("POST", path + "&content=for-others", "betaIps", "192.0.2.1"))
                    .isEqualTo("true");
            assertThat(run.reader().get(dataId, "DEFAULT_GROUP")).isEqualTo("formal");

            send("POST", path + "&content=beta", "betaIps", clientAddresses());
            heard.awaitLast("beta", "beta"::equals);
            assertThat(run.reader().get(dataId, "DEFAULT_GROUP")).isEqualTo("beta");

            assertThat(run.writer().publish(dataId, "DEFAULT_GROUP", "formal anew"))
                    .isTrue();
            send("DELETE", path + "&beta=true");
            heard.awaitLast("formal anew", "formal anew"::equals);
            assertThat(run.reader().get(dataId, "DEFAULT_GROUP")).isEqualTo("formal anew");
        }
        assertThat(heard.all()).containsExactly("formal", "beta", "formal anew");
    }

    /** As the connected clients give them. */
    private String clientAddresses() throws Exception {
        var ips = new TreeSet<String>();
        Matcher ip = IP.matcher(send("GET", "/nacos/v3/admin/plimsoll/clients?pageSize=500"));
        while (ip.find()) {
            ips.add(ip.group(1));
        }
        return String.join(",", ips);
    }

    private String send(String method, String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://" + run.server().address() + path))
                .timeout(Duration.ofSeconds(10))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        var response = HTTP.send(request.build(), BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }
}
