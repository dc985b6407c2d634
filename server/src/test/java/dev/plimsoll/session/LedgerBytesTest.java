package dev.plimsoll.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.openjdk.jol.info.GraphLayout;

/** What a ledger takes of the heap, measured, and what it charges for it. */
class LedgerBytesTest extends LedgerFixture {
    @Test
    void a_connected_client_costs_two_hundred_bytes_at_most() {
        var info = new ClientInfo("v", "ip", Map.of());
        var deliveries = new Delivery[101];
        for (int i = 0; i < deliveries.length; i++) {
            deliveries[i] = ledger.open(client.peer, info);
            deliveries[i].failed(ORDERS, 1, 100, "no answer within 5 s", loop.nanoTime());
        }
        naming.list.clear();
        assertThat(bytesEach(deliveries)).isBetween(100L, 200L);
    }

    @Test
    void the_words_of_a_failing_client_cost_little_more() {
        var info = new ClientInfo("v", "ip", Map.of());
        var deliveries = new Delivery[101];
        for (int i = 0; i < deliveries.length; i++) {
            deliveries[i] = ledger.open(client.peer, info);
            deliveries[i].failed(ORDERS, 1, 100, "answer " + i + " \u0416" + "x".repeat(5_000), loop.nanoTime());
        }
        naming.list.clear();
        assertThat(bytesEach(deliveries)).isLessThan(350L);
    }

    private static long bytesEach(Delivery[] deliveries) {
        long one = GraphLayout.parseInstance(deliveries[0]).totalSize();
        long all = GraphLayout.parseInstance((Object[]) deliveries).totalSize();
        return (all - one) / (deliveries.length - 1);
    }

    @Test
    void what_is_known_of_the_closed_is_charged_as_much_as_it_measures() {
        long before = GraphLayout.parseInstance(ledger).totalSize();
        for (int i = 0; i < 200; i++) {
            new TestClient("application-" + i).end(new String("the client closed the connection".toCharArray()));
        }
        long measured = GraphLayout.parseInstance(ledger).totalSize() - before;
        assertThat(account.held() / 200).isBetween(measured / 200, measured * 2 / 200);
    }

    @Test
    void those_turned_away_are_charged_as_much_as_they_measure() {
        long before = GraphLayout.parseInstance(ledger).totalSize();
        for (int i = 0; i < 100; i++) {
            ledger.turnedAway("10.0.0." + i, "spoke without TLS " + i);
        }
        long measured = GraphLayout.parseInstance(ledger).totalSize() - before;
        assertThat(account.held() / 100).isBetween(measured / 100, measured * 2 / 100);
    }

    @Test
    void what_is_remembered_is_charged_as_much_as_it_measures() {
        long before = GraphLayout.parseInstance(ledger).totalSize();
        for (int i = 0; i < 200; i++) {
            var gone = new TestClient("application-" + i);
            gone.peer.writable = false;
            gone.mark(RULES);
            gone.delivery.failed(ORDERS, 1, 1, "answer " + i, loop.nanoTime());
            gone.end();
        }
        naming.list.clear();
        remote.list.clear();
        long measured = GraphLayout.parseInstance(ledger).totalSize() - before;
        // Twice, since it is known of each as one of the last to go too.
        assertThat(account.held() / 200).isBetween(measured / 200, measured * 4 / 200);
    }
}
