package dev.plimsoll.session;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.plimsoll.wire.LedgerMessages.Client;
import dev.plimsoll.wire.LedgerMessages.Clients;
import dev.plimsoll.wire.LedgerMessages.Pushes;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is counted and logged of one client. */
class DeliveryTest extends LedgerFixture {
    @Test
    void a_client_that_was_told_nothing_is_all_zeros() {
        assertThat(client.read())
                .isEqualTo(new Client(
                        "1700000000000_10.0.0.1_50001",
                        "10.0.0.1",
                        "shop",
                        "Nacos-Java-Client:v2.2.3",
                        START_MILLIS,
                        null,
                        null,
                        null,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        null,
                        null,
                        null,
                        null,
                        null));
    }

    @Test
    void an_answered_message_is_counted_and_logged_with_its_cost() {
        client.mark(ORDERS);
        assertThat(client.read().sent()).isEqualTo(1);
        assertThat(client.read().dirtyTopics()).isEqualTo(1);
        loop.advance(Duration.ofMillis(3));
        assertThat(client.read().oldestUnackedMillis()).isEqualTo(3);
        client.answer(null);
        Client read = client.read();
        assertThat(read.acked()).isEqualTo(1);
        assertThat(read.failures()).isZero();
        assertThat(read.dirtyTopics()).isZero();
        assertThat(read.oldestUnackedMillis()).isNull();
        assertThat(ledger.services()).isEqualTo(new Pushes(1, 0));
        assertThat(ledger.configs()).isEqualTo(new Pushes(0, 0));
        assertThat(ledger.serviceCosts()).isEqualTo(new PushCosts(3, 3));
        assertThat(lines(naming))
                .containsExactly(
                        "PUSH-SUCC cost=3ms namespace=public service=DEFAULT_GROUP@@orders revision=7 bytes=120" + WHO);
        assertThat(naming.list.get(0).getLevel()).isEqualTo(Level.INFO);
        assertThat(lines(remote)).isEmpty();
    }

    @Test
    void costs_of_pushes_are_those_of_answered_ones_of_services() {
        assertThat(ledger.serviceCosts()).isEqualTo(new PushCosts(-1, -1));
        client.mark(RULES);
        loop.advance(Duration.ofMillis(900));
        client.answer(null);
        client.mark(ORDERS);
        loop.advance(Duration.ofMillis(800));
        client.answer("refused");
        client.outbox.forget(ORDERS);
        assertThat(ledger.serviceCosts()).isEqualTo(new PushCosts(-1, -1));
        for (int millis : new int[] {3, 10, 2}) {
            client.mark(ORDERS);
            loop.advance(Duration.ofMillis(millis));
            client.answer(null);
        }
        assertThat(ledger.serviceCosts()).isEqualTo(new PushCosts(5, 10));
    }

    @Test
    void a_notice_of_a_configuration_goes_to_the_other_log() {
        client.mark(RULES);
        client.answer(null);
        assertThat(ledger.configs()).isEqualTo(new Pushes(1, 0));
        assertThat(lines(remote))
                .containsExactly(
                        "PUSH-SUCC cost=0ms namespace=public group=DEFAULT_GROUP dataId=rules bytes=120" + WHO);
        assertThat(lines(naming)).isEmpty();
    }

    @Test
    void a_message_that_is_not_answered_is_a_failure_with_a_moment_and_a_reason() {
        client.mark(ORDERS);
        loop.advance(Duration.ofSeconds(5));
        client.tick();
        Client read = client.read();
        assertThat(read.failures()).isEqualTo(1);
        assertThat(read.lastError()).isEqualTo("no answer within 5 s");
        assertThat(read.lastErrorAt()).isEqualTo(START_MILLIS + 105_000);
        assertThat(read.oldestUnackedMillis()).isEqualTo(5_000);
        assertThat(ledger.services()).isEqualTo(new Pushes(0, 1));
        assertThat(lines(naming))
                .containsExactly("PUSH-FAIL reason=\"no answer within 5 s\" namespace=public"
                        + " service=DEFAULT_GROUP@@orders revision=7 bytes=120" + WHO);
        assertThat(naming.list.get(0).getLevel()).isEqualTo(Level.WARN);
    }

    @Test
    void what_a_client_says_of_its_failure_stays_within_its_field_and_its_line() {
        client.mark(ORDERS);
        client.answer("answer 500: \"x\" y=1\nPUSH-SUCC" + "z".repeat(100));
        assertThat(lines(naming))
                .singleElement()
                .asString()
                .startsWith("PUSH-FAIL reason=\"answer 500: _x_ y=1_PUSH-SUCCzzz")
                .endsWith(WHO);
        assertThat(client.read().lastError()).hasSize(64);
    }

    @Test
    void what_a_client_says_of_itself_stays_within_its_field_and_its_line() {
        var sly = new TestClient("shop bytes=0\nPUSH-SUCC \u2028x");
        sly.mark(ORDERS);
        sly.answer(null);
        assertThat(lines(naming))
                .singleElement()
                .asString()
                .contains(" app=shop_bytes_0_PUSH-SUCC__x version=")
                .doesNotContain("\n");
    }

    @Test
    void a_parked_client_is_known_by_what_holds_it_and_since_when() {
        client.peer.writable = false;
        client.peer.pendingBytes = 65_536;
        client.mark(ORDERS);
        client.mark(RULES);
        loop.advance(Duration.ofMillis(1_500));
        Client read = client.read();
        assertThat(read.parkedMillis()).isEqualTo(1_500);
        assertThat(read.parkedFor()).isEqualTo("peer not writable");
        assertThat(read.bytesWaiting()).isEqualTo(65_536);
        assertThat(read.dirtyTopics()).isEqualTo(2);
        assertThat(ledger.parked()).isEqualTo(1);

        client.peer.writable = true;
        client.peer.pendingBytes = 0;
        client.tick();
        assertThat(client.read().parkedMillis()).isNull();
        assertThat(client.read().parkedFor()).isNull();
        assertThat(ledger.parked()).isZero();
        assertThat(lines(naming))
                .containsExactly(
                        "PUSH-PARK reason=\"peer not writable\" topics=1 waiting=65536" + WHO,
                        "PUSH-WAKE parked=1500ms topics=2 waiting=0" + WHO);
        assertThat(lines(remote)).isEmpty();
    }

    @Test
    void a_wake_is_told_in_the_log_that_told_of_the_parking() {
        client.budget = false;
        client.mark(RULES);
        client.budget = true;
        client.mark(ORDERS);
        assertThat(lines(remote))
                .containsExactly(
                        "PUSH-PARK reason=\"no budget to encode\" topics=1 waiting=0" + WHO,
                        "PUSH-WAKE parked=0ms topics=2 waiting=0" + WHO);
        assertThat(lines(naming)).isEmpty();
    }

    @Test
    void one_that_ends_parked_is_parked_no_more() {
        client.peer.writable = false;
        client.mark(ORDERS);
        client.end();
        assertThat(ledger.parked()).isZero();
        assertThat(page(Ledger.Sort.PARKED, 1, 10).totals().parked()).isZero();
    }

    @Test
    void an_ejection_says_who_and_why() {
        client.peer.writable = false;
        client.peer.pendingBytes = 65_536;
        client.mark(ORDERS);
        loop.advance(Duration.ofSeconds(9));
        client.delivery.ejected("direct memory: 90 of 100 bytes held", loop.nanoTime());
        assertThat(lines(naming))
                .contains("EJECT reason=\"direct memory: 90 of 100 bytes held\" topics=1 waiting=65536 parked=9000ms"
                        + WHO);
        client.end();
        Clients page = page(Ledger.Sort.FAILURES, 1, 10);
        assertThat(page.totals().ejected()).isEqualTo(1);
        assertThat(page.pageItems()).singleElement().satisfies(gone -> {
            assertThat(gone.lastError()).isEqualTo("ejected: direct memory: 90 of 100 bytes held");
            assertThat(gone.goneSince()).isEqualTo(START_MILLIS + 109_000);
            assertThat(gone.parkedMillis()).isEqualTo(9_000);
        });
    }

    @Test
    void requests_that_are_no_pushes_are_logged_and_not_counted() {
        client.delivery.answered("reset", 4_000_000, loop.nanoTime());
        client.delivery.unanswered("detection", Duration.ofSeconds(5), loop.nanoTime());
        assertThat(lines(remote))
                .containsExactly(
                        "PUSH-SUCC cost=4ms request=reset" + WHO,
                        "PUSH-FAIL reason=\"no answer within 5 s\" request=detection" + WHO);
        assertThat(client.read().failures()).isZero();
        assertThat(client.read().lastError()).isEqualTo("detection: no answer within 5 s");
        assertThat(ledger.configs()).isEqualTo(new Pushes(0, 0));
    }

    @Test
    void lines_are_so_many_a_second_and_what_is_left_out_is_counted_by_kind() {
        for (int i = 0; i < 1_000; i++) {
            client.mark(ORDERS);
            client.answer(null);
        }
        client.fail(1);
        assertThat(lines(naming)).hasSize(PushLog.LINES_PER_SECOND + 1);
        ledger.tick();
        assertThat(lines(naming))
                .endsWith("suppressed 950 PUSH-SUCC in the last second")
                .hasSize(PushLog.LINES_PER_SECOND + 2);

        loop.advance(Duration.ofSeconds(1));
        ledger.tick();
        assertThat(lines(naming)).hasSize(PushLog.LINES_PER_SECOND + 2);
        assertThat(client.read().acked()).isEqualTo(1_000);
        assertThat(ledger.services()).isEqualTo(new Pushes(1_000, 1));
        client.mark(ORDERS);
        client.answer(null);
        assertThat(lines(naming)).hasSize(PushLog.LINES_PER_SECOND + 3);
    }

    @Test
    void an_operator_who_wants_warnings_only_gets_those_and_no_count_of_the_others() {
        logs.getLogger("naming-push").setLevel(Level.WARN);
        for (int i = 0; i < 1_000; i++) {
            client.mark(ORDERS);
            client.answer(null);
        }
        client.fail(1);
        ledger.tick();
        assertThat(lines(naming)).singleElement().asString().startsWith("PUSH-FAIL");
    }
}
