package dev.plimsoll.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.MemoryBudget;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class DoorkeeperTest {
    private static final int PLACES = 40;
    private static final String FLOOD = "10.0.0.1";
    private static final String OTHER = "10.0.0.2";

    private final Account account = new MemoryBudget(1 << 20, 0).heap("connections", 1);
    private final Connections connections = new Connections(account, PLACES, PLACES - 1);
    private final List<Object> letIn = new ArrayList<>();
    private final List<String> refused = new ArrayList<>();
    private final Queue<Runnable> loop = new ArrayDeque<>();
    private final EmbeddedChannel listener = new EmbeddedChannel();

    DoorkeeperTest() {
        listener.pipeline()
                .addLast(
                        new Doorkeeper(
                                connections,
                                List.of(loop::add, loop::add),
                                (address, reason) -> refused.add(address.getHostAddress())),
                        new ChannelInboundHandlerAdapter() {
                            @Override
                            public void channelRead(ChannelHandlerContext ctx, Object message) {
                                letIn.add(message);
                            }
                        });
    }

    /** One that was accepted. */
    private static final class Accepted extends EmbeddedChannel {
        private final String ip;

        Accepted(String ip) {
            this.ip = ip;
        }

        @Override
        protected SocketAddress remoteAddress0() {
            return new InetSocketAddress(ip, 1);
        }
    }

    @Test
    void a_few_are_let_in_for_each_round_of_the_loops() {
        List<Accepted> all = come(FLOOD, 20);
        listener.pipeline().fireChannelReadComplete();
        assertThat(letIn).containsExactlyElementsOf(all.subList(0, Doorkeeper.AT_A_TIME));
        loop.remove().run();
        listener.pipeline().fireChannelReadComplete();
        assertThat(letIn).as("one loop has been round, the other not").hasSize(Doorkeeper.AT_A_TIME);
        loop.remove().run();
        listener.runPendingTasks();
        assertThat(letIn).hasSize(2 * Doorkeeper.AT_A_TIME);
        goRound();
        assertThat(letIn).containsExactlyElementsOf(all);
    }

    @Test
    void addresses_take_turns() {
        come(FLOOD, 30);
        Accepted other = come(OTHER, 1).get(0);
        listener.pipeline().fireChannelReadComplete();
        assertThat(letIn.indexOf(other)).isEqualTo(1);
    }

    @Test
    void when_there_is_no_place_one_that_waits_makes_way_for_another_address_and_not_for_its_own() {
        List<Accepted> flood = come(FLOOD, PLACES - 1);
        Accepted last = come("10.0.0.9", 1).get(0);
        assertThat(refused).isEmpty();
        assertThat(connections.count()).isEqualTo(PLACES);

        Accepted other = come(OTHER, 1).get(0);
        assertThat(other.isOpen()).isTrue();
        assertThat(flood.get(0).isOpen()).isFalse();
        assertThat(refused).containsExactly(FLOOD);
        Accepted more = come(FLOOD, 1).get(0);
        assertThat(more.isOpen()).isFalse();
        assertThat(refused).containsExactly(FLOOD, FLOOD);
        assertThat(connections.count()).isEqualTo(PLACES);

        listener.pipeline().fireChannelReadComplete();
        goRound();
        assertThat(letIn).hasSize(PLACES).contains(other, last).doesNotContain(flood.get(0), more);
    }

    @Test
    void who_is_served_makes_way_for_nobody() {
        List<Accepted> flood = come(FLOOD, PLACES - 1);
        come("10.0.0.9", 1);
        listener.pipeline().fireChannelReadComplete();
        goRound();
        Accepted other = come(OTHER, 1).get(0);
        assertThat(other.isOpen()).isFalse();
        assertThat(flood).allMatch(EmbeddedChannel::isOpen);
    }

    @Test
    void an_address_that_has_its_share_takes_nobodys_place() {
        come(FLOOD, PLACES - 1);
        Accepted more = come(FLOOD, 1).get(0);
        assertThat(more.isOpen()).isFalse();
        assertThat(refused).containsExactly(FLOOD);
        assertThat(connections.count()).isEqualTo(PLACES - 1);
    }

    @Test
    void places_are_given_back_whatever_becomes_of_a_connection() {
        List<Accepted> all = come(FLOOD, 20);
        listener.pipeline().fireChannelReadComplete();
        all.get(0).close();
        assertThat(connections.count()).isEqualTo(19);
        listener.close();
        assertThat(all.get(19).isOpen()).as("still waiting").isFalse();
        assertThat(connections.count()).as("being served").isEqualTo(Doorkeeper.AT_A_TIME - 1);
        all.forEach(EmbeddedChannel::close);
        assertThat(connections.count()).isZero();
        assertThat(account.held()).isZero();
    }

    private void goRound() {
        while (!loop.isEmpty()) {
            loop.remove().run();
            listener.runPendingTasks();
        }
    }

    private List<Accepted> come(String ip, int count) {
        List<Accepted> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            var one = new Accepted(ip);
            all.add(one);
            listener.pipeline().fireChannelRead(one);
        }
        return all;
    }
}
