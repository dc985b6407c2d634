package dev.plimsoll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.net.LeakCheck;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The doctor and a whole server, in one process. */
@ExtendWith(LeakCheck.class)
class LiveDoctorTest {
    @TempDir
    Path dir;

    private @Nullable Server server;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private Server start(String auth) {
        Values values = Values.read(
                List.of(
                        "--host",
                        "127.0.0.1",
                        "--port",
                        "0",
                        "--data",
                        dir.resolve("data").toString(),
                        "--auth",
                        auth),
                Map.of());
        Server started = Server.start(Settings.of(values, MemoryLine.ofProcess(values.get(KnownSettings.MEMORY))));
        server = started;
        return started;
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.drain();
            server.close();
        }
    }

    private int doctor(Server examined, String... more) {
        var words = new ArrayList<>(List.of(
                "--server", "http://127.0.0.1:" + examined.httpPort(), "--grpc-port", "" + examined.grpcPort()));
        words.addAll(List.of(more));
        return DoctorCommand.run(
                words,
                Map.of(),
                dir,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private String said() {
        return out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void a_server_that_has_just_started_is_not_critical_and_a_push_arrives() {
        assertThat(doctor(start("off"))).as(this::said).isLessThan(2);

        assertThat(said())
                .contains("[http] port ", "[zombies] none in 0 services")
                .contains("[grpc] port ")
                .contains("speaks HTTP/2")
                .contains("[push] a subscription of its own was told of its change in ");
    }

    @Test
    void a_provider_that_refuses_is_found_by_a_probe() throws Exception {
        Server examined = start("off");
        int refusing;
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            refusing = listener.getLocalPort();
        }
        var register = (HttpURLConnection) URI.create("http://127.0.0.1:" + examined.httpPort()
                        + "/nacos/v1/ns/instance?serviceName=orders&ip=127.0.0.1&ephemeral=true&port=" + refusing)
                .toURL()
                .openConnection();
        register.setRequestMethod("POST");
        assertThat(register.getResponseCode()).isEqualTo(200);

        assertThat(doctor(examined, "--probe")).as(this::said).isEqualTo(1);
        assertThat(said().replaceAll("\\s+", " "))
                .contains("[zombies]", "public DEFAULT_GROUP@@orders 127.0.0.1:" + refusing + ": Connection refused");
    }

    @Test
    void a_server_that_asks_who_it_is_is_examined_with_a_login() throws Exception {
        Server asking = start("on");
        Path password = dir.resolve("password");
        Files.writeString(password, Files.readString(dir.resolve("data").resolve(Server.FIRST_PASSWORD_FILE)));

        assertThat(doctor(asking, "--user", "admin", "--password-file", password.toString()))
                .as(this::said)
                .isLessThan(2);
        assertThat(said()).contains("[push] a subscription of its own was told of its change in ");
    }

    @Test
    void without_a_login_what_is_closed_is_unknown() {
        assertThat(doctor(start("on"))).as(this::said).isLessThan(2);

        assertThat(said()).contains("unknown   [push] ", "expected: --user");
    }

    @Test
    void a_grpc_port_that_does_not_answer_is_critical() {
        Server examined = start("off");

        assertThat(doctor(examined, "--grpc-port", "9")).as(this::said).isEqualTo(2);
        assertThat(said()).contains("CRITICAL [grpc]");
    }

    @Test
    void a_server_that_is_not_there_is_critical() {
        assertThat(DoctorCommand.run(
                        List.of("--server", "http://127.0.0.1:9"),
                        Map.of(),
                        dir,
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        System.err))
                .isEqualTo(2);
        assertThat(said()).contains("CRITICAL [http]");
    }

    private String page(Server examined, String path) throws Exception {
        var connection = (HttpURLConnection)
                URI.create("http://127.0.0.1:" + examined.httpPort() + "/nacos/v3/admin/plimsoll" + path)
                        .toURL()
                        .openConnection();
        try (var in = connection.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void what_the_doctor_did_is_known_to_the_server_when_it_has_gone() throws Exception {
        Server examined = start("off");
        assertThat(doctor(examined)).as(this::said).isLessThan(2);
        assertThat(said()).contains("[versions] no clients are connected").doesNotContain("unknown   [versions]");

        await().untilAsserted(() -> assertThat(page(examined, "/closed"))
                .contains("\"app\":\"plimsoll-doctor\",\"version\":\"Plimsoll-Doctor:v1.0.0\"")
                .containsPattern("\"goneFor\":\"the (client closed the connection|connection broke)"));
    }

    /** So do proxies that pass on calls, and keep back what is said on a stream until it ends. */
    @Test
    void a_proxy_that_keeps_streams_back_is_critical() throws Exception {
        Server examined = start("off");
        try (var proxy = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            daemon(() -> keepStreamsBack(proxy, examined.grpcPort()));

            assertThat(doctor(examined, "--grpc-port", "" + proxy.getLocalPort()))
                    .as(this::said)
                    .isEqualTo(2);
        }
        assertThat(said().replaceAll("\\s+", " "))
                .contains(
                        "CRITICAL [push]",
                        "A subscription of its own is not told of its change",
                        "proxies that buffer streams");
    }

    @Test
    void a_proxy_that_does_not_pass_http_2_on_is_critical() throws Exception {
        Server examined = start("off");
        try (var proxy = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            daemon(() -> {
                try (Socket client = proxy.accept()) {
                    client.getOutputStream()
                            .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    client.getInputStream().readAllBytes();
                }
            });

            assertThat(doctor(examined, "--grpc-port", "" + proxy.getLocalPort()))
                    .as(this::said)
                    .isEqualTo(2);
        }
        assertThat(said().replaceAll("\\s+", " ")).contains("CRITICAL [grpc]", "it speaks HTTP/1.1 and not HTTP/2");
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void daemon(Work work) {
        var thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // one of the two has gone
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private static void keepStreamsBack(ServerSocket proxy, int port) throws IOException {
        Socket client = proxy.accept(); // closed by the doctor
        var server = new Socket(InetAddress.getLoopbackAddress(), port);
        daemon(() -> client.getInputStream().transferTo(server.getOutputStream()));
        var in = new DataInputStream(server.getInputStream());
        while (true) {
            byte[] head = in.readNBytes(9);
            if (head.length < 9) {
                return;
            }
            byte[] body = in.readNBytes(ByteBuffer.wrap(head).getInt(0) >>> 8);
            boolean isData = head[3] == 0;
            boolean isSecondStream = ByteBuffer.wrap(head).getInt(5) == 3; // the first one is a call's
            if (!isData || !isSecondStream) {
                client.getOutputStream().write(head);
                client.getOutputStream().write(body);
            }
        }
    }
}
