package dev.plimsoll.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import org.junit.jupiter.api.Test;

/** Whoever is told by UDP is told what he may read, and no longer than he may. */
class UdpAccessTest extends AccessFixture {
    private static final String SERVICE = "serviceName=told&namespaceId=dev";
    private static final String PERMISSION = "/nacos/v1/auth/permissions?role=readers&resource=dev:*:*&action=r";

    @Test
    void a_right_that_is_taken_ends_it_at_once_and_others_go_on() throws Exception {
        ok(post("/nacos/v1/auth/users?username=reader&password=" + DEV, admin));
        ok(post("/nacos/v1/auth/roles?role=readers&username=reader", admin));
        ok(post(PERMISSION, admin));
        String reader = login("reader", DEV);
        try (var his = new DatagramSocket();
                var other = new DatagramSocket()) {
            his.setSoTimeout(10_000);
            other.setSoTimeout(10_000);
            listWithPort(his, reader);
            listWithPort(other, dev);
            register(80);
            receive(his);
            receive(other);

            ok(server.send("DELETE", PERMISSION, "", "Authorization", "Bearer " + admin));
            register(81);
            assertThat(receive(other)).contains("\\\"port\\\":81,").doesNotContain("\\\"port\\\":82,");
            ok(post(PERMISSION, admin));
            register(82);
            assertThat(receive(his)).as("the first he heard since").contains("\\\"port\\\":82,");
        }
    }

    private static void listWithPort(DatagramSocket socket, String token) {
        ok(server.get(
                "/nacos/v1/ns/instance/list?" + SERVICE + "&udpPort=" + socket.getLocalPort(),
                "User-Agent",
                "Nacos-Java-Client:v1.4.7",
                "accessToken",
                token));
    }

    private static void register(int port) {
        var registered = post("/nacos/v1/ns/instance?ip=10.9.8.4&port=" + port + "&" + SERVICE, dev);
        assertThat(registered.body()).isEqualTo("ok");
    }

    private static String receive(DatagramSocket socket) throws IOException {
        var packet = new DatagramPacket(new byte[65_536], 65_536);
        socket.receive(packet);
        return NamingUdpTest.text(packet);
    }
}
