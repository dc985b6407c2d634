package dev.plimsoll.vitals;

import static dev.plimsoll.vitals.SampledFixture.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each check finds its illness, and nothing where there is none. */
class ChecksTest {
    private static final Duration TWO_MINUTES = Duration.ofMinutes(2);

    @TempDir
    Path folder;

    private SampledFixture fixture;

    @BeforeEach
    void start() {
        fixture = new SampledFixture(folder, List.of());
    }

    private Check.Measured look(Check check) {
        return check.look(fixture.findings);
    }

    private String evidence() {
        return fixture.findings.current().get(0).evidence();
    }

    @Test
    void each_check_that_operators_are_told_of_gives_a_row_and_no_other_does() throws IOException {
        var budget = new MemoryBudget(MIB, MIB);
        var admission = new Admission(budget.heap("requests", 0.5), budget.direct("outbound", 0.5), MIB);
        var watch = new DirectWatch(budget, () -> new DirectWatch.Direct(0, 0, 0), 1);
        var whole = new SampledFixture(
                folder.resolve("whole"),
                List.of(
                        "resident",
                        "direct-used",
                        "heap-live",
                        "account.requests",
                        "account.outbound",
                        "clients",
                        "connections",
                        "instances",
                        "subscriptions",
                        "udp-subscribers",
                        "configs",
                        "listeners"));
        Checkup checkup = Checkup.of(
                whole.loop,
                new Memory(256 * MIB, 112 * MIB, 38 * MIB, budget, admission, watch, whole.findings),
                whole.sampler,
                whole.traffic,
                new Host(folder, folder, OptionalLong::empty, OptionalLong::empty),
                List::of,
                List::of,
                () -> 0,
                () -> 0);
        checkup.start();
        whole.pass(Duration.ofMinutes(20));

        assertThat(checkup.reports())
                .extracting(Checkup.Report::check)
                .containsExactlyInAnyOrderElementsOf(checkup.names());
        assertThat(checkup.reports()).allMatch(report -> report.ranMillis() > 0);
        assertThat(Files.readString(Path.of("../docs/OPERATING.md")).replaceAll("\\s+", " "))
                .contains("The checks: `" + String.join("`, `", checkup.names()) + "`. ");
    }

    @Test
    void a_line_that_is_split_well_and_not_reached_is_in_order() {
        look(limits(112, 38, 80, 8_000, 512));
        assertThat(fixture.found()).isEmpty();
    }

    @Test
    void a_direct_limit_as_large_as_the_heap_is_found() {
        look(limits(112, 112, 80, 8_000, 512));
        assertThat(fixture.found()).containsExactly("direct memory is not a quarter to a half of the heap warning");
        look(limits(112, 20, 80, 8_000, 512));
        assertThat(fixture.found()).hasSize(1);
        look(limits(112, 56, 80, 8_000, 512));
        assertThat(fixture.found()).isEmpty();
    }

    @Test
    void a_line_that_leaves_the_system_nothing_is_found() {
        look(limits(112, 38, 80, 270, 0));
        assertThat(fixture.found()).containsExactly("the memory line is all the machine has: machine warning");
        look(limits(112, 38, 80, 8_000, 250));
        assertThat(fixture.found()).containsExactly("the memory line is all the machine has: cgroup warning");
    }

    @Test
    void resident_memory_at_the_line_is_found_and_over_it_is_critical() {
        look(limits(112, 38, 245, 8_000, 0));
        assertThat(fixture.found()).containsExactly("resident memory is at the memory line warning");
        look(limits(112, 38, 257, 8_000, 0));
        assertThat(fixture.found()).containsExactly("resident memory is at the memory line critical");
        assertThat(evidence()).isEqualTo("257.0 MiB resident, line 256.0 MiB; heap 112.0 MiB, direct 38.0 MiB");
        look(limits(112, 38, 240, 8_000, 0)); // still near
        assertThat(fixture.found()).hasSize(1);
        look(limits(112, 38, 200, 8_000, 0));
        assertThat(fixture.found()).isEmpty();
    }

    private static LimitsCheck limits(long heap, long direct, long resident, long machine, long cgroup) {
        return new LimitsCheck(
                new LimitsCheck.Line(256 * MIB, heap * MIB, direct * MIB),
                () -> OptionalLong.of(resident * MIB),
                () -> OptionalLong.of(machine * MIB),
                () -> cgroup == 0 ? OptionalLong.empty() : OptionalLong.of(cgroup * MIB));
    }

    @Test
    void an_account_that_stays_nearly_full_is_found_and_a_full_cache_is_not() {
        var budget = new MemoryBudget(100 * MIB, 0);
        Account registry = budget.heap("registry", 0.1);
        Account cache = budget.heap("config contents", 0.1);
        var check = new AccountsCheck(budget, Set.of("config contents"), () -> 0, () -> "");
        cache.reserve(10 * MIB);
        registry.reserve(19 * MIB / 2);
        look(check);
        look(check);
        assertThat(fixture.found()).isEmpty();
        look(check);
        assertThat(fixture.found()).containsExactly("an account of the memory line is nearly full: registry warning");
        assertThat(evidence()).isEqualTo("holds 9.5 MiB of 10.0 MiB");
        registry.release(5 * MIB);
        look(check);
        assertThat(fixture.found()).isEmpty();
    }

    @Test
    void refusals_are_found_with_the_accounts_and_are_critical_when_they_last() {
        var budget = new MemoryBudget(100 * MIB, 0);
        Account requests = budget.heap("requests", 0.1);
        var refused = new long[1];
        var check = new AccountsCheck(budget, Set.of(), () -> refused[0], () -> "too many of them");
        look(check);
        assertThat(fixture.found()).isEmpty();
        for (int minute = 0; minute < 6; minute++) {
            assertThat(requests.tryReserve(11 * MIB)).isFalse();
            refused[0] += 7;
            look(check);
            assertThat(fixture.found())
                    .containsExactly("requests are refused for want of room " + (minute < 5 ? "warning" : "critical"));
        }
        assertThat(evidence())
                .isEqualTo("7 refused in the last minute; not all fitted in: requests (holds 0.0 MiB of 10.0 MiB);"
                        + " lately: too many of them");
        assertThat(requests.tryReserve(11 * MIB)).isFalse(); // back-pressure, by which nobody was refused
        look(check);
        assertThat(fixture.found()).isEmpty();
    }

    @Test
    void a_service_that_is_too_large_to_be_shown_is_found_by_name_and_ends() {
        var crowds = new ArrayList<Crowd>();
        var check = new ServicesCheck(() -> crowds);
        look(check);
        assertThat(fixture.found()).isEmpty();
        crowds.add(new Crowd("public g@@orders", 9 * MIB, 10 * MIB, 0, 0));
        look(check);
        assertThat(fixture.found())
                .containsExactly("a service is nearly too large to be shown: public g@@orders warning");
        crowds.set(0, new Crowd("public g@@orders", 99 * MIB / 10, 10 * MIB, 3, 2_500));
        look(check);
        assertThat(fixture.found()).containsExactly("a service is too large to be shown: public g@@orders warning");
        assertThat(evidence())
                .isEqualTo(
                        "its instances take 9.9 MiB of 10.0 MiB when they are shown; 3 registrations refused, the last"
                                + " one 2 s ago");
        assertThat(fixture.findings.current().get(0).condition().advice()).contains("larger --memory");
        crowds.clear();
        look(check);
        assertThat(fixture.found()).isEmpty();
        assertThat(fixture.findings.ended())
                .extracting(Finding::what)
                .containsExactly(
                        "a service is too large to be shown: public g@@orders",
                        "a service is nearly too large to be shown: public g@@orders");
    }

    @Test
    void a_service_that_refuses_on_and_on_is_critical_and_so_is_one_beyond_the_bound() {
        var crowds = new ArrayList<Crowd>();
        var check = new ServicesCheck(() -> crowds);
        for (int minute = 1; minute <= 6; minute++) {
            crowds.clear();
            crowds.add(new Crowd("a", 10 * MIB, 10 * MIB, 4L * minute, 0));
            look(check);
            assertThat(fixture.found())
                    .containsExactly("a service is too large to be shown: a " + (minute < 6 ? "warning" : "critical"));
        }
        look(check); // nobody was refused any more
        assertThat(fixture.found()).containsExactly("a service is too large to be shown: a warning");
        crowds.set(0, new Crowd("b", 11 * MIB, 10 * MIB, 0, 0));
        look(check);
        assertThat(fixture.found()).containsExactly("a service is too large to be shown: b critical");
    }

    @Test
    void calls_that_are_denied_again_and_again_are_found_with_who_makes_them() {
        var check = new AccessCheck(fixture.traffic::deniedCount, fixture.traffic.deniedTo());
        denied(1_000); // a fleet whose tokens ended together
        look(check);
        denied(5);
        look(check);
        assertThat(fixture.found()).isEmpty();
        for (int minute = 0; minute < 3; minute++) {
            assertThat(fixture.found()).isEmpty();
            denied(31);
            look(check);
        }
        assertThat(fixture.found()).containsExactly("calls are denied warning");
        assertThat(evidence()).isEqualTo("31 denied in the last minute; most from 10.0.0.9 100 %");
        denied(15); // hardly fewer
        look(check);
        assertThat(fixture.found()).hasSize(1);
        look(check);
        assertThat(fixture.found()).isEmpty();
    }

    private void denied(int times) {
        for (int i = 0; i < times; i++) {
            fixture.traffic.denied("10.0.0.9");
        }
    }

    @Test
    void what_the_last_refusals_said_is_kept_once_a_second_and_in_bounds() {
        fixture.traffic.refused(() -> "first\n" + "x".repeat(500));
        assertThat(fixture.traffic.lastRefusal())
                .startsWith("first_xxx")
                .hasSize(200)
                .endsWith("...");
        fixture.traffic.refused(() -> {
            throw new AssertionError("asked for more than once a second");
        });
        fixture.loop.advance(Duration.ofSeconds(2));
        fixture.traffic.refused(() -> "second");
        assertThat(fixture.traffic.lastRefusal()).isEqualTo("second");
        assertThat(fixture.traffic.refusedCount()).isEqualTo(3);
    }

    @Test
    void descriptors_that_run_out_are_found() {
        var open = new long[] {100};
        var check = ScarceCheck.files(() -> OptionalLong.of(open[0]), () -> OptionalLong.of(1_000));
        look(check);
        assertThat(fixture.found()).isEmpty();
        open[0] = 801;
        look(check);
        assertThat(fixture.found()).containsExactly("file descriptors run out warning");
        open[0] = 960;
        look(check);
        assertThat(fixture.found()).containsExactly("file descriptors run out critical");
        assertThat(evidence()).isEqualTo("40 descriptors left");
        open[0] = 500;
        look(check);
        assertThat(fixture.found()).isEmpty();
        assertThat(look(ScarceCheck.files(OptionalLong::empty, OptionalLong::empty))
                        .known())
                .isFalse();
    }

    @Test
    void a_disk_that_fills_is_found() {
        var free = new long[] {5_000 * MIB};
        var check = ScarceCheck.disk(() -> OptionalLong.of(free[0]));
        look(check);
        assertThat(fixture.found()).isEmpty();
        free[0] = 900 * MIB;
        look(check);
        assertThat(fixture.found()).containsExactly("the disk of the data directory is nearly full warning");
        free[0] = 100 * MIB;
        look(check);
        assertThat(fixture.found()).containsExactly("the disk of the data directory is nearly full critical");
        free[0] = 1_050 * MIB; // hardly more than little
        look(check);
        assertThat(fixture.found()).hasSize(1);
        free[0] = 2_000 * MIB;
        look(check);
        assertThat(fixture.found()).isEmpty();
    }

    @Test
    void a_clock_that_is_set_is_found_for_an_hour() {
        var check = new ClockCheck(fixture.loop);
        fixture.pass(TWO_MINUTES);
        look(check);
        assertThat(fixture.found()).isEmpty();
        fixture.loop.setBack(Duration.ofMinutes(5));
        fixture.pass(TWO_MINUTES);
        look(check);
        assertThat(fixture.found()).containsExactly("the clock was set warning");
        assertThat(evidence()).isEqualTo("by 300 s back within a minute");
        fixture.pass(Duration.ofMinutes(61));
        look(check);
        assertThat(fixture.found()).isEmpty();
    }

    @Test
    void clients_that_take_nothing_are_found_and_many_are_critical() {
        var troubles = new ArrayList<Trouble>();
        var check = new ClientsCheck(() -> troubles, () -> 20);
        look(check);
        assertThat(fixture.found()).isEmpty();
        troubles.add(new Trouble("10.0.0.7 orders Nacos-Java-Client:v2.0.3", "it reads no more", 90_000, 4, 65_536));
        look(check);
        assertThat(fixture.found()).containsExactly("clients do not take what they are sent warning");
        assertThat(evidence())
                .isEqualTo(
                        "1 of 20 clients; longest: 10.0.0.7 orders Nacos-Java-Client:v2.0.3 for 90 s: it reads no more,"
                                + " 4 failures, 65536 bytes waiting");
        for (int i = 0; i < 5; i++) {
            troubles.add(new Trouble("10.0.1." + i + " a b", "it hangs", 60_000, 1, 0));
        }
        look(check);
        assertThat(fixture.found()).containsExactly("many clients do not take what they are sent critical");
        troubles.clear();
        look(check);
        assertThat(fixture.found()).isEmpty();
    }

    @Test
    void wrong_passwords_are_found_with_who_sends_them() {
        var check = new LoginsCheck(fixture.sampler, fixture.traffic);
        assertThat(look(check).known()).isFalse();
        fixture.rate("logins.ok", 0.2);
        fixture.rate("logins.hashed", 0.1);
        fixture.pass(TWO_MINUTES);
        look(check);
        assertThat(fixture.found()).isEmpty();
        fixture.rate("logins.wrong", 3);
        fixture.traffic.loginBy("nacos", "10.0.0.9");
        fixture.pass(TWO_MINUTES);
        look(check);
        assertThat(fixture.found()).containsExactly("many wrong passwords warning");
        assertThat(evidence()).contains("3.0 wrong", "nacos from 10.0.0.9 100 %");
        fixture.rate("logins.wrong", 0);
        fixture.pass(TWO_MINUTES);
        look(check);
        assertThat(fixture.found()).isEmpty();
    }

    @Test
    void logins_that_are_refused_are_found() {
        var check = new LoginsCheck(fixture.sampler, fixture.traffic);
        fixture.rate("logins.refused", 1);
        fixture.pass(TWO_MINUTES);
        look(check);
        assertThat(fixture.found()).containsExactly("logins are refused warning");
        fixture.rate("logins.refused", 0);
        fixture.pass(TWO_MINUTES);
        look(check);
        assertThat(fixture.found()).isEmpty();
    }

    @Test
    void clients_that_log_in_at_every_call_are_found_and_a_fleet_that_starts_is_not() {
        var check = new LoginsCheck(fixture.sampler, fixture.traffic);
        fixture.rate("logins.ok", 30);
        fixture.rate("requests.login", 30);
        fixture.rate("requests.query", 1_000);
        fixture.pass(TWO_MINUTES);
        look(check);
        assertThat(fixture.found()).isEmpty();
        fixture.rate("requests.query", 30);
        fixture.pass(TWO_MINUTES);
        look(check);
        assertThat(fixture.found()).containsExactly("clients log in again and again warning");
    }

    @Test
    void each_check_looks_at_its_time_and_tells_what_it_saw() {
        var looks = new ArrayList<String>();
        var checkup = new Checkup(
                fixture.loop, List.of(new Named("a", 60, looks), new Named("b", 600, looks)), fixture.findings);
        checkup.start();
        assertThat(checkup.reports())
                .containsExactly(
                        new Checkup.Report("a", 0, false, "looks for the first time in 60 s or less"),
                        new Checkup.Report("b", 0, false, "looks for the first time in 600 s or less"));
        fixture.pass(Duration.ofMinutes(20));
        assertThat(looks).containsOnly("a", "b");
        assertThat(looks.stream().filter("a"::equals)).hasSize(20);
        assertThat(looks.stream().filter("b"::equals)).hasSize(2);
        assertThat(checkup.reports()).extracting(Checkup.Report::measured).containsExactly("look 20", "look 2");
    }

    private static final class Named implements Check {
        private final String name;
        private final int seconds;
        private final List<String> looks;
        private int count;

        Named(String name, int seconds, List<String> looks) {
            this.name = name;
            this.seconds = seconds;
            this.looks = looks;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Duration every() {
            return Duration.ofSeconds(seconds);
        }

        @Override
        public Measured look(Findings findings) {
            looks.add(name);
            return Measured.of("look " + ++count);
        }
    }
}
