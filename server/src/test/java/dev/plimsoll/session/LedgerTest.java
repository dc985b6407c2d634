package dev.plimsoll.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.wire.LedgerMessages.Client;
import dev.plimsoll.wire.LedgerMessages.Clients;
import dev.plimsoll.wire.LedgerMessages.Pushes;
import dev.plimsoll.wire.LedgerMessages.Version;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whom a ledger remembers and shows, and in which order. */
class LedgerTest extends LedgerFixture {
    @Test
    void of_clients_that_have_gone_those_with_most_failures_are_remembered() {
        client.end();
        for (int i = 1; i <= 10_000; i++) {
            var failing = new TestClient("app-" + i);
            failing.fail(i % 40);
            failing.end();
        }
        assertThat(ledger.remembered()).isEqualTo(Ledger.MAX_REMEMBERED);
        Clients page = page(Ledger.Sort.FAILURES, 1, 500);
        assertThat(page.totalCount()).isEqualTo(256);
        assertThat(page.pageItems())
                .extracting(Client::failures)
                .startsWith(39L)
                .endsWith(38L);
        assertThat(page.pageItems().subList(0, 250))
                .allSatisfy(gone -> assertThat(gone.failures()).isEqualTo(39));
        assertThat(page.totals().services()).isEqualTo(new Pushes(0, 250L * (39 * 40 / 2)));
        assertThat(page.totals().remembered()).isEqualTo(256);
        assertThat(page.totals().connected()).isZero();
        // Of those with 38, the last to go.
        assertThat(page.pageItems().subList(250, 256))
                .extracting(Client::app)
                .containsExactly("app-9998", "app-9958", "app-9918", "app-9878", "app-9838", "app-9798");
    }

    @Test
    void clients_that_went_without_a_failure_are_not_remembered() {
        client.mark(ORDERS);
        client.answer(null);
        client.end();
        assertThat(ledger.remembered()).isZero();
        assertThat(page(Ledger.Sort.FAILURES, 1, 10).pageItems()).isEmpty();
    }

    @Test
    void a_full_account_makes_room_by_forgetting_the_least_and_refuses_one_that_is_less() {
        account = account(3_000.0 / (2 << 20));
        ledger = ledger();
        connected.clear();
        for (int failures : new int[] {5, 3, 9, 1, 7, 2}) {
            var failing = new TestClient("app-" + failures);
            failing.fail(failures);
            failing.end();
        }
        assertThat(account.held()).isLessThanOrEqualTo(account.limit());
        assertThat(apps(Ledger.Sort.FAILURES)).startsWith("app-9", "app-7").doesNotContain("app-1", "app-2");
        assertThat(ledger.remembered()).isBetween(2, 4);
    }

    @Test
    void each_sort_puts_its_own_first_and_only_failures_shows_the_gone() {
        var waiting = new TestClient("waiting");
        waiting.peer.pendingBytes = 500;
        var parked = new TestClient("parked");
        parked.peer.writable = false;
        parked.mark(ORDERS);
        loop.advance(Duration.ofSeconds(1));
        var parkedLater = new TestClient("parked later");
        parkedLater.peer.writable = false;
        parkedLater.mark(ORDERS);
        parkedLater.mark(RULES);
        var failing = new TestClient("failing");
        failing.fail(2);
        var gone = new TestClient("gone");
        gone.fail(3);
        gone.end();
        loop.advance(Duration.ofSeconds(1));
        assertThat(apps(Ledger.Sort.FAILURES)).hasSize(6).startsWith("gone", "failing");
        assertThat(apps(Ledger.Sort.WAITING)).hasSize(5).startsWith("waiting", "parked later", "parked");
        assertThat(apps(Ledger.Sort.PARKED)).hasSize(5).startsWith("parked", "parked later");
        assertThat(page(Ledger.Sort.PARKED, 1, 1).totals().parked()).isEqualTo(2);
    }

    @Test
    void pages_follow_one_another_and_end() {
        for (int i = 1; i <= 4; i++) {
            new TestClient("app-" + i).fail(i);
        }
        Clients second = page(Ledger.Sort.FAILURES, 2, 2);
        assertThat(second.pageItems()).extracting(Client::app).containsExactly("app-2", "app-1");
        assertThat(second.totalCount()).isEqualTo(5);
        assertThat(second.pageNumber()).isEqualTo(2);
        assertThat(second.pagesAvailable()).isEqualTo(3);
        assertThat(page(Ledger.Sort.FAILURES, 3, 2).pageItems()).hasSize(1);
        assertThat(page(Ledger.Sort.FAILURES, 4, 2).pageItems()).isEmpty();
        assertThat(page(Ledger.Sort.FAILURES, Integer.MAX_VALUE, 500).pageItems())
                .isEmpty();
    }

    @Test
    void versions_in_use_are_counted_and_those_with_known_faults_say_so() {
        connected.add(ledger.open(client.peer, new ClientInfo("Nacos-Go-Client:v2.2.9", "10.0.0.2", Map.of())));
        connected.add(ledger.open(client.peer, new ClientInfo("Nacos-Java-Client:v2.2.3", "10.0.0.3", Map.of())));
        connected.add(ledger.open(client.peer, new ClientInfo("", "10.0.0.4", Map.of())));
        List<Version> versions = page(Ledger.Sort.WAITING, 1, 1).versions();
        assertThat(versions)
                .extracting(Version::version)
                .containsExactly("Nacos-Java-Client:v2.2.3", "Nacos-Go-Client:v2.2.9", "unknown");
        assertThat(versions).extracting(Version::clients).containsExactly(2, 1, 1);
        assertThat(versions.get(0).fault()).isNull();
        assertThat(versions.get(1).fault()).contains("called back once");
        assertThat(versions.get(1).source()).contains("nacos-sdk-go#815");
    }

    @Test
    void clients_that_name_themselves_at_random_share_one_row() {
        for (int i = 0; i < 5_000; i++) {
            connected.add(ledger.open(client.peer, new ClientInfo("v" + i, "10.0.0.2", Map.of())));
        }
        List<Version> versions = page(Ledger.Sort.WAITING, 1, 1).versions();
        assertThat(versions).hasSize(101).last().isEqualTo(new Version("others", 4_901, null, null));
    }
}
