package dev.plimsoll.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.wire.ConfigMessages.ConfigPublishRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class PayloadTest {
    private static final List<String> BODIES = List.of(
            "{\"namespace\":\"n\",\"type\":\"registerInstance\",\"instance\":{\"ip\":\"1.1.1.1\",\"port\":1,"
                    + "\"weight\":1.5,\"healthy\":true,\"metadata\":{\"a\":null,\"b\":\"\\u00e9\"}}}",
            "{\"dataId\":\"d\",\"content\":\"x\\ny\\uD83D\\uDE00\",\"additionMap\":{\"type\":\"yaml\"}}",
            "{\"listen\":true,\"configListenContexts\":[{\"dataId\":\"d\",\"group\":\"g\",\"md5\":\"\"}]}");
    private static final List<String> TYPES =
            List.of("InstanceRequest", "ConfigPublishRequest", "ConfigBatchListenRequest", "ServiceListRequest");

    @Property
    void a_message_comes_back_in_one_buffer_of_its_exact_size(
            @ForAll("types") String type, @ForAll String clientIp, @ForAll byte[] first, @ForAll byte[] second) {
        String address = clientIp.replaceAll("[^ -~]", "");
        address = address.substring(0, Math.min(address.length(), Payload.MAX_CLIENT_IP));
        ByteBuf out = Payload.encodeFrom(UnpooledByteBufAllocator.DEFAULT, address, type, first, second);
        try {
            assertThat(out.capacity()).isEqualTo(out.readableBytes());
            assertThat(out.readByte()).isZero();
            assertThat(out.readInt()).isEqualTo(out.readableBytes());
            Payload back = Payload.decode(out);
            assertThat(back.type()).isEqualTo(type);
            assertThat(back.clientIp()).isEqualTo(address);
            byte[] json = GoldenMessagesTest.join(new byte[][] {first, second});
            assertThat(back.body()).isEqualTo(json.length == 0 ? "{}".getBytes(UTF_8) : json);
        } finally {
            out.release();
        }
    }

    @Test
    void the_size_is_known_before_encoding() {
        for (int length : new int[] {0, 1, 100, 127, 128, 16_383, 16_384, 3_000_000}) {
            ByteBuf out = Payload.encode(UnpooledByteBufAllocator.DEFAULT, "HealthCheckResponse", new byte[length]);
            assertThat(Payload.encodedSize("HealthCheckResponse", length)).isEqualTo(out.readableBytes());
            out.release();
        }
    }

    @Property
    void random_bytes_are_a_payload_or_refused(@ForAll byte[] bytes) {
        read(bytes);
    }

    @Test
    void a_quote_out_of_place_does_not_turn_strings_inside_out() {
        byte[] json = "{\"dataId\":\\d\",\"content\":\"\\uDE0\",\"additionMap\":{\"type\":\"yaml\"}}".getBytes(UTF_8);
        assertThatThrownBy(() ->
                        MessageTypes.decode(Payload.decode(Unpooled.wrappedBuffer(body("ConfigPublishRequest", json)))))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining("a text stands where none can");
    }

    @Property(tries = 3000)
    void a_damaged_message_is_read_or_refused(
            @ForAll("types") String type, @ForAll("damagedBodies") byte[] body, @ForAll("edits") List<int[]> edits) {
        read(body(type, body));
        ByteBuf whole = Payload.encode(UnpooledByteBufAllocator.DEFAULT, type, body);
        byte[] bytes = new byte[whole.readableBytes() - 5];
        whole.skipBytes(5).readBytes(bytes).release();
        read(damage(bytes, edits));
    }

    /** Anything but a value or InvalidRequest fails the test. */
    private static void read(byte[] bytes) {
        try {
            Payload payload = Payload.decode(Unpooled.wrappedBuffer(bytes));
            ConnectionMessages.Ack.decode(payload);
        } catch (InvalidRequest refused) {
            assertThat(refused.reason()).contains("expected").doesNotContain("io.avaje", "java.");
        }
        try {
            var message = MessageTypes.decode(Payload.decode(Unpooled.wrappedBuffer(bytes)));
            message.encode(); // what was accepted can be written again
        } catch (InvalidRequest refused) {
            assertThat(refused.reason()).contains("expected").doesNotContain("io.avaje", "java.");
        }
    }

    private static byte[] body(String type, byte[] json) {
        ByteBuf whole = Payload.encode(UnpooledByteBufAllocator.DEFAULT, type, json);
        byte[] bytes = new byte[whole.readableBytes() - 5];
        whole.skipBytes(5).readBytes(bytes).release();
        return bytes;
    }

    private static byte[] damage(byte[] bytes, List<int[]> edits) {
        byte[] damaged = bytes.clone();
        for (int[] edit : edits) {
            damaged[Math.floorMod(edit[0], damaged.length)] = (byte) edit[1];
        }
        return damaged;
    }

    @Provide
    Arbitrary<String> types() {
        return Arbitraries.of(TYPES);
    }

    @Provide
    Arbitrary<List<int[]>> edits() {
        return Combinators.combine(
                        Arbitraries.integers(),
                        Arbitraries.of(34, 92, 123, 125, 91, 93, 44, 58, 117, 48, 45, 101, 110, 0, 237, 255))
                .as((at, to) -> new int[] {at, to})
                .list()
                .ofMaxSize(4);
    }

    @Provide
    Arbitrary<byte[]> damagedBodies() {
        return Combinators.combine(Arbitraries.of(BODIES), edits())
                .as((body, edits) -> damage(body.getBytes(UTF_8), edits));
    }

    @Test
    void endless_nesting_is_refused_before_it_is_parsed() {
        String deep = "{\"a\":" + "[".repeat(10_000_000);
        assertRefused("HealthCheckRequest", deep, "nested deeper than 32");
    }

    @Test
    void half_a_character_is_refused_since_it_could_never_be_pushed() {
        assertRefused("ConfigPublishRequest", "{\"content\":\"\\ud83d \"}", "escape is not whole");
        assertRefused("ConfigPublishRequest", "{\"content\":\"\\ude00\"}", "half a character");
    }

    @Test
    void broken_utf8_is_refused() {
        for (String hex : List.of("c080", "e08080", "eda080", "f5808080", "f4908080", "ff", "80", "c3", "ed616d")) {
            byte[] body = GoldenMessagesTest.join(new byte[][] {
                "{\"requestId\":\"".getBytes(UTF_8), HexFormat.of().parseHex(hex), "\"}".getBytes(UTF_8)
            });
            assertThatThrownBy(() -> MessageTypes.decode(new Payload("HealthCheckRequest", Map.of(), "", body)))
                    .as(hex)
                    .isInstanceOf(InvalidRequest.class)
                    .hasMessageContaining("UTF-8");
        }
    }

    @Test
    void values_of_another_shape_are_refused_and_numbers_pass_for_texts() {
        assertRefused("ServiceListRequest", "{\"pageNo\":{}}", "ServiceListRequest");
        assertRefused("InstanceRequest", "{\"instance\":{\"weight\":\"NaN\"}}", "weight: NaN");
        assertRefused("InstanceRequest", "[]", "does not start");
        assertRefused("InstanceRequest", "{} {}", "text after the end");
        var request = (NamingMessages.InstanceRequest)
                decode("InstanceRequest", "{\"instance\":{\"metadata\":{\"n\":5,\"t\":true,\"none\":null}}}");
        InstanceInfo instance = Objects.requireNonNull(request.instance());
        assertThat(instance.metadata()).isEqualTo(Map.of("n", "5", "t", "true"));
        assertThat(instance.weight()).isEqualTo(1.0);
        assertThat(instance.healthy()).isTrue();
    }

    @Test
    void five_megabytes_of_content_are_read_whole() {
        String content = "k\u00e9y=\"v\"\n\uD83D\uDE00".repeat(450_000);
        String json = "{\"content\":" + WireJson.quote(content) + ",\"dataId\":\"big\"}";
        var request = (ConfigPublishRequest) decode("ConfigPublishRequest", json);
        assertThat(request.content().equals(content)).isTrue();
        assertThat(request.dataId()).isEqualTo("big");
    }

    @Test
    void envelopes_beyond_their_bounds_are_refused() {
        String longType = "T".repeat(Payload.MAX_TYPE + 1);
        assertThatThrownBy(() -> Payload.decode(Unpooled.wrappedBuffer(body(longType, new byte[0]))))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining("message type: 129 bytes");
        assertThatThrownBy(() -> Payload.decode(Unpooled.wrappedBuffer(headers(Payload.MAX_HEADERS + 1, 1))))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining("headers: more than 64");
        assertThatThrownBy(() -> Payload.decode(Unpooled.wrappedBuffer(headers(1, Payload.MAX_HEADER_VALUE + 1))))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining("header value: 8193 bytes");
        assertThat(Payload.decode(Unpooled.wrappedBuffer(headers(Payload.MAX_HEADERS, 1)))
                        .headers())
                .hasSize(Payload.MAX_HEADERS);
    }

    /** A payload with so many headers, each value so long. */
    private static byte[] headers(int count, int valueLength) {
        var metadata = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            var entry = new ByteArrayOutputStream();
            field(entry, 1, ("h" + i).getBytes(UTF_8));
            field(entry, 2, "v".repeat(valueLength).getBytes(UTF_8));
            field(metadata, 7, entry.toByteArray());
        }
        var payload = new ByteArrayOutputStream();
        field(payload, 2, metadata.toByteArray());
        return payload.toByteArray();
    }

    private static void field(ByteArrayOutputStream out, int number, byte[] bytes) {
        out.write(number << 3 | 2);
        int rest = bytes.length;
        while (rest > 0x7F) {
            out.write((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
        out.writeBytes(bytes);
    }

    private static Message decode(String type, String json) {
        return MessageTypes.decode(new Payload(type, Map.of(), "", json.getBytes(UTF_8)));
    }

    private static void assertRefused(String type, String json, String why) {
        assertThatThrownBy(() -> decode(type, json))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining(why);
    }
}
