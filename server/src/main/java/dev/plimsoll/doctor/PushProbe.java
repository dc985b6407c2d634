package dev.plimsoll.doctor;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.wire.Payload;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A client that subscribes to a service of its own, registers an instance of it, and waits to be told. The instance has
 * an address that nobody can call, lives for a moment, and goes with the connection.
 */
final class PushProbe {
    static final String GROUP = "PLIMSOLL_DOCTOR";

    private static final String NOWHERE = "192.0.2.1"; // of a range kept for documentation
    private static final long ANSWER_MILLIS = 4_000;
    private static final long ACK_MILLIS = 1_000;

    private final Http2Wire wire;
    private final String token;
    private final String service;

    /**
     * @param token "" when nobody logged in
     * @param name makes the service one of its own
     */
    PushProbe(Http2Wire wire, String token, String name) {
        this.wire = wire;
        this.token = token;
        this.service = "doctor-" + name;
    }

    /**
     * Milliseconds from the registration to the push that tells of it.
     *
     * @throws IOException with what went wrong, in words
     */
    long roundTripMillis() throws IOException {
        call("ServerCheckRequest", "{}");
        int stream = wire.open("/BiRequestStream/requestBiStream");
        wire.send(
                stream,
                payload(
                        "ConnectionSetupRequest",
                        "{\"clientVersion\":\"Plimsoll-Doctor:v1.0.0\",\"tenant\":\"\","
                                + "\"labels\":{\"source\":\"sdk\",\"module\":\"naming\",\"AppName\":\"plimsoll-doctor\"},"
                                + "\"abilityTable\":{}}"),
                false);
        acknowledged(stream);
        String names = "\"namespace\":\"public\",\"serviceName\":\"" + service + "\",\"groupName\":\"" + GROUP + "\"";
        call("SubscribeServiceRequest", "{" + names + ",\"subscribe\":true,\"clusters\":\"\"}");
        String instance = ",\"instance\":{\"ip\":\"" + NOWHERE + "\",\"port\":9,\"weight\":1.0,\"healthy\":true,"
                + "\"enabled\":true,\"ephemeral\":true,\"clusterName\":\"DEFAULT\",\"metadata\":{}}}";
        long began = System.nanoTime();
        call("InstanceRequest", "{" + names + ",\"type\":\"registerInstance\"" + instance);
        awaitPush(stream);
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
        call("InstanceRequest", "{" + names + ",\"type\":\"deregisterInstance\"" + instance);
        return millis;
    }

    private void call(String type, String json) throws IOException {
        int stream = wire.open("/Request/request");
        wire.send(stream, payload(type, json), true);
        byte[] answer = wire.receive(stream, ANSWER_MILLIS);
        if (answer == null) {
            throw new IOException(type + " was not answered");
        }
        Json said = body(answer);
        if (said.at("resultCode").whole(0) != 200) {
            throw new IOException(type + " was refused: " + said.at("errorCode").text() + " "
                    + said.at("message").text());
        }
    }

    /** Servers before 2.3 do not acknowledge; then it is known by the first push. */
    private void acknowledged(int stream) throws IOException {
        try {
            wire.receive(stream, ACK_MILLIS);
        } catch (SocketTimeoutException e) {
            return;
        }
    }

    private void awaitPush(int stream) throws IOException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ANSWER_MILLIS);
        while (true) {
            long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
            byte[] message = left <= 0 ? null : wire.receive(stream, left);
            if (message == null) {
                throw new IOException("no push within " + ANSWER_MILLIS / 1_000 + " s");
            }
            Payload payload = decode(message);
            if (payload.type().equals("NotifySubscriberRequest")) {
                Json body = json(payload);
                String id = body.at("requestId").text();
                wire.send(
                        stream,
                        payload(
                                "NotifySubscriberResponse",
                                "{\"resultCode\":200,\"errorCode\":0,\"success\":true," + "\"requestId\":"
                                        + Json.write(id) + "}"),
                        false);
                if (body.at("serviceInfo", "hosts").items().stream()
                        .anyMatch(host -> host.at("ip").text().equals(NOWHERE))) {
                    return;
                }
            }
        }
    }

    private static Json body(byte[] message) throws IOException {
        return json(decode(message));
    }

    private static Payload decode(byte[] message) throws IOException {
        try {
            return Payload.decode(Unpooled.wrappedBuffer(message));
        } catch (InvalidRequest e) {
            throw new IOException(e.reason(), e);
        }
    }

    private static Json json(Payload payload) throws IOException {
        try {
            return Json.parse(payload.body());
        } catch (InvalidRequest e) {
            throw new IOException(e.reason(), e);
        }
    }

    /** The envelope of a request, with the token where clients put it. */
    private byte[] payload(String type, String json) {
        var metadata = new ByteArrayOutputStream();
        delimited(metadata, 3, type.getBytes(UTF_8));
        for (Map.Entry<String, String> header :
                (token.isEmpty() ? Map.<String, String>of() : Map.of("accessToken", token)).entrySet()) {
            var entry = new ByteArrayOutputStream();
            delimited(entry, 1, header.getKey().getBytes(UTF_8));
            delimited(entry, 2, header.getValue().getBytes(UTF_8));
            delimited(metadata, 7, entry.toByteArray());
        }
        var any = new ByteArrayOutputStream();
        delimited(any, 2, json.getBytes(UTF_8));
        var payload = new ByteArrayOutputStream();
        delimited(payload, 2, metadata.toByteArray());
        delimited(payload, 3, any.toByteArray());
        return payload.toByteArray();
    }

    private static void delimited(ByteArrayOutputStream out, int field, byte[] bytes) {
        out.write(field << 3 | 2);
        int rest = bytes.length;
        while (rest > 0x7F) {
            out.write((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
        out.writeBytes(bytes);
    }
}
