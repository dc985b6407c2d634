package dev.plimsoll.session;

import dev.plimsoll.config.Caller;
import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.config.Configs;
import dev.plimsoll.config.Watch;
import dev.plimsoll.config.Watcher;
import dev.plimsoll.loop.Loop;
import dev.plimsoll.vitals.Account;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Requests of 1.x clients that wait until one of the configurations they name changes, or their time is up. Changed on
 * {@code loop}, which is the configurations' own: so a change is either seen by the comparison a poll begins with, or
 * ends it.
 *
 * <p>Time is kept by a wheel: a slot for each tenth of a second, and in it the polls that end then, each of which finds its
 * neighbours by itself. So twenty thousand polls cost one task ten times a second.
 */
public final class LongPolls {
    /**
     * The poll and its caller, the call that waits for it without its headers and body, and what ties them together. The watches are
     * charged by the configurations. LongPollsTest measures what hangs from here.
     */
    static final int POLL_BYTES = 368;

    static final Duration TICK = Duration.ofMillis(100);
    static final Duration LONGEST = Duration.ofMinutes(2);
    /** Of a poll's time, what may be left off so that those that came together do not end together. */
    static final int JITTER = 16;

    private static final int SLOTS = (int) (LONGEST.toMillis() / TICK.toMillis()) + 2;

    private final Loop loop;
    private final Configs configs;
    private final Account account;
    private final RandomGenerator random; // loop, as all that follows
    private final @Nullable Poll[] wheel = new Poll[SLOTS];
    private final long startNanos;
    private long ticks; // that have been turned
    private final AtomicInteger waiting = new AtomicInteger(); // loop writes, all read
    private boolean turning;

    /**
     * @param loop of {@code configs}
     * @param account heap account that holds the watches too
     */
    public LongPolls(Loop loop, Configs configs, Account account, RandomGenerator random) {
        this.loop = loop;
        this.configs = configs;
        this.account = account;
        this.random = random;
        this.startNanos = loop.nanoTime();
    }

    /**
     * Has {@code answer} hear, once, of the configurations that are not as {@code held} says: of all there are now; if
     * there is none, of the first that changes; and of none when the time is up. Any thread; {@code answer} is called on
     * the loop or at once, and must hand over.
     *
     * @param caller who waits
     * @param patience cut to {@link #LONGEST}
     * @param keptBytes of the heap that {@code answer} keeps beside what every poll does
     * @throws dev.plimsoll.refusal.OverBudget when there is no room for one poll more
     */
    public Poll hold(
            Caller caller,
            List<Watch> held,
            Duration patience,
            long keptBytes,
            BiConsumer<List<ConfigKey>, @Nullable Throwable> answer) {
        account.reserve(POLL_BYTES + keptBytes);
        var poll = new Poll(caller, keptBytes, answer);
        configs.listen(poll, held).whenComplete((outdated, failure) -> {
            if (failure != null) {
                poll.end(List.of(), failure);
            } else if (!outdated.isEmpty()) {
                poll.end(outdated, null);
            } else {
                begin(poll, patience);
            }
        });
        return poll;
    }

    /** Polls that wait. Any thread. */
    public int waiting() {
        return waiting.get();
    }

    private void begin(Poll poll, Duration patience) {
        if (poll.closed()) {
            return; // the peer was gone before the comparison
        }
        if (waiting.get() == 0) {
            ticks = elapsedTicks();
        }
        long nanos = Math.min(patience.toNanos(), LONGEST.toNanos());
        nanos -= random.nextLong(nanos / JITTER + 1);
        poll.link((int) ((ticks + Math.max(1, nanos / TICK.toNanos())) % SLOTS));
        if (!turning) {
            turning = true;
            loop.schedule(TICK, this::turn);
        }
    }

    private void turn() {
        for (long now = elapsedTicks(); ticks < now; ) {
            ticks++;
            int slot = (int) (ticks % SLOTS);
            for (Poll poll = wheel[slot]; poll != null; poll = wheel[slot]) {
                poll.end(List.of(), null);
            }
        }
        turning = waiting.get() > 0;
        if (turning) {
            loop.schedule(TICK, this::turn);
        }
    }

    private long elapsedTicks() {
        return (loop.nanoTime() - startNanos) / TICK.toNanos();
    }

    /** One request that waits. */
    public final class Poll implements Watcher {
        private final Caller caller;
        private final long keptBytes;
        private final BiConsumer<List<ConfigKey>, @Nullable Throwable> answer;
        private final AtomicBoolean over = new AtomicBoolean();
        private int slot = -1; // loop, as the next two; -1 while not on the wheel
        private @Nullable Poll previous;
        private @Nullable Poll next;

        private Poll(Caller caller, long keptBytes, BiConsumer<List<ConfigKey>, @Nullable Throwable> answer) {
            this.caller = caller;
            this.keptBytes = keptBytes;
            this.answer = answer;
        }

        @Override
        public boolean closed() {
            return over.get();
        }

        @Override
        public Caller caller() {
            return caller;
        }

        /** The peer has gone: nobody waits for the answer. Any thread. */
        public void gone() {
            loop.execute(() -> {
                if (over.compareAndSet(false, true)) {
                    leave();
                }
            });
        }

        void changed(ConfigKey key) {
            end(List.of(key), null);
        }

        private void end(List<ConfigKey> changed, @Nullable Throwable failure) {
            if (over.compareAndSet(false, true)) {
                leave();
                answer.accept(changed, failure);
            }
        }

        /** On the loop; or on any thread when the loop would not take the comparison, and there is nothing to unlink. */
        private void leave() {
            unlink();
            account.release(POLL_BYTES + keptBytes);
            configs.forget(this);
        }

        private void link(int slot) {
            this.slot = slot;
            next = wheel[slot];
            if (next != null) {
                next.previous = this;
            }
            wheel[slot] = this;
            waiting.incrementAndGet();
        }

        private void unlink() {
            if (slot < 0) {
                return;
            }
            if (previous != null) {
                previous.next = next;
            } else {
                wheel[slot] = next;
            }
            if (next != null) {
                next.previous = previous;
            }
            slot = -1;
            waiting.decrementAndGet();
        }
    }
}
