package dev.plimsoll.wire;

import static dev.plimsoll.wire.WireJson.orEmpty;
import static dev.plimsoll.wire.WireJson.present;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.plimsoll.refusal.InvalidRequest;
import io.avaje.jsonb.Json;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The JSON of the HTTP interfaces, where it is not that of a gRPC message. */
public final class HttpMessages {
    private HttpMessages() {}

    /**
     * The heart beat that 1.x clients send until the server tells them that a light one will do. What a client left out
     * is "", 0, or the default of an instance.
     *
     * @param cluster "" when left out
     */
    @Json
    public record Beat(
            String ip, int port, String cluster, Double weight, Map<String, String> metadata, Boolean ephemeral) {
        public Beat {
            ip = orEmpty(ip);
            cluster = orEmpty(cluster);
            weight = weight == null ? 1.0 : weight;
            metadata = present(metadata);
            ephemeral = ephemeral == null || ephemeral;
        }

        /** Reads the text of the parameter {@code beat}. */
        public static Beat parse(String json) {
            return WireJson.decode(Beat.class, json.getBytes(UTF_8));
        }
    }

    /**
     * What a heart beat is answered.
     *
     * @param clientBeatInterval milliseconds to the next one
     * @param code {@link #KNOWN}, or {@link #UNKNOWN}, at which the client registers again
     */
    @Json
    public record BeatAnswer(long clientBeatInterval, int code, boolean lightBeatEnabled) {
        public static final int KNOWN = 10200;
        public static final int UNKNOWN = 20404;

        public byte[] json() {
            return WireJson.encode(this);
        }
    }

    /** One instance, as v1 tells of it. */
    @Json
    public record InstanceDetail(
            String service,
            String ip,
            int port,
            String clusterName,
            double weight,
            boolean healthy,
            String instanceId,
            Map<String, String> metadata) {
        public byte[] json() {
            return WireJson.encode(this);
        }
    }

    /** A page of service names; {@code count} is that of all pages. */
    @Json
    public record ServiceNames(int count, List<String> doms) {
        public byte[] json() {
            return WireJson.encode(this);
        }
    }

    /** The error body of the reference's web framework, for paths and methods that do not exist. */
    @Json
    public record WebError(String timestamp, int status, String error, String message, String path) {
        public byte[] json() {
            return WireJson.encode(this);
        }
    }

    /** The envelope of v2 and v3 around a text; all its fields are always there. */
    public static byte[] envelope(int code, String message, @Nullable String data) {
        String quoted = data == null ? "null" : WireJson.quote(data);
        return enveloped(code, message, quoted).getBytes(UTF_8);
    }

    /** The envelope of success around a text in UTF-8. */
    public static byte[] envelopeOfText(byte[] utf8) {
        return around("{\"code\":0,\"message\":\"success\",\"data\":", utf8, "}");
    }

    /**
     * What v3 answers a client that reads a configuration.
     *
     * @param content UTF-8
     */
    public static byte[] configAnswer(
            byte[] content, String encryptedDataKey, String type, String md5, long modifiedMillis) {
        return around(
                "{\"code\":0,\"message\":\"success\",\"data\":{\"resultCode\":200,\"errorCode\":0,\"message\":null,"
                        + "\"requestId\":null,\"content\":",
                content,
                ",\"encryptedDataKey\":" + WireJson.quote(encryptedDataKey) + ",\"contentType\":"
                        + WireJson.quote(type) + ",\"md5\":" + WireJson.quote(md5) + ",\"lastModified\":"
                        + modifiedMillis + ",\"tag\":null,\"beta\":false,\"success\":true}}");
    }

    /** JSON around a text, which is copied once: it may be as large as a content. */
    private static byte[] around(String before, byte[] utf8, String after) {
        byte[] head = before.getBytes(UTF_8);
        byte[] tail = after.getBytes(UTF_8);
        int length = head.length + 2 + tail.length;
        for (byte b : utf8) {
            length += escaped(b);
        }
        byte[] json = Arrays.copyOf(head, length);
        int n = head.length;
        json[n++] = '"';
        for (byte b : utf8) {
            int escaped = escaped(b);
            if (escaped == 1) {
                json[n++] = b;
                continue;
            }
            json[n++] = '\\';
            if (escaped == 2) {
                json[n++] = b;
            } else {
                json[n++] = 'u';
                json[n++] = '0';
                json[n++] = '0';
                json[n++] = (byte) (b < 0x10 ? '0' : '1');
                json[n++] = (byte) Character.forDigit(b & 0xF, 16);
            }
        }
        json[n++] = '"';
        System.arraycopy(tail, 0, json, n, tail.length);
        return json;
    }

    /** Bytes that a byte of a text takes in JSON. */
    private static int escaped(byte b) {
        return b == '"' || b == '\\' ? 2 : b >= 0 && b < ' ' ? 6 : 1;
    }

    /** The envelope of success around JSON. */
    public static byte[] envelope(byte[] data) {
        return enveloped(0, "success", new String(data, UTF_8)).getBytes(UTF_8);
    }

    /** An object of texts, some of which may be null, in the order given. */
    public static byte[] object(Map<String, @Nullable String> fields) {
        var json = new StringBuilder("{");
        fields.forEach((name, value) -> json.append(json.length() == 1 ? "" : ",")
                .append(WireJson.quote(name))
                .append(':')
                .append(value == null ? "null" : WireJson.quote(value)));
        return json.append('}').toString().getBytes(UTF_8);
    }

    /**
     * Reads an object whose values are texts, numbers or booleans.
     *
     * @throws InvalidRequest when it is anything else
     */
    public static Map<String, String> texts(String json) {
        return WireJson.texts(json.getBytes(UTF_8));
    }

    private static String enveloped(int code, String message, String data) {
        return "{\"code\":" + code + ",\"message\":" + WireJson.quote(message) + ",\"data\":" + data + "}";
    }
}
