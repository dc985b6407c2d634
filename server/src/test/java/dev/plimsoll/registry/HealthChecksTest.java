package dev.plimsoll.registry;

import static dev.plimsoll.registry.TestObjects.HOST_1;
import static dev.plimsoll.registry.TestObjects.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.registry.Probes.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jol.info.GraphLayout;

class HealthChecksTest {
    private record Look(long atMillis, HealthChecker checker, String ip, int port, Consumer<Outcome> done) {}

    private final RegistryFixture fixture = new RegistryFixture();
    private final List<Look> looks = new ArrayList<>();
    private final HealthChecks checks = new HealthChecks(
            fixture.loop,
            fixture.registry,
            (checker, ip, port, done) -> {
                looks.add(new Look(fixture.loop.nanoTime() / 1_000_000, checker, ip, port, done));
                answer(done);
            },
            new Random(1),
            4);

    /** What looks find; null for no end yet. */
    private @org.jspecify.annotations.Nullable Outcome answer = Outcome.OK;

    private void answer(Consumer<Outcome> done) {
        if (answer != null) {
            done.accept(answer);
        }
    }

    @BeforeEach
    void follow() {
        fixture.registry.follow(checks);
    }

    private void check(String cluster, HealthTarget target) {
        fixture.submit(new RegistryCommand.PutCluster(ORDERS, cluster, new ClusterProperties(target, Map.of())));
    }

    private void pass(int seconds) {
        fixture.loop.advance(Duration.ofSeconds(seconds));
    }

    /** Until so many more looks have begun. */
    private void see(int count, Outcome outcome) {
        answer = outcome;
        int from = looks.size();
        for (int i = 0; looks.size() < from + count; i++) {
            assertThat(i).isLessThan(100);
            pass(1);
        }
    }

    private boolean healthy() {
        return fixture.instances(ORDERS).get(0).healthy();
    }

    @Test
    void three_failures_in_a_row_make_unhealthy_and_three_good_looks_heal() {
        fixture.watch(new Watcher() {}, ORDERS, "");
        fixture.registerPersistent(ORDERS, HOST_1);
        see(2, Outcome.FAILED);
        see(1, Outcome.OK);
        see(2, Outcome.FAILED);
        assertThat(healthy()).isTrue();
        see(1, Outcome.FAILED);
        assertThat(healthy()).isFalse();
        see(2, Outcome.OK);
        assertThat(healthy()).isFalse();
        assertThat(fixture.notices).hasSize(2);
        see(1, Outcome.OK);
        assertThat(healthy()).isTrue();
        assertThat(fixture.notices).hasSize(3);
        assertThat(looks.get(0).ip()).isEqualTo(HOST_1.ip());
        assertThat(looks.get(0).port()).isEqualTo(HOST_1.port());
    }

    @Test
    void refusal_makes_unhealthy_at_once() {
        fixture.registerPersistent(ORDERS, HOST_1);
        see(1, Outcome.DOWN);
        assertThat(healthy()).isFalse();
    }

    @Test
    void look_for_which_there_was_no_room_says_nothing() {
        fixture.registerPersistent(ORDERS, HOST_1);
        see(2, Outcome.FAILED);
        see(5, Outcome.NOT_TRIED);
        assertThat(healthy()).isTrue();
        see(1, Outcome.FAILED);
        assertThat(healthy()).isFalse();
    }

    @Test
    void what_a_check_found_is_not_written_and_registering_again_resets_it() {
        fixture.registerPersistent(ORDERS, HOST_1);
        see(1, Outcome.DOWN);
        assertThat(healthy()).isFalse();
        assertThat(fixture.journal.waiting()).isZero();
        fixture.registerPersistent(ORDERS, HOST_1);
        assertThat(healthy()).isTrue();
    }

    @Test
    void no_more_looks_than_allowed_are_under_way_and_everybody_has_a_turn() {
        answer = null;
        for (int i = 0; i < 50; i++) {
            fixture.registerPersistent(ORDERS, TestObjects.host("10.0.1." + i));
        }
        pass(20);
        assertThat(looks).hasSize(4);
        assertThat(checks.active()).isEqualTo(4);
        answer = Outcome.OK;
        List.copyOf(looks).forEach(look -> look.done().accept(Outcome.OK));
        pass(10);
        assertThat(looks.stream().map(Look::ip).distinct()).hasSize(50);
        assertThat(checks.active()).isZero();
    }

    @Test
    void looks_are_spread_over_time() {
        for (int i = 0; i < 200; i++) {
            fixture.registerPersistent(ORDERS, TestObjects.host("10.0.1." + i));
        }
        pass(6);
        assertThat(looks.stream()
                        .filter(look -> looks.indexOf(look) < 200)
                        .map(look -> look.atMillis() / 1_000)
                        .distinct())
                .hasSizeGreaterThan(2);
    }

    @Test
    void fast_answers_are_asked_for_more_often_than_missing_ones() {
        fixture.registerPersistent(ORDERS, HOST_1);
        pass(60);
        int before = looks.size();
        pass(60);
        int fast = looks.size() - before;
        answer = Outcome.FAILED;
        pass(60);
        before = looks.size();
        pass(60);
        int missing = looks.size() - before;
        assertThat(fast).isBetween(25, 60);
        assertThat(missing).isBetween(9, 13);
    }

    @Test
    void nobody_looks_where_the_checker_is_none_or_checks_are_off() {
        fixture.registerPersistent(ORDERS, TestObjects.in(HOST_1, "unchecked"));
        check("unchecked", new HealthTarget(new HealthChecker.None(), 80, true));
        pass(30);
        assertThat(looks).isEmpty();
        fixture.registerPersistent(ORDERS, HOST_1);
        fixture.committed(fixture.registry.switches().set("check", "false"));
        pass(30);
        assertThat(looks).isEmpty();
        fixture.committed(fixture.registry.switches().set("check", "true"));
        fixture.putService(ORDERS, false, new ServiceProperties(0, Map.of("enableHealthCheck", "false")));
        pass(30);
        assertThat(looks).isEmpty();
        fixture.putService(ORDERS, false, new ServiceProperties(0, Map.of()));
        pass(10);
        assertThat(looks).isNotEmpty();
    }

    @Test
    void a_cluster_may_have_a_checker_and_a_port_of_its_own() {
        fixture.registerPersistent(ORDERS, HOST_1);
        check("DEFAULT", new HealthTarget(new HealthChecker.Http("/up", ""), 9_000, false));
        see(1, Outcome.OK);
        assertThat(looks.get(0).checker()).isEqualTo(new HealthChecker.Http("/up", ""));
        assertThat(looks.get(0).port()).isEqualTo(9_000);
    }

    @Test
    void instance_that_goes_is_looked_at_no_more_and_leaves_nothing() {
        fixture.registerPersistent(ORDERS, HOST_1);
        answer = null;
        pass(10);
        assertThat(looks).hasSize(1);
        fixture.submit(new RegistryCommand.DeregisterPersistent(ORDERS, HOST_1.ip(), HOST_1.port()));
        looks.get(0).done().accept(Outcome.DOWN);
        pass(70);
        assertThat(looks).hasSize(1);
        assertThat(checks.holdsNothing()).isTrue();
        assertThat(fixture.account.held()).isZero();
    }

    @Test
    void what_is_charged_is_what_instance_and_check_measure() {
        fixture.registerPersistent(ORDERS, HOST_1);
        long before = GraphLayout.parseInstance(checks).totalSize();
        long held = fixture.account.held();
        for (int i = 0; i < 300; i++) {
            fixture.registerPersistent(ORDERS, TestObjects.host("10.0.200." + i));
        }
        looks.clear();
        long measured = GraphLayout.parseInstance(checks).totalSize() - before;
        assertThat((fixture.account.held() - held) / 300).isBetween(measured / 300, measured * 5 / 2 / 300);
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-A:1\r\nX-B:2", "no colon", ": empty", "Bad Name:1"})
    void headers_that_would_be_more_than_headers_are_refused(String headers) {
        assertThatThrownBy(() -> new HealthChecker.Http("/", headers))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining("expected: name:value|name:value");
    }

    @Test
    void path_cannot_end_its_line() {
        assertThatThrownBy(() -> new HealthChecker.Http("/ HTTP/1.1\r\nX: y", ""))
                .isInstanceOf(InvalidRequest.class);
        assertThat(new HealthChecker.Http("", "X-A: 1|X-B:2").lines()).containsExactly("X-A: 1", "X-B: 2");
    }

    @Test
    void password_is_not_told() {
        assertThat(new HealthChecker.Mysql("root", "secret", "").toString()).doesNotContain("secret");
    }
}
