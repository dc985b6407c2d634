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
        assertThat(talkers.most(1).get(0).share()).isBetween(0.25, 0.25 + 1.0 / Talkers.PLACES);
        assertThat(talkers.most(1_000)).hasSize(Talkers.PLACES);
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
        assertThat(talkers.most(1).get(0).name()).hasSizeLessThanOrEqualTo(128);
    }

    @Test
    void nobody_has_talked_at_first() {
        assertThat(talkers.most(3)).isEmpty();
    }
}
