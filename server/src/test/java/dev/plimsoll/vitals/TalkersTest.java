package dev.plimsoll.vitals;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.vitals.Talkers.Talker;
import org.junit.jupiter.api.Test;

class TalkersTest {
    private final Talkers talkers = new Talkers();

    @Test
    void who_talks_most_is_found_among_any_number_who_talk_once() {
        for (int i = 0; i < 100_000; i++) {
            talkers.heard(i % 4 == 0 ? "10.0.0.7" : i % 10 == 1 ? "10.0.0.8" : "10.1." + i / 250 + "." + i % 250);
        }
        assertThat(talkers.most(2)).extracting(Talker::name).containsExactly("10.0.0.7", "10.0.0.8");
        assertThat(talkers.most(1).get(0).share()).isBetween(0.25 - 1.0 / Talkers.PLACES, 0.25);
        assertThat(talkers.most(1_000)).hasSize(2);
    }

    @Test
    void who_has_gone_silent_is_forgotten() {
        for (int i = 0; i < 1_000; i++) {
            talkers.heard("old");
        }
        for (int minute = 0; minute < 12; minute++) {
            talkers.fade();
            talkers.heard("new");
        }
        assertThat(talkers.most(5)).extracting(Talker::name).containsExactly("new");
    }

    @Test
    void a_name_of_any_length_takes_a_bounded_place() {
        talkers.heard("x".repeat(100_000));
        assertThat(talkers.most(1).get(0).name()).hasSize(Talker.MAX_SHOWN);
    }

    @Test
    void among_many_who_speak_alike_nobody_is_named() {
        for (int i = 0; i < 100_000; i++) {
            talkers.heard("10.0." + i / 250 % 200 + "." + i % 250);
        }
        assertThat(talkers.most(3)).isEmpty();
        assertThat(talkers.isSilent()).isFalse();
    }

    @Test
    void who_begins_to_speak_is_named_though_all_places_are_taken() {
        for (int i = 0; i < 10_000; i++) {
            talkers.heard("10.0." + i / 250 + "." + i % 250);
        }
        for (int minute = 0; minute < 2; minute++) {
            talkers.fade();
            for (int i = 0; i < 10_000; i++) {
                talkers.heard(i % 3 == 0 ? "10.0.0.7" : "10.1." + i / 250 + "." + i % 250);
            }
        }
        assertThat(talkers.most(3)).extracting(Talker::name).containsExactly("10.0.0.7");
    }

    @Test
    void a_name_is_shown_so_that_it_ends_no_line_and_its_end_is_seen() {
        assertThat(new Talker("a\nb\u2028c\u0000", 1).name()).isEqualTo("a_b_c_");
        assertThat(new Talker("providers:com.example.orders.api.OrderService:1.0", 1).name())
                .isEqualTo("providers:...orders.api.OrderService:1.0");
    }

    @Test
    void nobody_has_talked_at_first() {
        assertThat(talkers.most(3)).isEmpty();
        assertThat(talkers.isSilent()).isTrue();
    }
}
