package dev.plimsoll.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.loop.ManualLoop;
import dev.plimsoll.refusal.OverBudget;
import dev.plimsoll.registry.Instance;
import dev.plimsoll.registry.ServiceKey;
import dev.plimsoll.registry.ServiceSnapshot;
import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.MemoryBudget;
import dev.plimsoll.wire.Payload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ServiceFramesTest {
    private static final int ROOM = 64 * 1024;
    private static final ServiceKey ORDERS = key("orders");

    private final ManualLoop loop = new ManualLoop();
    private final Account account = new MemoryBudget(0, ROOM).direct("snapshots", 1);
    private final Map<ServiceKey, ServiceSnapshot> registry = new HashMap<>();
    private final ByteBufAllocator allocator = new PooledByteBufAllocator(true);
    private final ServiceFrames frames =
            new ServiceFrames(registry::get, allocator, account, new AtomicLong(), loop::nanoTime);
    private long revision;

    private static ServiceKey key(String name) {
        return new ServiceKey("public", "DEFAULT_GROUP", name);
    }

    private void publish(ServiceKey key, int instances) {
        var list = new ArrayList<Instance>();
        for (int i = 0; i < instances; i++) {
            list.add(new Instance("10.0.0." + i, 8080, 1, true, true, "", "", Map.of()));
        }
        registry.put(key, new ServiceSnapshot(key, ++revision, 1_700_000_000_000L, true, list, null));
    }

    private ServiceSnapshot published(ServiceKey key) {
        return Objects.requireNonNull(registry.get(key));
    }

    private static String json(ByteBuf message) {
        return new String(
                Payload.decode(message.slice(5, message.readableBytes() - 5)).body(), StandardCharsets.UTF_8);
    }

    @Test
    void a_state_larger_than_one_service_may_take_is_refused_before_it_is_encoded() {
        publish(ORDERS, 100);
        assertThat(ServiceFrames.jsonBytes(ORDERS, published(ORDERS).instances()))
                .isBetween((long) ROOM / 2, (long) ROOM);
        assertThatThrownBy(() -> frames.answer(ORDERS, "", "QueryServiceResponse", new byte[0], new byte[0]))
                .isInstanceOf(OverBudget.class)
                .hasMessageContaining("one service may take " + ROOM / 2);
        assertThatThrownBy(() -> frames.healthy(ORDERS, "")).isInstanceOf(OverBudget.class);
        assertThat(account.held()).isZero();
        // Nobody's slowness is to blame, so nobody is to go for it.
        assertThat(frames.lacked()).isFalse();
    }

    @Test
    void what_json_takes_is_foreseen() {
        publish(ORDERS, 40);
        byte[] json = ServiceFrames.serviceInfo(published(ORDERS), "", false);
        assertThat(ServiceFrames.jsonBytes(ORDERS, published(ORDERS).instances()))
                .isBetween((long) json.length, 3L * json.length);
    }

    @Test
    void one_revision_is_encoded_once_for_all_receivers() throws Outbox.LackOfBudget {
        publish(ORDERS, 3);
        Push one = frames.push(ORDERS, "");
        Push two = frames.push(ORDERS, "");
        assertThat(two.requestId()).isEqualTo(one.requestId());
        assertThat(two.message().memoryAddress()).isEqualTo(one.message().memoryAddress());
        assertThat(json(one.message())).contains("\"requestId\":\"1\"").contains("10.0.0.2");
        one.message().release();
        two.message().release();
    }

    @Test
    void views_and_revisions_are_encoded_apart() throws Outbox.LackOfBudget {
        publish(ORDERS, 1);
        Push all = frames.push(ORDERS, "");
        Push elsewhere = frames.push(ORDERS, "elsewhere");
        assertThat(json(elsewhere.message())).contains("\"hosts\":[]").contains("\"clusters\":\"elsewhere\"");
        publish(ORDERS, 2);
        Push later = frames.push(ORDERS, "");
        assertThat(json(later.message())).contains("10.0.0.1");
        assertThat(json(all.message())).doesNotContain("10.0.0.1");
        List.of(all, elsewhere, later).forEach(push -> push.message().release());
    }

    @Test
    void an_answer_holds_the_same_state_as_a_push() throws Outbox.LackOfBudget {
        publish(ORDERS, 2);
        Push push = frames.push(ORDERS, "");
        ByteBuf answer = frames.answer(
                ORDERS,
                "",
                "QueryServiceResponse",
                "{\"serviceInfo\":".getBytes(StandardCharsets.UTF_8),
                "}".getBytes(StandardCharsets.UTF_8));
        String pushed = json(push.message());
        String info = json(answer).substring("{\"serviceInfo\":".length());
        assertThat(pushed).endsWith(info);
        assertThat(info).contains("10.0.0.0").contains("10.0.0.1");
        push.message().release();
        answer.release();
    }

    @Test
    void a_frame_is_charged_until_its_last_receiver_lets_go() throws Outbox.LackOfBudget {
        publish(ORDERS, 3);
        Push push = frames.push(ORDERS, "");
        assertThat(account.held()).isGreaterThan(push.message().readableBytes() - 200L);
        loop.advance(Duration.ofSeconds(10));
        frames.sweep();
        assertThat(frames.size()).isZero();
        assertThat(account.held()).isPositive();
        push.message().release();
        frames.sweep();
        assertThat(account.held()).isZero();
    }

    @Test
    void without_room_nothing_is_encoded_and_what_lies_unused_makes_way() throws Outbox.LackOfBudget {
        var held = new ArrayList<ByteBuf>();
        int fitting = 0;
        for (int i = 0; ; i++) {
            publish(key("s" + i), 20);
            try {
                held.add(frames.push(key("s" + i), "").message());
                fitting++;
            } catch (Outbox.LackOfBudget e) {
                break;
            }
        }
        assertThat(fitting).isPositive();
        assertThat(account.held()).isLessThanOrEqualTo(ROOM);
        assertThatThrownBy(
                        () -> frames.answer(key("s" + fitting()), "", "QueryServiceResponse", new byte[0], new byte[0]))
                .isInstanceOf(OverBudget.class);
        held.forEach(ByteBuf::release);
        for (int i = 0; i < 3 * fitting; i++) {
            publish(key("t" + i), 20);
            frames.push(key("t" + i), "").message().release();
        }
        assertThat(account.held()).isLessThanOrEqualTo(ROOM);
        loop.advance(Duration.ofSeconds(10));
        frames.sweep();
        assertThat(account.held()).isZero();
    }

    private int fitting() {
        return registry.size() - 1;
    }
}
