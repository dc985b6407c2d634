package dev.plimsoll.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.MemoryBudget;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UdpSocketTest {
    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Account account = new MemoryBudget(0, 100_000).direct("outbound", 1);
    private final UdpSocket socket =
            new UdpSocket(loops, false, "127.0.0.1", UnpooledByteBufAllocator.DEFAULT, new Outbound(account));
    private final BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();

    @BeforeEach
    void open() {
        socket.open((from, datagram) -> received.add(datagram));
    }

    @AfterEach
    void close() {
        await().untilAsserted(() -> assertThat(account.held()).isZero());
        socket.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private static DatagramSocket client() throws IOException {
        var client = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        client.setSoTimeout(10_000);
        return client;
    }

    private static InetSocketAddress addressOf(DatagramSocket client) {
        return new InetSocketAddress(client.getLocalAddress(), client.getLocalPort());
    }

    @Test
    void one_payload_goes_to_all_and_is_charged_until_it_is_gone() throws IOException {
        var clients = new ArrayList<DatagramSocket>();
        for (int i = 0; i < 20; i++) {
            clients.add(client());
        }
        var payload = new byte[] {1, 2, 3};
        assertThat(socket.send(
                        payload, clients.stream().map(UdpSocketTest::addressOf).toList(), lost -> {
                            throw new AssertionError(lost);
                        }))
                .isTrue();
        for (DatagramSocket client : clients) {
            var packet = new DatagramPacket(new byte[10], 10);
            client.receive(packet);
            assertThat(packet.getLength()).isEqualTo(3);
            assertThat(packet.getPort()).isEqualTo(socket.port());
            client.close();
        }
    }

    @Test
    void what_has_no_room_is_not_sent() throws IOException {
        try (DatagramSocket client = client()) {
            account.reserve(99_900);
            assertThat(socket.send(new byte[10], List.of(addressOf(client)), lost -> {}))
                    .isFalse();
            account.release(99_900);
            assertThat(socket.send(new byte[10], List.of(addressOf(client)), lost -> {}))
                    .isTrue();
        }
    }

    @Test
    void what_the_system_does_not_take_is_told() throws IOException {
        var lost = new ConcurrentLinkedQueue<InetSocketAddress>();
        try (DatagramSocket client = client()) {
            assertThat(socket.send(new byte[66_000], List.of(addressOf(client)), lost::add))
                    .isTrue();
            await().untilAsserted(() -> assertThat(lost).containsExactly(addressOf(client)));
        }
    }

    @Test
    void what_comes_in_is_cut_at_a_bound() throws Exception {
        try (DatagramSocket client = client()) {
            var server = new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.port());
            client.send(new DatagramPacket(new byte[60_000], 60_000, server));
            client.send(new DatagramPacket(new byte[5], 5, server));
            assertThat(received.poll(10, TimeUnit.SECONDS)).hasSizeLessThanOrEqualTo(2_048);
            assertThat(received.poll(10, TimeUnit.SECONDS)).hasSize(5);
        }
    }

    @Test
    void closed_one_sends_nothing() throws IOException {
        socket.close();
        try (DatagramSocket client = client()) {
            assertThat(socket.send(new byte[10], List.of(addressOf(client)), lost -> {}))
                    .isFalse();
        }
        assertThat(socket.port()).isZero();
    }
}
