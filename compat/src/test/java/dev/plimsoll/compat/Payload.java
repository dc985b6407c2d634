package dev.plimsoll.compat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.grpc.MethodDescriptor.Marshaller;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The one protobuf message of the protocol, written out by hand so that nothing of the server is trusted here: field 2 the
 * metadata (3 type, 7 headers, 8 client address), field 3 the body (1 type URL, 2 the JSON's bytes).
 */
record Payload(String type, Map<String, String> headers, String clientIp, String typeUrl, byte[] body) {

    static final Marshaller<Payload> MARSHALLER = new Marshaller<>() {
        @Override
        public InputStream stream(Payload payload) {
            return new ByteArrayInputStream(payload.encoded());
        }

        @Override
        public Payload parse(InputStream stream) {
            try {
                return decode(stream.readAllBytes());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LENGTH_DELIMITED = 2;

    static Payload of(String type, String json) {
        return new Payload(type, Map.of(), "127.0.0.1", "", json.getBytes(StandardCharsets.UTF_8));
    }

    static Payload of(String type, byte[] body) {
        return new Payload(type, Map.of(), "127.0.0.1", "", body);
    }

    Payload withTypeUrl(String changed) {
        return new Payload(type, headers, clientIp, changed, body);
    }

    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    JsonNode json() {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new AssertionError(type + " has a body that is no JSON: " + text(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What an assertion shows. */
    @Override
    public String toString() {
        String text = text();
        return type + " " + (text.length() > 2000 ? text.substring(0, 2000) + "..." : text);
    }

    byte[] encoded() {
        ByteArrayOutputStream metadata = new ByteArrayOutputStream();
        field(metadata, 3, type.getBytes(StandardCharsets.UTF_8));
        headers.forEach((name, value) -> {
            ByteArrayOutputStream entry = new ByteArrayOutputStream();
            field(entry, 1, name.getBytes(StandardCharsets.UTF_8));
            field(entry, 2, value.getBytes(StandardCharsets.UTF_8));
            field(metadata, 7, entry.toByteArray());
        });
        field(metadata, 8, clientIp.getBytes(StandardCharsets.UTF_8));
        ByteArrayOutputStream any = new ByteArrayOutputStream();
        field(any, 1, typeUrl.getBytes(StandardCharsets.UTF_8));
        field(any, 2, body);
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        field(payload, 2, metadata.toByteArray());
        field(payload, 3, any.toByteArray());
        return payload.toByteArray();
    }

    static Payload decode(byte[] bytes) {
        String[] text = {"", "", ""};
        Map<String, String> headers = new LinkedHashMap<>();
        byte[][] body = {new byte[0]};
        new Fields(bytes).each((number, value) -> {
            if (number == 2) {
                new Fields(value).each((inner, data) -> {
                    if (inner == 3) {
                        text[0] = new String(data, StandardCharsets.UTF_8);
                    } else if (inner == 7) {
                        String[] entry = {"", ""};
                        new Fields(data)
                                .each((part, word) -> entry[part - 1] = new String(word, StandardCharsets.UTF_8));
                        headers.put(entry[0], entry[1]);
                    } else if (inner == 8) {
                        text[1] = new String(data, StandardCharsets.UTF_8);
                    }
                });
            } else if (number == 3) {
                new Fields(value).each((inner, data) -> {
                    if (inner == 1) {
                        text[2] = new String(data, StandardCharsets.UTF_8);
                    } else if (inner == 2) {
                        body[0] = data;
                    }
                });
            }
        });
        return new Payload(text[0], headers, text[1], text[2], body[0]);
    }

    private static void field(ByteArrayOutputStream out, int number, byte[] value) {
        if (value.length == 0) {
            return;
        }
        varint(out, (number << 3) | LENGTH_DELIMITED);
        varint(out, value.length);
        out.writeBytes(value);
    }

    private static void varint(ByteArrayOutputStream out, int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            out.write((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
    }

    private interface Field {
        void accept(int number, byte[] value);
    }

    /** Walks the length-delimited fields of a message. The protocol has no others. */
    private static final class Fields {
        private final byte[] bytes;
        private int at;

        Fields(byte[] bytes) {
            this.bytes = bytes;
        }

        void each(Field field) {
            while (at < bytes.length) {
                int tag = varint();
                if ((tag & 7) != LENGTH_DELIMITED) {
                    throw new AssertionError("field " + (tag >>> 3) + " has wire type " + (tag & 7) + " (expected: 2)");
                }
                int length = varint();
                byte[] value = new byte[length];
                System.arraycopy(bytes, at, value, 0, length);
                at += length;
                field.accept(tag >>> 3, value);
            }
        }

        private int varint() {
            int value = 0;
            for (int shift = 0; ; shift += 7) {
                byte next = bytes[at++];
                value |= (next & 0x7f) << shift;
                if (next >= 0) {
                    return value;
                }
            }
        }
    }
}
