package dev.plimsoll.vitals;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.loop.ManualLoop;
import org.junit.jupiter.api.Test;

class HeapWatchTest {
    private static final long MIB = 1 << 20;

    private final ManualLoop loop = new ManualLoop();
    private long used;
    private long live;
    private int collections;

    private final HeapWatch watch = new HeapWatch(
            new HeapWatch.OldGeneration() {
                @Override
                public long used() {
                    return used;
                }

                @Override
                public long live() {
                    return live;
                }
            },
            () -> {
                collections++;
                used = live;
            });

    @Test
    void garbage_of_half_the_live_data_is_collected_and_less_is_not() {
        live = 40 * MIB;
        used = 60 * MIB;
        watch.look();
        assertThat(collections).isZero();
        used = 60 * MIB + 1;
        watch.look();
        assertThat(collections).isEqualTo(1);
        watch.look();
        assertThat(collections).isEqualTo(1);
    }

    @Test
    void a_small_heap_is_left_alone_until_it_is_worth_it() {
        live = MIB;
        used = MIB + HeapWatch.WORTH_IT;
        watch.look();
        assertThat(collections).isZero();
        used++;
        watch.look();
        assertThat(collections).isEqualTo(1);
    }

    @Test
    void goes_on_looking() {
        watch.start(loop);
        used = 2 * HeapWatch.WORTH_IT;
        loop.advance(HeapWatch.INTERVAL);
        used = 2 * HeapWatch.WORTH_IT;
        loop.advance(HeapWatch.INTERVAL);
        assertThat(collections).isEqualTo(2);
    }
}
