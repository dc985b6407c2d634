package dev.plimsoll.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the doctor meets at a gRPC port that is none. */
class Http2WireTest {
    private static final byte[] SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};

    private ServerSocket listener;
    private volatile byte[] greeting = new byte[0];
    private volatile boolean closes;

    @BeforeEach
    void listen() throws IOException {
        listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        var thread = new Thread(this::serve, "peer");
        thread.setDaemon(true);
        thread.start();
    }

    @AfterEach
    void stop() throws IOException {
        listener.close();
    }

    private void serve() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept(); // closed by the client
                socket.getOutputStream().write(greeting);
                if (closes) {
                    socket.close();
                }
            } catch (IOException e) {
                return;
            }
        }
    }

    private Http2Wire connect() throws IOException {
        return Http2Wire.connect("127.0.0.1", listener.getLocalPort(), null, 300);
    }

    @Test
    void a_port_that_speaks_http_2_is_known_by_its_settings() throws IOException {
        greeting = SETTINGS;
        try (Http2Wire wire = connect()) {
            assertThat(wire.protocol()).isEqualTo("h2 without TLS");
            assertThat(wire.tls()).isNull();
        }
    }

    @Test
    void a_proxy_that_speaks_http_1_is_known() {
        greeting = "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        assertThatThrownBy(this::connect).hasMessageContaining("HTTP/1.1 and not HTTP/2");
    }

    @Test
    void a_silent_peer_is_given_up() {
        assertThatThrownBy(this::connect).isInstanceOf(IOException.class).hasMessageContaining("timed out");
    }

    @Test
    void a_peer_that_hangs_up_is_told() {
        closes = true;
        assertThatThrownBy(this::connect).isInstanceOf(IOException.class);
    }

    @Test
    void a_frame_beyond_all_bounds_is_not_read() {
        greeting = new byte[] {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 4, 0, 0, 0, 0, 0};
        assertThatThrownBy(this::connect).hasMessageContaining("does not speak HTTP/2");
    }

    @Test
    void a_call_that_is_never_answered_ends_in_time() throws IOException {
        greeting = SETTINGS;
        try (Http2Wire wire = connect()) {
            int stream = wire.open("/Request/request");
            wire.send(stream, new byte[300], true);
            assertThatThrownBy(() -> wire.receive(stream, 200)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void a_server_without_a_port_for_grpc_is_critical_and_one_that_is_down_too() throws IOException {
        var server = new PagesServer();
        server.start();
        server.page("/health/live", "OK").page("/health/ready", "OK");
        closes = true;
        var chart = new Chart();
        var pages = new Pages(server.address(), Authorities.ofMachine());
        assertThat(new Reachability(pages, listener.getLocalPort(), InstantSource.system(), chart).check("x"))
                .isTrue();
        assertThat(chart.report("test").diagnoses())
                .extracting(Diagnosis::check)
                .containsExactly("grpc");
        server.stop();

        var down = new Chart();
        assertThat(new Reachability(pages, listener.getLocalPort(), InstantSource.system(), down).check("x"))
                .isFalse();
        assertThat(down.report("test").diagnoses()).extracting(Diagnosis::check).containsExactly("http");
    }

    @Test
    void a_server_that_is_not_ready_is_critical() throws IOException {
        var server = new PagesServer();
        server.start();
        server.page("/health/live", "OK").closed("/health/ready");
        greeting = SETTINGS;
        closes = true;
        var chart = new Chart();
        new Reachability(
                        new Pages(server.address(), Authorities.ofMachine()),
                        listener.getLocalPort(),
                        InstantSource.system(),
                        chart)
                .check("x");
        server.stop();

        assertThat(chart.report("test").diagnoses())
                .extracting(Diagnosis::cause)
                .contains("The server says that it is not ready");
    }
}
