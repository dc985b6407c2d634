package dev.plimsoll.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plimsoll.compat.sdk.Host;
import dev.plimsoll.compat.sdk.Naming;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is special about official clients from before gRPC: beats keep their instances, and datagrams tell them of changes. */
@EveryJava
class HttpClientTest {

    private static final String GROUP = "DEFAULT_GROUP";
    private static final List<String> ALL = List.of();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @Parameter
    EveryJava.Jdk jdk;

    @ParameterizedTest
    @EnumSource(names = {"V1_4_2", "V1_4_8"})
    @Timeout(value = 180, unit = TimeUnit.SECONDS)
    void a_change_comes_by_datagram_and_the_client_answers_it(ClientVersion version) throws Exception {
        // A server of its own, so that its ledger speaks of this one client.
        try (PlimsollProcess server = jdk.start("udp");
                RawClient publisher = RawClient.connected(server);
                Naming client = ClientRun.sdk(version).naming(server.address(), "")) {
            String service = ClientRun.unique("told");
            Heard<List<Host>> heard = new Heard<>();
            publisher.register(service, "10.1.2.3", 80);
            client.subscribe(service, GROUP, ALL, heard);
            heard.awaitLast("what is there", hosts -> hosts.size() == 1);

            publisher.register(service, "10.1.2.3", 81);
            heard.awaitLast(
                    "the change", hosts -> hosts.size() == 1 && hosts.get(0).port() == 81);

            await().untilAsserted(() -> {
                JsonNode page = ledger(server, version);
                assertThat(page.path("sent").asInt()).as("%s", page).isPositive();
                assertThat(page.path("acked").asInt()).as("%s", page).isPositive();
            });
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"V1_4_2", "V1_4_8"})
    void instances_of_a_client_that_falls_silent_turn_ill_and_go_for_all(ClientVersion version) {
        String service = ClientRun.unique("silent");
        Host beating = Host.of("10.1.2.3", 80)
                .withMetadata(Map.of(
                        "preserved.heart.beat.interval", "1000",
                        "preserved.heart.beat.timeout", "3000",
                        "preserved.ip.delete.timeout", "6000"));
        Heard<List<Host>> byDatagram = new Heard<>();
        Heard<List<Host>> byConnection = new Heard<>();
        run(version).observer().subscribe(service, GROUP, ALL, byDatagram);
        run(ClientVersion.V3_2_1).observer().subscribe(service, GROUP, ALL, byConnection);
        try (Naming falling = run(version).newNaming("")) {
            falling.register(service, GROUP, beating);
            byDatagram.awaitLast("registered", List.of(beating)::equals);
            byConnection.awaitLast("registered", List.of(beating)::equals);
        }

        await().untilAsserted(() -> assertThat(List.of(byDatagram.all(), byConnection.all()))
                .allSatisfy(all ->
                        assertThat(all).endsWith(List.of(beating), List.of(beating.withHealthy(false)), List.of())));
    }

    @ParameterizedTest
    @EnumSource(names = {"V1_4_2", "V1_4_8"})
    void one_client_registers_many_instances_of_one_service(ClientVersion version) {
        String service = ClientRun.unique("many");
        List<Host> hosts = List.of(Host.of("10.1.2.3", 1), Host.of("10.1.2.3", 2), Host.of("10.1.2.4", 1));
        Heard<List<Host>> heard = new Heard<>();
        run(ClientVersion.V2_0_4).observer().subscribe(service, GROUP, ALL, heard);
        hosts.forEach(host -> run(version).publisher().register(service, GROUP, host));
        heard.awaitLast("all", all -> all.size() == 3 && all.containsAll(hosts));

        run(version).publisher().deregister(service, GROUP, hosts.get(1));
        heard.awaitLast("two", all -> all.size() == 2 && !all.contains(hosts.get(1)));
    }

    private ClientRun run(ClientVersion version) {
        return jdk.servers().run(jdk.home(), version);
    }

    private static JsonNode ledger(PlimsollProcess server, ClientVersion version)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://" + server.address() + "/nacos/v3/admin/plimsoll/clients"))
                .timeout(Duration.ofSeconds(10))
                .build();
        String body = HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
        return StreamSupport.stream(
                        new ObjectMapper().readTree(body).at("/data/pageItems").spliterator(), false)
                .filter(page -> page.path("version").asText().equals("Nacos-Java-Client:v" + version))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no page of the client in " + body));
    }
}
