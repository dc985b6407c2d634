package dev.plimsoll.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.wire.ConfigMessages.ConfigPublishRequest;
import dev.plimsoll.wire.NamingMessages.InstanceRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.openjdk.jol.info.GraphLayout;

class DecodingCostTest {
    private static ByteBuf message(String type, String json) {
        ByteBuf framed = Payload.encode(UnpooledByteBufAllocator.DEFAULT, type, json.getBytes(StandardCharsets.UTF_8));
        try {
            return Unpooled.copiedBuffer(framed.slice(5, framed.readableBytes() - 5));
        } finally {
            framed.release();
        }
    }

    /** What the decoded request retains is within what is charged for it. */
    private static DecodingCost checked(String type, String json) {
        ByteBuf message = message(type, json);
        DecodingCost cost = DecodingCost.of(message);
        Message.ClientRequest request = MessageTypes.decode(Payload.decode(message));
        long measured = GraphLayout.parseInstance(request).totalSize();
        assertThat(cost.kept()).as("kept, of a %s", type).isGreaterThanOrEqualTo(measured);
        assertThat(cost.peak()).isGreaterThanOrEqualTo(measured + message.readableBytes());
        return cost;
    }

    private static String publish(String content) {
        return "{\"dataId\":\"a\",\"group\":\"b\",\"tenant\":\"\",\"content\":\"" + content + "\"}";
    }

    private static String many(int count, IntFunction<String> each) {
        return IntStream.range(0, count).mapToObj(each).collect(Collectors.joining(","));
    }

    @Test
    void a_plain_content_costs_four_times_its_size() {
        DecodingCost cost = checked(ConfigPublishRequest.class.getSimpleName(), publish("x".repeat(1_000_000)));
        assertThat(cost.peak()).isBetween(4_000_000L, 4_010_000L);
        assertThat(cost.kept()).isBetween(1_000_000L, 1_005_000L);
    }

    @Test
    void signs_within_a_content_cost_nothing_more() {
        DecodingCost cost =
                checked(ConfigPublishRequest.class.getSimpleName(), publish("{\\\"a\\\":[1,2]},".repeat(50_000)));
        assertThat(cost.peak()).isBetween(4 * 700_000L - 10_000, 4 * 700_000L + 10_000);
    }

    @Test
    void one_wide_character_doubles_the_texts() {
        String type = ConfigPublishRequest.class.getSimpleName();
        DecodingCost told = checked(type, publish("x".repeat(1_000_000) + "\u4e2d"));
        assertThat(told.peak()).isBetween(7_000_000L, 7_010_000L);
        DecodingCost escaped = checked(type, publish("x".repeat(1_000_000) + "\\u4e2d"));
        assertThat(escaped.peak()).isBetween(7_000_000L, 7_010_000L);
    }

    @Test
    void a_content_of_wide_characters_only() {
        DecodingCost cost = checked(ConfigPublishRequest.class.getSimpleName(), publish("\u4e2d".repeat(300_000)));
        assertThat(cost.peak()).isBetween(900_000L + 3 * 600_000, 900_000L + 3 * 600_000 + 5_000);
    }

    @Test
    void many_small_things_cost_what_their_objects_do() {
        checked(
                InstanceRequest.class.getSimpleName(),
                "{\"type\":\"registerInstance\",\"instance\":{\"ip\":\"1.1.1.1\",\"port\":1,\"metadata\":{"
                        + many(50_000, i -> "\"" + Integer.toString(i, 36) + "\":\"\"") + "}}}");
        checked(
                "ConfigBatchListenRequest",
                "{\"listen\":true,\"configListenContexts\":[" + many(50_000, i -> "{}") + "]}");
        checked("BatchInstanceRequest", "{\"instances\":[" + many(50_000, i -> "{\"ip\":\"\"}") + "]}");
    }

    @Test
    void what_is_no_payload_is_refused_before_it_costs_anything() {
        ByteBuf garbage = Unpooled.wrappedBuffer(new byte[10_000]);
        assertThatThrownBy(() -> DecodingCost.of(garbage)).isInstanceOf(InvalidRequest.class);
        assertThat(garbage.readableBytes()).isEqualTo(10_000);
    }
}
