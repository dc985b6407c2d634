package dev.plimsoll.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.net.Probes.Result;
import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.MemoryBudget;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Looks at real sockets of this machine. */
class ProbesTest {
    private static final String HERE = "127.0.0.1";

    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Account account = new MemoryBudget(1 << 20, 0).heap("connections", 0.1);
    private final Probes probes =
            new Probes(loops, false, UnpooledByteBufAllocator.DEFAULT, account, new RefusedAddresses(List.of(), false));

    @AfterEach
    void nothingIsHeld() {
        assertThat(account.held()).isZero();
        probes.close();
        loops.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS);
    }

    private interface Conversation {
        void with(Socket socket) throws Exception;
    }

    private static Result look(Consumer<Consumer<Result>> begin) {
        var result = new CompletableFuture<Result>();
        var told = new AtomicInteger();
        begin.accept(found -> {
            told.incrementAndGet();
            result.complete(found);
        });
        await().atMost(Duration.ofSeconds(20)).until(result::isDone);
        assertThat(told).hasValue(1);
        return result.join();
    }

    /** What a look finds at a server that answers so. */
    private static Result at(Conversation conversation, Look look) throws IOException {
        try (var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            var thread = new Thread(
                    () -> {
                        try (Socket socket = server.accept()) {
                            conversation.with(socket);
                        } catch (Exception e) {
                            // the look has ended
                        }
                    },
                    "served");
            thread.setDaemon(true);
            thread.start();
            return look(done -> look.at(server.getLocalPort(), done));
        }
    }

    private interface Look {
        void at(int port, Consumer<Result> done);
    }

    private static int closedPort() throws IOException {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return server.getLocalPort();
        }
    }

    private static String head(Socket socket) throws IOException {
        var head = new ByteArrayOutputStream();
        InputStream in = socket.getInputStream();
        while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            head.write(next);
        }
        return head.toString(StandardCharsets.US_ASCII);
    }

    private void http(int port, Consumer<Result> done) {
        probes.http(HERE, port, "/up", List.of("X-Probe: yes"), done);
    }

    @Test
    void connection_that_is_taken_is_enough_for_tcp_and_one_that_is_refused_is_the_end() throws IOException {
        assertThat(at(socket -> {}, (port, done) -> probes.tcp(HERE, port, done)))
                .isEqualTo(Result.OK);
        int closed = closedPort();
        assertThat(look(done -> probes.tcp(HERE, closed, done))).isEqualTo(Result.DOWN);
        assertThat(look(done -> http(closed, done))).isEqualTo(Result.DOWN);
    }

    @Test
    void connection_that_nobody_takes_fails_in_time() throws IOException {
        // A full queue of a listener makes the system drop what would be one more.
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var fillers = new ArrayList<Socket>();
            for (int i = 0; i < 4; i++) {
                var filler = new Socket();
                fillers.add(filler);
                try {
                    filler.connect(server.getLocalSocketAddress(), 200);
                } catch (SocketTimeoutException e) {
                    break;
                }
            }
            Result result = look(done -> probes.tcp(HERE, server.getLocalPort(), done));
            for (Socket filler : fillers) {
                filler.close();
            }
            assertThat(result).isEqualTo(Result.FAILED);
        }
    }

    @Test
    void names_are_looked_up_and_unknown_ones_fail() throws IOException {
        assertThat(at(socket -> {}, (port, done) -> probes.tcp("localhost", port, done)))
                .isEqualTo(Result.OK);
        assertThat(look(done -> probes.tcp("no-such-host.invalid", 80, done))).isEqualTo(Result.FAILED);
    }

    @ParameterizedTest
    @CsvSource({"200,OK", "503,FAILED", "302,FAILED", "404,DOWN", "500,DOWN", "204,DOWN", "abc,FAILED"})
    void status_decides(String status, Result expected) throws IOException {
        var asked = new CompletableFuture<String>();
        Result result = at(
                socket -> {
                    asked.complete(head(socket));
                    socket.getOutputStream()
                            .write(("HTTP/1.1 " + status + " Whatever\r\nLocation: http://127.0.0.1:1/\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
                },
                this::http);
        assertThat(result).isEqualTo(expected);
        assertThat(asked.join())
                .startsWith("GET /up HTTP/1.1\r\nHost: 127.0.0.1:")
                .contains("\r\nX-Probe: yes\r\n")
                .endsWith("Connection: close\r\n\r\n");
    }

    @Test
    void silence_and_an_early_end_and_slow_drops_and_nonsense_fail() throws IOException {
        assertThat(at(socket -> socket.getInputStream().readAllBytes(), this::http))
                .isEqualTo(Result.FAILED);
        assertThat(at(this::closeAfterRequest, this::http)).isEqualTo(Result.FAILED);
        assertThat(at(
                        socket -> {
                            for (int i = 0; i < 100; i++) {
                                socket.getOutputStream().write('H');
                                Thread.sleep(500);
                            }
                        },
                        this::http))
                .isEqualTo(Result.FAILED);
        assertThat(at(socket -> socket.getOutputStream().write(new byte[100_000]), this::http))
                .isEqualTo(Result.FAILED);
    }

    private void closeAfterRequest(Socket socket) throws IOException {
        head(socket);
        socket.getOutputStream().write("HTTP/1.1 2".getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void address_that_may_not_be_looked_at_is_not_connected_to() throws IOException {
        var careful = new Probes(
                loops, false, UnpooledByteBufAllocator.DEFAULT, account, RefusedAddresses.of(List.of("loopback")));
        try (var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(200);
            assertThat(look(done -> careful.tcp("localhost", server.getLocalPort(), done)))
                    .isEqualTo(Result.DOWN);
            assertThat(server).satisfies(s -> {
                try (Socket socket = s.accept()) {
                    throw new AssertionError("connected from " + socket.getRemoteSocketAddress());
                } catch (IOException e) {
                    assertThat(e).isInstanceOf(java.net.SocketTimeoutException.class);
                }
            });
        }
        careful.close();
    }

    @Test
    void without_room_nothing_is_tried() {
        account.reserve(account.limit() - 100);
        assertThat(look(done -> probes.tcp(HERE, 1, done))).isEqualTo(Result.NOT_TRIED);
        account.release(account.held());
    }

    /** A MySQL server as its documentation describes it: so much as these looks see of it. */
    private static final class Mysql implements Conversation {
        private static final byte[] NONCE = "abcdefghijklmnopqrst".getBytes(StandardCharsets.US_ASCII);
        private final String plugin;
        private final boolean switches;
        private final byte[] afterQuery;
        volatile String query = "";

        Mysql(String plugin, boolean switches, byte[] afterQuery) {
            this.plugin = plugin;
            this.switches = switches;
            this.afterQuery = afterQuery;
        }

        @Override
        public void with(Socket socket) throws Exception {
            var greeting = new ByteArrayOutputStream();
            greeting.write(10);
            greeting.write("8.0.36\0".getBytes(StandardCharsets.US_ASCII));
            greeting.write(new byte[] {1, 0, 0, 0});
            greeting.write(NONCE, 0, 8);
            greeting.write(0);
            greeting.write(new byte[] {(byte) 0xff, (byte) 0xff, 33, 2, 0, (byte) 0xff, (byte) 0xdf, 21});
            greeting.write(new byte[10]);
            greeting.write(NONCE, 8, 12);
            greeting.write(0);
            greeting.write(((switches ? "auth_socket" : plugin) + "\0").getBytes(StandardCharsets.US_ASCII));
            send(socket, 0, greeting.toByteArray());

            byte[] login = read(socket);
            int zero = 32;
            while (login[zero] != 0) {
                zero++;
            }
            assertThat(new String(login, 32, zero - 32, StandardCharsets.US_ASCII))
                    .isEqualTo("probe");
            byte[] proof = Arrays.copyOfRange(login, zero + 2, zero + 2 + login[zero + 1]);
            if (switches) {
                var request = new ByteArrayOutputStream();
                request.write(0xfe);
                request.write((plugin + "\0").getBytes(StandardCharsets.US_ASCII));
                request.write(NONCE);
                request.write(0);
                send(socket, 2, request.toByteArray());
                proof = read(socket);
            }
            if (!Arrays.equals(proof, expected())) {
                send(socket, 2, new byte[] {(byte) 0xff, 0x15, 0x04, '#', '2', '8', '0', '0', '0', 'n', 'o'});
                return;
            }
            if (plugin.equals("caching_sha2_password")) {
                send(socket, 2, new byte[] {1, 3});
            }
            send(socket, 3, new byte[] {0, 0, 0, 2, 0, 0, 0});
            byte[] command = read(socket);
            query = new String(command, 1, command.length - 1, StandardCharsets.UTF_8);
            socket.getOutputStream().write(afterQuery);
            assertThat(read(socket)).as("goodbye").containsExactly(1);
        }

        private byte[] expected() throws Exception {
            boolean old = plugin.equals("mysql_native_password");
            var digest = MessageDigest.getInstance(old ? "SHA-1" : "SHA-256");
            byte[] once = digest.digest("secret".getBytes(StandardCharsets.US_ASCII));
            byte[] twice = digest.digest(once);
            digest.update(old ? NONCE : twice);
            digest.update(old ? twice : NONCE);
            byte[] salted = digest.digest();
            for (int i = 0; i < once.length; i++) {
                once[i] ^= salted[i];
            }
            return once;
        }

        private static void send(Socket socket, int sequence, byte[] content) throws IOException {
            socket.getOutputStream().write(packet(sequence, content));
        }

        static byte[] packet(int sequence, byte[] content) {
            var packet = new ByteArrayOutputStream();
            packet.write(content.length);
            packet.write(content.length >> 8);
            packet.write(0);
            packet.write(sequence);
            packet.writeBytes(content);
            return packet.toByteArray();
        }

        private static byte[] read(Socket socket) throws IOException {
            byte[] header = socket.getInputStream().readNBytes(4);
            return socket.getInputStream().readNBytes((header[0] & 0xff) | (header[1] & 0xff) << 8);
        }
    }

    private static byte[] row(String value) {
        var answer = new ByteArrayOutputStream();
        answer.writeBytes(Mysql.packet(1, new byte[] {2}));
        answer.writeBytes(Mysql.packet(2, "\3defcolumn one".getBytes(StandardCharsets.US_ASCII)));
        answer.writeBytes(Mysql.packet(3, "\3defcolumn two".getBytes(StandardCharsets.US_ASCII)));
        answer.writeBytes(Mysql.packet(4, new byte[] {(byte) 0xfe, 0, 0, 2, 0}));
        answer.writeBytes(
                Mysql.packet(5, ("\tread_only" + (char) value.length() + value).getBytes(StandardCharsets.US_ASCII)));
        answer.writeBytes(Mysql.packet(6, new byte[] {(byte) 0xfe, 0, 0, 2, 0}));
        return answer.toByteArray();
    }

    @ParameterizedTest
    @CsvSource({
        "mysql_native_password,false",
        "mysql_native_password,true",
        "caching_sha2_password,false",
        "caching_sha2_password,true"
    })
    void mysql_lets_in_who_proves_the_password(String plugin, boolean switches) throws IOException {
        var right = new Mysql(plugin, switches, Mysql.packet(1, new byte[] {0, 0, 0, 2, 0, 0, 0}));
        assertThat(at(right, (port, done) -> probes.mysql(HERE, port, "probe", "secret", "select 1", done)))
                .isEqualTo(Result.OK);
        assertThat(right.query).isEqualTo("select 1");
        var wrong = new Mysql(plugin, switches, new byte[0]);
        assertThat(at(wrong, (port, done) -> probes.mysql(HERE, port, "probe", "guess", "select 1", done)))
                .isEqualTo(Result.DOWN);
    }

    @Test
    void mysql_that_is_read_only_fails_the_look_that_asks_for_it() throws IOException {
        String command = "show global variables where variable_name='read_only'";
        assertThat(at(
                        new Mysql("mysql_native_password", false, row("OFF")),
                        (port, done) -> probes.mysql(HERE, port, "probe", "secret", command, done)))
                .isEqualTo(Result.OK);
        assertThat(at(
                        new Mysql("mysql_native_password", false, row("ON")),
                        (port, done) -> probes.mysql(HERE, port, "probe", "secret", command, done)))
                .isEqualTo(Result.FAILED);
        assertThat(at(
                        new Mysql("mysql_native_password", false, row("ON")),
                        (port, done) -> probes.mysql(HERE, port, "probe", "secret", "select a, b from t", done)))
                .isEqualTo(Result.OK);
    }

    @Test
    void error_of_mysql_is_the_end_and_silence_or_nonsense_fails() throws IOException {
        byte[] error = Mysql.packet(1, new byte[] {(byte) 0xff, 0x15, 0x04, 'n', 'o'});
        assertThat(at(
                        new Mysql("mysql_native_password", false, error),
                        (port, done) -> probes.mysql(HERE, port, "probe", "secret", "select", done)))
                .isEqualTo(Result.DOWN);
        Look look = (port, done) -> probes.mysql(HERE, port, "probe", "secret", "", done);
        assertThat(at(socket -> socket.getInputStream().readAllBytes(), look)).isEqualTo(Result.FAILED);
        assertThat(at(socket -> socket.getOutputStream().write(new byte[100_000]), look))
                .isEqualTo(Result.FAILED);
        assertThat(at(socket -> socket.getOutputStream().write(Mysql.packet(0, new byte[] {10, 'x'})), look))
                .isEqualTo(Result.FAILED);
    }
}
