package dev.plimsoll.auth;

import dev.plimsoll.loop.FairQueue;
import dev.plimsoll.loop.Loop;
import dev.plimsoll.refusal.OverBudget;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Passwords that wait to be hashed, one at a time. Who is not suspected goes first. Suspects take turns by user, so that guesses
 * at one keep nobody else waiting; and after each wrong guess there is a rest, so that all of them together never take more
 * than a third of a core, whoever sends how many. Confined to {@code loop}.
 *
 * <p>Three guesses at {@code admin} wait and {@code app}, at whom somebody guessed before, comes from a new address: {@code app} is second.
 */
final class HashQueue {
    /** At tens of milliseconds each, what a client waits for. */
    static final int MOST_WAITING = 32;

    /** With the rests between them as long. */
    static final int MOST_SUSPECTS = 12;

    /** A user's password and the one it replaces. Whoever comes for him with a third one is suspected. */
    static final int STRANGERS_OF_USER = 2;

    /** Rests, in times of what the guess took. */
    private static final int RESTS = 2;

    private final Loop loop;
    private final Authenticator authenticator;
    private final ArrayDeque<Turn> first = new ArrayDeque<>();
    private final FairQueue<String, Turn> suspects = new FairQueue<>(); // by user
    private @Nullable Turn now;
    private boolean resting;

    /** Who comes with a password for a user. */
    enum Comer {
        /** From there he has logged in. */
        KNOWN,
        /** Nobody has guessed at that user of late. */
        STRANGER,
        SUSPECT
    }

    private record Turn(String user, Comer comer, String password, String hash, CompletableFuture<Boolean> verdict) {}

    HashQueue(Loop loop, Authenticator authenticator) {
        this.loop = loop;
        this.authenticator = authenticator;
    }

    /**
     * Whether the password is the one of this hash. Completes on the loop; with {@link OverBudget} when too many wait, or when it has
     * made way for one of a user with fewer waiting.
     *
     * @param user whose turn it takes; all who do not exist are one
     */
    CompletionStage<Boolean> matches(String user, Comer comer, String password, String hash) {
        boolean oneTooMany = comer == Comer.STRANGER && strangersOf(user) >= STRANGERS_OF_USER;
        var turn = new Turn(user, oneTooMany ? Comer.SUSPECT : comer, password, hash, new CompletableFuture<>());
        boolean entered = turn.comer() == Comer.SUSPECT ? tryAddSuspect(turn) : tryAdd(turn);
        if (!entered) {
            turn.verdict().completeExceptionally(full());
        }
        next();
        return turn.verdict();
    }

    private long strangersOf(String user) {
        return first.stream()
                .filter(turn -> turn.comer() == Comer.STRANGER && turn.user().equals(user))
                .count();
    }

    private boolean tryAdd(Turn turn) {
        return first.size() < MOST_WAITING && first.add(turn);
    }

    private boolean tryAddSuspect(Turn turn) {
        if (suspects.size() >= MOST_SUSPECTS) {
            Turn displaced = suspects.displace(turn.user());
            if (displaced == null) {
                return false;
            }
            displaced.verdict().completeExceptionally(full());
        }
        suspects.add(turn.user(), turn);
        return true;
    }

    private void next() {
        if (now != null) {
            return;
        }
        Turn turn = first.poll();
        if (turn == null && !resting) {
            turn = suspects.poll();
        }
        if (turn != null) {
            now = turn;
            begin(turn);
        }
    }

    private void begin(Turn turn) {
        long since = loop.nanoTime();
        CompletionStage<Boolean> matching;
        try {
            matching = authenticator.matches(turn.password(), turn.hash());
        } catch (OverBudget e) {
            matching = CompletableFuture.failedStage(e);
        }
        matching.whenComplete((matches, failure) -> loop.execute(() -> done(turn, since, matches, failure)));
    }

    private void done(Turn turn, long since, @Nullable Boolean matches, @Nullable Throwable failure) {
        now = null;
        if (turn.comer() == Comer.SUSPECT && !Boolean.TRUE.equals(matches)) {
            resting = true;
            loop.schedule(Duration.ofNanos((loop.nanoTime() - since) * RESTS), () -> {
                resting = false;
                next();
            });
        }
        if (failure != null) {
            turn.verdict().completeExceptionally(failure);
        } else {
            turn.verdict().complete(Boolean.TRUE.equals(matches));
        }
        next();
    }

    private static OverBudget full() {
        return new OverBudget("logins: too many passwords wait to be checked (expected: fewer); try again later");
    }
}
