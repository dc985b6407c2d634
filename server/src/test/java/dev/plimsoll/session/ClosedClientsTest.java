package dev.plimsoll.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.wire.LedgerMessages.Client;
import dev.plimsoll.wire.LedgerMessages.Closed;
import dev.plimsoll.wire.LedgerMessages.TurnedAway;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What is known of those that have gone, and of those that came to nothing. */
class ClosedClientsTest extends LedgerFixture {
    private List<String> closedApps(String id, String ip, int number, int size) {
        return ledger.closed(id, ip, number, size).pageItems().stream()
                .map(Client::app)
                .toList();
    }

    @Test
    void of_all_clients_that_have_gone_the_last_are_known_with_the_reason_and_what_they_held() {
        loop.advance(Duration.ofSeconds(7));
        client.delivery.subscribed(4);
        client.end("silent for 20 s");
        assertThat(ledger.closed("", "", 1, 10).pageItems()).singleElement().satisfies(gone -> {
            assertThat(gone.goneFor()).isEqualTo("silent for 20 s");
            assertThat(gone.goneSince()).isEqualTo(START_MILLIS + 107_000);
            assertThat(gone.instances()).isEqualTo(3);
            assertThat(gone.services()).isEqualTo(4);
        });
    }

    @Test
    void closed_clients_are_found_by_connection_and_by_either_address_and_come_by_pages() {
        client.end();
        for (int i = 1; i <= 4; i++) {
            new TestClient("app-" + i).end();
        }
        var behindProxy = new Delivery(
                ledger,
                new FakePeer(loop, START_MILLIS + "_192.168.7.7_40000"),
                new ClientInfo("v", "10.9.9.9", Map.of("AppName", "behind a proxy")),
                START_MILLIS);
        ledger.ended(behindProxy, "its stream ended", CompletableFuture.completedFuture(0));
        assertThat(closedApps("", "", 1, 3)).containsExactly("behind a proxy", "app-4", "app-3");
        assertThat(closedApps("", "", 2, 3)).containsExactly("app-2", "app-1", "shop");
        assertThat(closedApps("", "", 3, 3)).isEmpty();
        assertThat(closedApps("1700000000000_10.0.0.1_50003", "", 1, 3)).containsExactly("app-2");
        assertThat(closedApps("", "10.9.9.9", 1, 3)).containsExactly("behind a proxy");
        assertThat(closedApps("", "192.168.7.7", 1, 3)).containsExactly("behind a proxy");
        assertThat(closedApps("", "10.0.0.2", 1, 3)).isEmpty();
        assertThat(ledger.closed("", "", 1, 3).pagesAvailable()).isEqualTo(2);
    }

    @Test
    void a_flood_of_clients_that_come_and_go_leaves_the_last_ones_within_their_part_of_the_account() {
        for (int i = 1; i <= 10_000; i++) {
            new TestClient("app-" + i).end("x".repeat(10_000));
        }
        Closed closed = ledger.closed("", "", 1, 500);
        assertThat(closed.totalCount()).isBetween(200, Ledger.MAX_CLOSED);
        assertThat(closed.forgotten()).isEqualTo(10_000 - closed.totalCount());
        assertThat(closed.pageItems()).first().satisfies(gone -> {
            assertThat(gone.app()).isEqualTo("app-10000");
            assertThat(gone.goneFor()).hasSize(200);
        });
        assertThat(account.held()).isLessThanOrEqualTo(account.limit() / 3);
    }

    @Test
    void those_who_come_to_nothing_are_counted_by_address_and_reason() {
        for (int i = 0; i < 1_000; i++) {
            ledger.turnedAway("10.0.0.7", "spoke without TLS");
        }
        loop.advance(Duration.ofSeconds(1));
        ledger.turnedAway("10.0.0.8", "no call was ever made");
        ledger.turnedAway("10.0.0.7", "spoke without TLS");
        assertThat(ledger.closed("", "", 1, 10).turnedAway())
                .containsExactly(
                        new TurnedAway(
                                "10.0.0.7", "spoke without TLS", 1_001, START_MILLIS + 100_000, START_MILLIS + 101_000),
                        new TurnedAway(
                                "10.0.0.8",
                                "no call was ever made",
                                1,
                                START_MILLIS + 101_000,
                                START_MILLIS + 101_000));
        assertThat(ledger.closed("", "10.0.0.8", 1, 10).turnedAway())
                .extracting(TurnedAway::reason)
                .containsExactly("no call was ever made");
        assertThat(ledger.closed("1_10.0.0.8_1", "", 1, 10).turnedAway()).isEmpty();
    }

    @Test
    void a_flood_from_many_addresses_takes_so_many_places_and_the_oldest_go() {
        for (int i = 0; i < 10_000; i++) {
            ledger.turnedAway("10.0." + i / 256 + "." + i % 256, "the TLS handshake failed: " + "y".repeat(5_000));
        }
        List<TurnedAway> known = ledger.closed("", "", 1, 10).turnedAway();
        assertThat(known).hasSize(128).first().satisfies(last -> {
            assertThat(last.ip()).isEqualTo("10.0.39.15");
            assertThat(last.reason()).hasSize(200);
        });
        assertThat(account.held()).isLessThan(128 * 1_024);

        account.reserve(account.available());
        ledger.turnedAway("10.1.1.1", "spoke without TLS");
        assertThat(ledger.closed("", "10.1.1.1", 1, 10).turnedAway()).hasSize(1);
    }
}
