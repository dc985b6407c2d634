package dev.plimsoll.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FairQueueTest {
    private final FairQueue<Character, String> queue = new FairQueue<>();

    @Test
    void lines_take_turns() {
        add("a1", "a2", "a3", "b1", "c1", "c2");
        assertThat(all()).containsExactly("a1", "b1", "c1", "a2", "c2", "a3");
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.poll()).isNull();
    }

    @Test
    void who_comes_later_is_behind_those_whose_turn_it_is() {
        add("a1", "a2");
        assertThat(queue.poll()).isEqualTo("a1");
        add("b1");
        assertThat(all()).containsExactly("a2", "b1");
    }

    @Test
    void the_first_of_the_longest_line_makes_way_for_who_has_fewer() {
        add("b1", "a1", "a2", "a3");
        assertThat(queue.displace('a')).isNull();
        assertThat(queue.displace('b')).isEqualTo("a1");
        assertThat(queue.displace('b')).as("each would have two").isNull();
        assertThat(queue.displace('c')).isEqualTo("a2");
        assertThat(queue.displace('c')).as("each has one").isNull();
        assertThat(queue.size()).isEqualTo(2);
        assertThat(all()).containsExactly("b1", "a3");
        assertThat(queue.displace('c')).isNull();
    }

    @Test
    void one_may_be_taken_out() {
        add("a1", "a2", "b1");
        queue.remove('a', "a1");
        queue.remove('b', "b1");
        queue.remove('b', "b1");
        queue.remove('c', "c1");
        assertThat(queue.size()).isEqualTo(1);
        assertThat(all()).containsExactly("a2");
    }

    /** Each waits for at most one of every other line, for each that is before it in its own. */
    @Property
    void nobody_waits_for_more_than_one_of_each_other_for_each_of_its_own(
            @ForAll @Size(max = 60) List<@IntRange(max = 5) Integer> comers) {
        var fair = new FairQueue<Integer, Integer>();
        Map<Integer, Integer> ahead = new HashMap<>();
        List<Integer> place = new ArrayList<>(); // in its own line, by number of coming
        for (int i = 0; i < comers.size(); i++) {
            fair.add(comers.get(i), i);
            place.add(ahead.merge(comers.get(i), 1, Integer::sum));
        }
        int keys = ahead.size();
        int turn = 0;
        List<Integer> seen = new ArrayList<>();
        for (Integer next = fair.poll(); next != null; next = fair.poll()) {
            assertThat(turn++).isLessThan(place.get(next) * keys);
            seen.add(next);
        }
        assertThat(seen).hasSize(comers.size()).doesNotHaveDuplicates();
        for (int key : ahead.keySet()) {
            assertThat(seen.stream().filter(i -> comers.get(i) == key)).isSorted();
        }
    }

    private void add(String... values) {
        for (String value : values) {
            queue.add(value.charAt(0), value);
        }
    }

    private List<String> all() {
        List<String> all = new ArrayList<>();
        for (String next = queue.poll(); next != null; next = queue.poll()) {
            all.add(next);
        }
        return all;
    }
}
