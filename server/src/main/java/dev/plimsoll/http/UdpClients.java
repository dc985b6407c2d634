package dev.plimsoll.http;

import dev.plimsoll.net.HttpCall;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which of those who ask for instances may be told of changes by UDP, and where. */
final class UdpClients {
    /** The version from which on a client can be told, by the beginning of its name. */
    private static final Map<String, int[]> FROM = Map.of(
            "Nacos-Java-Client:v", new int[] {0, 1, 0},
            "Nacos-DNS:v", new int[] {0, 4, 3},
            "Nacos-C-Client:v", new int[] {1, 0, 12},
            "vip-client4cpp", new int[] {1, 0, 12},
            "Nacos-Go-Client:v", new int[] {0, 1, 0},
            "Nacos-CSharp-Client:v", new int[] {0, 9, 0});

    /** The system gives no client a port below this. */
    private static final int LOWEST_PORT = 1_024;

    private UdpClients() {}

    /** The name and version of the client; "" when it gives none. */
    static String agent(HttpCall call) {
        String agent = call.header("User-Agent");
        if (agent == null || agent.isBlank()) {
            agent = call.header("Client-Version");
        }
        return agent == null ? "" : agent.trim();
    }

    static boolean canBeTold(String agent) {
        for (var entry : FROM.entrySet()) {
            if (agent.startsWith(entry.getKey())) {
                return atLeast(agent.substring(entry.getKey().length()), entry.getValue());
            }
        }
        return false;
    }

    /**
     * Where the caller is told, null when it is not.
     *
     * <p>The address is always the one the request came from. What it says in {@code clientIp} is anybody's word: to believe it would let one
     * small request turn the server's datagrams on a third party, many times larger and again and again. So a caller that
     * names another address is not told, and neither is one behind a proxy, whose address is not its own. Only on this
     * very machine may the two differ: a client that connects to 127.0.0.1 gives the address of its network card.
     */
    static @Nullable InetSocketAddress address(HttpCall call, String clientIp, int udpPort) {
        if (udpPort < LOWEST_PORT || udpPort > 65_535 || call.header("X-Forwarded-For") != null) {
            return null;
        }
        try {
            InetAddress peer = InetAddress.getByName(call.remoteIp()); // a literal, so nothing is looked up
            boolean own = clientIp.isEmpty()
                    || clientIp.equals(call.remoteIp())
                    || (peer.isLoopbackAddress() && isOfThisMachine(clientIp));
            return own ? new InetSocketAddress(peer, udpPort) : null;
        } catch (UnknownHostException | SocketException e) {
            return null;
        }
    }

    private static boolean isOfThisMachine(String ip) throws UnknownHostException, SocketException {
        boolean literal = ip.length() <= 45 && ip.matches("[0-9]+(\\.[0-9]+){3}|[0-9a-fA-F:]*:[0-9a-fA-F:.]*");
        return literal && NetworkInterface.getByInetAddress(InetAddress.getByName(ip)) != null;
    }

    private static boolean atLeast(String version, int[] least) {
        String[] parts = version.split("\\.", 4);
        for (int i = 0; i < least.length; i++) {
            int part = i < parts.length ? leadingNumber(parts[i]) : 0;
            if (part != least[i]) {
                return part > least[i];
            }
        }
        return true;
    }

    /** The digits it begins with: versions have endings such as -SNAPSHOT. At most nine of them are read. */
    private static int leadingNumber(String text) {
        int end = 0;
        while (end < text.length() && end < 9 && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        return end == 0 ? 0 : Integer.parseInt(text.substring(0, end));
    }
}
