package dev.plimsoll;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The doctor and a whole server, in one process. */
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
}
