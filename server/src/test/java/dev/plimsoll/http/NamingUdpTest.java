package dev.plimsoll.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The way of a 1.x client: asks for a list with its UDP port, and is told there. */
class NamingUdpTest {
    private static final String JAVA = "Nacos-Java-Client:v1.4.7";
    private static final String LEDGER = "/nacos/v3/admin/plimsoll/clients";
    private static final Pattern NUMBER = Pattern.compile("\"lastRefTime\":([0-9]+)}$");

    private static HttpFixture server;

    private DatagramSocket client;

    @BeforeAll
    static void start(@TempDir Path data) {
        server = new HttpFixture(data);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void open() throws SocketException {
        client = new DatagramSocket(); // any address, any port, as the official client has it
        client.setSoTimeout(10_000);
    }

    @AfterEach
    void close() {
        client.close();
    }

    private void list(String service, String more, String... headers) {
        var answer = server.get(
                "/nacos/v1/ns/instance/list?serviceName=" + service + "&app=shop&udpPort=" + client.getLocalPort()
                        + more,
                headers);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).startsWith("{\"name\":\"DEFAULT_GROUP@@" + service + "\"");
    }

    private static void register(String service, int port) {
        assertThat(server.post("/nacos/v1/ns/instance?ip=10.9.8.4&port=" + port + "&serviceName=" + service)
                        .body())
                .isEqualTo("ok");
    }

    private DatagramPacket receive() throws IOException {
        var packet = new DatagramPacket(new byte[65_536], 65_536);
        client.receive(packet);
        return packet;
    }

    static String text(DatagramPacket packet) throws IOException {
        byte[] bytes = Arrays.copyOf(packet.getData(), packet.getLength());
        if (bytes[0] == 0x1f) {
            bytes = new GZIPInputStream(new ByteArrayInputStream(bytes)).readAllBytes();
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private void ack(DatagramPacket packet) throws IOException {
        var matcher = NUMBER.matcher(text(packet));
        assertThat(matcher.find()).isTrue();
        byte[] ack = ("{\"type\": \"push-ack\", \"lastRefTime\":\"" + matcher.group(1) + "\", \"data\":\"\"}")
                .getBytes(StandardCharsets.UTF_8);
        client.send(new DatagramPacket(ack, ack.length, packet.getSocketAddress()));
    }

    @Test
    void client_is_told_of_each_change_and_the_ledger_has_its_answers() throws IOException {
        list("told", "&clientIP=127.0.0.1", "User-Agent", JAVA);
        register("told", 80);
        DatagramPacket small = receive();
        assertThat(text(small)).startsWith("{\"type\":\"dom\",\"data\":\"{").contains("\\\"port\\\":80,");
        ack(small);
        String row = "\"connectionId\":\"127.0.0.1:" + client.getLocalPort() + "#udp\",\"ip\":\"127.0.0.1\","
                + "\"app\":\"shop\",\"version\":\"" + JAVA + "\"";
        await().untilAsserted(() -> assertThat(server.get(LEDGER).body())
                .contains(row)
                .containsPattern(
                        Pattern.quote(row) + "[^}]*\"services\":1,[^}]*\"sent\":1,\"acked\":1,\"failures\":0"));

        for (int port = 81; port < 90; port++) {
            register("told", port);
        }
        String all;
        do {
            DatagramPacket packet = receive();
            all = text(packet);
            ack(packet);
        } while (!all.contains("\\\"port\\\":89,"));
        assertThat(all).hasSizeGreaterThan(1_024);
        assertThat(server.get("/nacos/v1/ns/operator/push/state").body())
                .containsPattern("\"detail\":\\{\"avgPushCost\":\\d+,\"maxPushCost\":\\d+\\},\"reset\":false\\}");
    }

    @Test
    void client_on_this_machine_may_name_another_of_its_addresses() throws IOException {
        String own = InetAddress.getByName("127.0.0.2").getHostAddress();
        list("near", "&clientIP=" + own, "User-Agent", JAVA);
        list("near", "&clientIP=", "Client-Version", "Nacos-Go-Client:v1.0.0", "User-Agent", "");
        register("near", 80);
        assertThat(text(receive())).contains("DEFAULT_GROUP@@near");
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3, Nacos-Java-Client:v1.4.7, ''",
        "example.com, Nacos-Java-Client:v1.4.7, ''",
        "127.0.0.1, Nacos-Java-Client:v1.4.7, 10.1.2.3",
        "127.0.0.1, Nacos-Java-Client:v0.0.9, ''",
        "127.0.0.1, Nacos-C-Client:v1.0.11, ''",
        "127.0.0.1, Nacos-Python-Client:v2.0.0, ''",
        "127.0.0.1, curl/8, ''",
    })
    void who_names_anothers_address_or_cannot_understand_gets_the_list_and_no_datagram(
            String clientIp, String agent, String forwardedFor) {
        String before = server.get(LEDGER).body();
        String service = "untold";
        if (forwardedFor.isEmpty()) {
            list(service, "&clientIP=" + clientIp, "User-Agent", agent);
        } else {
            list(service, "&clientIP=" + clientIp, "User-Agent", agent, "X-Forwarded-For", forwardedFor);
        }
        assertThat(before).doesNotContain("127.0.0.1:" + client.getLocalPort());
        assertThat(server.get(LEDGER).body()).doesNotContain("127.0.0.1:" + client.getLocalPort());
    }
}
