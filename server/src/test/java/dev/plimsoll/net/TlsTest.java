package dev.plimsoll.net;

import static dev.plimsoll.net.TestCertificates.identity;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.net.TestCertificates.Identity;
import dev.plimsoll.net.TlsSettings.Clients;
import dev.plimsoll.net.TlsSettings.Plaintext;
import dev.plimsoll.vitals.Finding;
import dev.plimsoll.vitals.Findings;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** TLS from outside: the JDK's and gRPC's own clients, and peers that behave badly. */
@ExtendWith(LeakCheck.class)
class TlsTest {
    private static final Identity SERVER = identity("server");
    private static final Identity CLIENT = identity("client");
    private static final NetSettings.Timeouts QUICK =
            new NetSettings.Timeouts(Duration.ofMillis(300), Duration.ofSeconds(30), Duration.ofSeconds(30));

    private static ExecutorService handshakes;

    @TempDir
    private Path dir;

    private final Findings findings = new Findings(InstantSource.system());
    private @Nullable Tls tls;
    private @Nullable TestServer server;

    @BeforeAll
    static void open() {
        handshakes = Executors.newSingleThreadExecutor();
    }

    @AfterAll
    static void shut() {
        handshakes.shutdownNow();
    }

    @AfterEach
    void all_is_given_back() {
        if (server != null) {
            server.close(); // the JDK's client keeps its connections
            assertThat(server.inbound.held()).isZero();
            assertThat(server.outbound.held()).isZero();
            assertThat(server.connections.held()).isZero();
        }
    }

    private TestServer start(Plaintext plaintext, Clients clients) {
        return start(TestServer.SETTINGS, plaintext, clients);
    }

    private TestServer start(NetSettings settings, Plaintext plaintext, Clients clients) {
        TestCertificates.write(dir.resolve("server.pem"), SERVER.certificatePem());
        TestCertificates.write(dir.resolve("server.key"), SERVER.keyPem());
        TestCertificates.write(dir.resolve("clients.pem"), CLIENT.certificatePem());
        tls = new Tls(settings(plaintext, clients), InstantSource.system(), findings, handshakes);
        server = new TestServer(settings, tls);
        return server;
    }

    private TlsSettings settings(Plaintext plaintext, Clients clients) {
        return new TlsSettings(
                dir.resolve("server.pem"),
                dir.resolve("server.key"),
                "",
                plaintext,
                clients,
                clients == Clients.OFF ? null : dir.resolve("clients.pem"),
                List.of("TLSv1.3", "TLSv1.2"),
                List.of(),
                Duration.ofSeconds(30));
    }

    private static HttpClient client(HttpClient.Version version, Identity trusted, @Nullable Identity own) {
        return HttpClient.newBuilder()
                .version(version)
                .sslContext(TestCertificates.client(trusted, own))
                .connectTimeout(Duration.ofSeconds(20))
                .build();
    }

    private static HttpResponse<String> get(HttpClient client, int port, String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create("https://localhost:" + port + path))
                        .timeout(Duration.ofSeconds(20))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void http_is_agreed_on_in_the_handshake_on_both_ports(HttpClient.Version version) throws Exception {
        TestServer server = start(Plaintext.OFF, Clients.OFF);
        HttpClient client = client(version, SERVER, null);
        for (int port : new int[] {server.port(), server.grpcPort()}) {
            HttpResponse<String> answer = get(client, port, "/hello");
            assertThat(answer.body()).isEqualTo("hello");
            assertThat(answer.version()).isEqualTo(version);
        }
    }

    @Test
    void grpc_and_large_messages_pass() throws Exception {
        TestServer server = start(Plaintext.OFF, Clients.OFF);
        try (var client = grpc(server)) {
            assertThat(client.unary("ahoi")).isEqualTo("ahoi");
            assertThat(client.unary("size 5000000")).hasSize(5_000_000);
            byte[] large = new byte[5_000_000];
            large[4_999_999] = 7;
            assertThat(client.unary(large)).isEqualTo(large);
        }
        HttpClient http = client(HttpClient.Version.HTTP_1_1, SERVER, null);
        assertThat(get(http, server.port(), "/size?n=5000000").body()).hasSize(5_000_000);
    }

    private static GrpcClient grpc(TestServer server) throws SSLException {
        var trust = GrpcSslContexts.forClient().trustManager(SERVER.parsed()).build();
        return new GrpcClient(
                server.grpcPort(), builder -> builder.useTransportSecurity().sslContext(trust));
    }

    @Test
    void both_are_told_apart_on_one_port() throws Exception {
        TestServer server = start(Plaintext.ON, Clients.OFF);
        assertThat(get(client(HttpClient.Version.HTTP_2, SERVER, null), server.port(), "/hello")
                        .body())
                .isEqualTo("hello");
        try (var plain = new RawHttp1(server.port());
                var grpc = new GrpcClient(server.grpcPort());
                var secure = grpc(server)) {
            assertThat(plain.get("/hello").body()).isEqualTo("hello");
            assertThat(grpc.unary("ahoi")).isEqualTo("ahoi");
            assertThat(secure.unary("ahoi")).isEqualTo("ahoi");
        }
    }

    @Test
    void plaintext_is_refused_where_it_is_not_wanted() throws Exception {
        TestServer server = start(Plaintext.HTTP, Clients.OFF);
        try (var http = new RawHttp1(server.port());
                var grpc = new RawHttp1(server.grpcPort());
                var http2 = RawHttp2.open(server.grpcPort())) {
            assertThat(http.get("/hello").body()).isEqualTo("hello");
            RawHttp1.Answer refusal = grpc.get("/hello");
            assertThat(refusal.status()).isEqualTo(400);
            assertThat(refusal.body()).isEqualTo("this port speaks TLS only\n");
            assertThatThrownBy(() -> http2.await(RawHttp2.GOAWAY)).hasMessageContaining("connection closed");
        }
        await().untilAsserted(() -> assertThat(server.turnedAway)
                .containsExactly("127.0.0.1: spoke without TLS", "127.0.0.1: spoke without TLS"));
    }

    @Test
    void who_must_show_a_certificate_is_kept_out_without() throws Exception {
        TestServer server = start(Plaintext.OFF, Clients.REQUIRED);
        assertThat(get(client(HttpClient.Version.HTTP_2, SERVER, CLIENT), server.port(), "/hello")
                        .body())
                .isEqualTo("hello");
        for (Identity stranger : new Identity[] {null, identity("client")}) {
            assertThatThrownBy(() -> get(client(HttpClient.Version.HTTP_2, SERVER, stranger), server.port(), "/hello"))
                    .isInstanceOf(IOException.class);
        }
        await().untilAsserted(() -> assertThat(server.turnedAway)
                .hasSize(2)
                .allMatch(who -> who.startsWith("127.0.0.1: the TLS handshake failed: ")));
    }

    @Test
    void who_may_show_a_certificate_must_show_a_good_one() throws Exception {
        TestServer server = start(Plaintext.OFF, Clients.OPTIONAL);
        for (Identity own : new Identity[] {null, CLIENT}) {
            assertThat(get(client(HttpClient.Version.HTTP_2, SERVER, own), server.port(), "/hello")
                            .body())
                    .isEqualTo("hello");
        }
        // Of the same name as one that is trusted, so that the client does not keep it back.
        Identity impostor = identity("client");
        assertThatThrownBy(() -> get(client(HttpClient.Version.HTTP_2, SERVER, impostor), server.port(), "/hello"))
                .isInstanceOf(IOException.class);
    }

    @Test
    void new_files_are_met_by_new_connections_and_old_ones_stay() throws Exception {
        TestServer server = start(Plaintext.OFF, Clients.OFF);
        Identity next = identity("next");
        try (SSLSocket before = socket(server, SERVER)) {
            assertThat(helloOver(before)).isTrue();
            TestCertificates.write(dir.resolve("server.pem"), next.certificatePem());
            TestCertificates.write(dir.resolve("server.key"), next.keyPem());
            Objects.requireNonNull(tls).look();
            assertThat(helloOver(before)).isTrue();
            try (SSLSocket after = socket(server, next)) {
                assertThat(helloOver(after)).isTrue();
            }
            assertThatThrownBy(() -> socket(server, SERVER)).isInstanceOf(SSLException.class);
        }
    }

    @Test
    void bad_new_files_change_nothing_and_are_a_finding_until_they_are_good() throws Exception {
        TestServer server = start(Plaintext.OFF, Clients.OFF);
        Identity next = identity("next");
        TestCertificates.write(dir.resolve("server.pem"), next.certificatePem()); // its key comes later

        Objects.requireNonNull(tls).look();

        assertThat(findings.current()).extracting(Finding::condition).containsExactly(Tls.BAD_FILES);
        try (SSLSocket old = socket(server, SERVER)) {
            assertThat(helloOver(old)).isTrue();
        }
        TestCertificates.write(dir.resolve("server.key"), next.keyPem());
        Objects.requireNonNull(tls).look();
        assertThat(findings.current()).isEmpty();
        try (SSLSocket now = socket(server, next)) {
            assertThat(helloOver(now)).isTrue();
        }
    }

    @Test
    void handshake_that_does_not_go_on_is_ended_and_its_bytes_were_counted() throws Exception {
        TestServer server = start(TestServer.SETTINGS.with(QUICK), Plaintext.ON, Clients.OFF);
        try (var peer = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            peer.getOutputStream().write(new byte[] {22, 3, 1, 0x3f, 0}); // a record of 16,128 bytes
            peer.getOutputStream().write(new byte[8_000]);
            await().until(() -> server.unfinished.held() >= 8_000);
            assertThat(server.connections.held())
                    .isEqualTo(NetAccounts.CONNECTION_BYTES + TlsHandler.CONNECTION_BYTES + TlsHandler.HANDSHAKE_BYTES);
            peer.setSoTimeout(20_000);
            assertThat(peer.getInputStream().readAllBytes()).isNotNull();
        }
    }

    @Test
    void handshake_costs_less_once_it_is_over() throws Exception {
        TestServer server = start(Plaintext.OFF, Clients.OFF);
        try (SSLSocket peer = socket(server, SERVER)) {
            assertThat(helloOver(peer)).isTrue();
            assertThat(server.connections.held()).isEqualTo(NetAccounts.CONNECTION_BYTES + TlsHandler.CONNECTION_BYTES);
        }
    }

    @Test
    void peer_that_speaks_nonsense_is_closed() throws Exception {
        TestServer server = start(Plaintext.ON, Clients.OFF);
        try (var peer = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            peer.setSoTimeout(20_000);
            peer.getOutputStream().write(new byte[] {22, 3, 3, 0, 5, 1, 2, 3, 4, 5});
            peer.getInputStream().readAllBytes(); // an alert, and the end
        }
        try (var healthy = new RawHttp1(server.port())) {
            assertThat(healthy.get("/hello").body()).isEqualTo("hello");
        }
    }

    /** A peer that asks for a hundred answers and reads none: its answers wait, of which one record is encrypted. */
    @Test
    void peer_that_does_not_read_costs_its_answers_and_one_record() throws Exception {
        TestServer server = start(Plaintext.OFF, Clients.OFF);
        int answer = 100_000;
        try (SSLSocket peer = socket(server, SERVER)) {
            helloOver(peer);
            for (int i = 0; i < 100; i++) {
                peer.getOutputStream()
                        .write(("GET /size?n=" + answer + " HTTP/1.1\r\nHost: h\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
            }
            await().until(() -> server.outbound.held() > 2 * TlsRecords.RECORD_BYTES);
            try (SSLSocket healthy = socket(server, SERVER)) {
                assertThat(helloOver(healthy)).isTrue();
            }
            assertThat(server.outbound.held())
                    .isLessThanOrEqualTo(
                            NetSettings.Limits.DEFAULT.pendingHigh() + answer + 1_000 + TlsRecords.RECORD_BYTES);
        }
    }

    @Test
    void greeting_of_any_length_is_not_waited_for() throws Exception {
        TestServer server = start(Plaintext.ON, Clients.OFF);
        try (var peer = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            peer.setSoTimeout(20_000);
            peer.getOutputStream().write(new byte[] {22, 3, 1, 0x40, 0, 1, 0, 0x7f, 0, 3, 3}); // of 32,512 bytes
            assertThat(peer.getInputStream().readAllBytes()).isEmpty();
        }
    }

    /** Each new key is answered, and each answer is a record. */
    @Test
    void peer_that_asks_for_new_keys_without_end_is_closed() throws Exception {
        TestServer server = start(Plaintext.OFF, Clients.OFF);
        try (SSLSocket peer = socket(server, SERVER)) {
            assertThat(helloOver(peer)).isTrue();
            assertThat(peer.getSession().getProtocol()).isEqualTo("TLSv1.3");
            for (int i = 0; i < TlsControls.MOST_IN_A_WHILE / 2; i++) {
                peer.startHandshake();
            }
            assertThat(helloOver(peer)).as("some are no matter").isTrue();
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 100_000; i++) {
                            peer.startHandshake();
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
        await().until(() -> server.server.connectionCount() == 0);
        assertThat(server.outbound.held()).isZero();
    }

    private static SSLSocket socket(TestServer server, Identity trusted) throws IOException {
        SSLContext context = TestCertificates.client(trusted, null);
        var socket = (SSLSocket) context.getSocketFactory().createSocket();
        socket.setReceiveBufferSize(16 << 10);
        socket.setSoTimeout(20_000);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
        socket.startHandshake();
        return socket;
    }

    private static boolean helloOver(SSLSocket socket) throws IOException {
        socket.getOutputStream().write("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        var read = new StringBuilder();
        while (!read.toString().endsWith("hello")) {
            int c = socket.getInputStream().read();
            if (c < 0) {
                return false;
            }
            read.append((char) c);
        }
        return read.toString().startsWith("HTTP/1.1 200 ");
    }
}
