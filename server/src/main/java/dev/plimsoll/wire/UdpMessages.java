package dev.plimsoll.wire;

import static dev.plimsoll.wire.WireJson.orEmpty;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.plimsoll.refusal.InvalidRequest;
import io.avaje.jsonb.Json;

/** What a server and a 1.x client send each other in datagrams. */
public final class UdpMessages {
    /** No datagram of ours has this number. */
    public static final long NONE = 0;

    private UdpMessages() {}

    /** @param lastRefTime as a text, or as a number, which is read as one */
    @Json
    record UdpAck(String type, String lastRefTime) {
        UdpAck {
            type = orEmpty(type);
            lastRefTime = orEmpty(lastRefTime);
        }
    }

    /**
     * The state of a service.
     *
     * @param serviceInfo its JSON
     * @param lastRefTime by which the client's answer will name it
     */
    public static byte[] push(byte[] serviceInfo, long lastRefTime) {
        String data = WireJson.quote(new String(serviceInfo, UTF_8));
        return ("{\"type\":\"dom\",\"data\":" + data + ",\"lastRefTime\":" + lastRefTime + "}").getBytes(UTF_8);
    }

    /** The {@code lastRefTime} of the push that the client says it has; {@link #NONE} when it says something else. */
    public static long acked(byte[] datagram) {
        try {
            UdpAck ack = WireJson.decode(UdpAck.class, datagram);
            String number = ack.lastRefTime();
            boolean digits =
                    !number.isEmpty() && number.length() <= 18 && number.chars().allMatch(c -> c >= '0' && c <= '9');
            return ack.type().equals("push-ack") && digits ? Long.parseLong(number) : NONE;
        } catch (InvalidRequest e) {
            return NONE;
        }
    }
}
