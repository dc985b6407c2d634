package dev.plimsoll.wire;

import static dev.plimsoll.wire.WireJson.orEmpty;
import static dev.plimsoll.wire.WireJson.present;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.plimsoll.refusal.InvalidRequest;
import io.avaje.jsonb.Json;
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

    /** One instance, as v1 and v2 tell of it. */
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

        /** v2 has another name for the service. */
        public byte[] jsonV2() {
            return new JsonText()
                    .open('{')
                    .field("serviceName", service)
                    .field("ip", ip)
                    .field("port", port)
                    .field("clusterName", clusterName)
                    .field("weight", weight)
                    .field("healthy", healthy)
                    .field("instanceId", instanceId)
                    .name("metadata")
                    .texts(metadata)
                    .close('}')
                    .bytes();
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
        return success().utf8(utf8).close('}').bytes();
    }

    /** The envelope of success, up to its data; to be closed by a brace. */
    public static JsonText success() {
        return new JsonText()
                .open('{')
                .field("code", 0)
                .field("message", "success")
                .name("data");
    }

    /** The envelope of v1 that says success by 200, up to its data; to be closed by a brace. */
    public static JsonText restSuccess() {
        return new JsonText()
                .open('{')
                .field("code", 200)
                .field("message", null)
                .name("data");
    }

    /**
     * What v3 answers a client that reads a configuration.
     *
     * @param content UTF-8
     */
    public static byte[] configAnswer(
            byte[] content, String encryptedDataKey, String type, String md5, long modifiedMillis, boolean beta) {
        return success()
                .open('{')
                .field("resultCode", 200)
                .field("errorCode", 0)
                .field("message", null)
                .field("requestId", null)
                .name("content")
                .utf8(content)
                .field("encryptedDataKey", encryptedDataKey)
                .field("contentType", type)
                .field("md5", md5)
                .field("lastModified", modifiedMillis)
                .field("tag", null)
                .name("beta")
                .truth(beta)
                .name("success")
                .truth(true)
                .close('}')
                .close('}')
                .bytes();
    }

    /** The envelope of success around JSON. */
    public static byte[] envelope(byte[] data) {
        return success().json(data).close('}').bytes();
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

    @Json
    record Instances(List<InstanceInfo> instances) {
        Instances {
            instances = present(instances);
        }
    }

    /**
     * Reads an array of instances.
     *
     * @throws InvalidRequest when it is anything else
     */
    public static List<InstanceInfo> instances(String json) {
        return WireJson.decode(Instances.class, ("{\"instances\":" + json + "}").getBytes(UTF_8))
                .instances();
    }

    private static String enveloped(int code, String message, String data) {
        return "{\"code\":" + code + ",\"message\":" + WireJson.quote(message) + ",\"data\":" + data + "}";
    }
}
