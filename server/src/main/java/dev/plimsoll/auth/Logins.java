package dev.plimsoll.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.plimsoll.loop.Loop;
import dev.plimsoll.refusal.Forbidden;
import dev.plimsoll.refusal.OverBudget;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Turns a name and a password into a token. A password that was right a moment ago is known again at once, on any thread,
 * whatever others do; all else is decided on {@code loop}: the same question asked by many is hashed once, who sends wrong
 * passwords waits for his answer and is shut out in the end, and only so many may wait for a hash.
 */
public final class Logins {
    /** What clients of all versions know a refused login by; the same for an unknown user. */
    static final String WRONG = "User not found! Please check user exist or password is right!";

    /** Of one remembered password: cache node, map node, table slot, frequency sketch, key, fingerprint. */
    static final int CACHED_BYTES = 360;

    private static final Duration REMEMBERED = Duration.ofMinutes(10);
    private static final int MAX_WAITING = 4_096;
    private static final int HASHES_PER_ADDRESS = 2;
    private static final Duration FIRST_DELAY = Duration.ofMillis(250);
    private static final int MOST_DOUBLINGS = 4; // four seconds
    private static final String UNKNOWN = "";

    private final Loop loop;
    private final Users users;
    private final Tokens tokens;
    private final HashQueue queue; // loop
    private final Trail trail;
    private final Attempts attempts; // loop
    private final String nobodysHash;
    private final SecretKeySpec cacheKey;
    private final Cache<ByteBuffer, String> right; // to the fingerprint of the hash it matched
    private final Cache<ByteBuffer, String> wrong; // to the fingerprint of the hash it did not match
    private final Map<ByteBuffer, Check> checks = new HashMap<>(); // loop; under way
    private final Map<String, Integer> checksOf = new HashMap<>(); // loop; by address
    private int waiting; // loop
    private final LongAdder ok = new LongAdder(); // any thread, as the next three
    private final LongAdder wrongOnes = new LongAdder();
    private final LongAdder refusedOnes = new LongAdder();
    private final LongAdder hashed = new LongAdder();

    /** What a login answers. */
    public record Token(String text, long lifeSeconds, String user, boolean isAdmin) {
        @Override
        public String toString() {
            return "token of " + user; // for no log
        }
    }

    /** How one user's logins from one address (of IPv6, one network) went. */
    public record Row(String user, String address, long right, long wrong, long refused, long lastMillis) {}

    /** One login that was not decided at once. */
    private record Attempt(String user, String address, CompletableFuture<Token> answer) {}

    /** A password being hashed, and who waits for what comes of it. */
    private record Check(String fingerprint, String address, List<Attempt> waiting) {}

    /**
     * @param nobodysHash costs what a user's costs, and nothing matches it
     * @param cacheKey random and this process's own, so that the caches tell nothing of passwords
     * @param remembered how many right passwords are remembered; of wrong ones as many
     */
    Logins(
            Loop loop,
            Users users,
            Tokens tokens,
            Authenticator authenticator,
            Trail trail,
            Attempts attempts,
            String nobodysHash,
            byte[] cacheKey,
            int remembered) {
        this.loop = loop;
        this.users = users;
        this.tokens = tokens;
        this.queue = new HashQueue(loop, authenticator);
        this.trail = trail;
        this.attempts = attempts;
        this.nobodysHash = nobodysHash;
        this.cacheKey = new SecretKeySpec(cacheKey, "HmacSHA256");
        this.right = cache(loop, remembered);
        this.wrong = cache(loop, remembered);
    }

    /**
     * The token of a user, if the password is right. Completes with {@link Forbidden} when it is not, and with
     * {@link OverBudget} when too many others are being checked.
     */
    public CompletionStage<Token> login(String name, String password, String address) {
        ByteBuffer key = key(name, password);
        User user = users.find(name);
        String known = right.getIfPresent(key);
        if (user != null && user.fingerprint().equals(known)) {
            loop.submit(() -> attempts.right(name, address, loop.nanoTime(), loop.currentTimeMillis()));
            ok.increment();
            tell("LOGIN-OK", name, address);
            return CompletableFuture.completedFuture(token(user));
        }
        var attempt = new Attempt(Checks.isName(name) ? name : Checks.echo(name), address, new CompletableFuture<>());
        loop.submit(() -> {
            if (waiting >= MAX_WAITING) {
                refuse(attempt, new OverBudget("logins: " + waiting + " waiting (expected: fewer); try again later"));
                return;
            }
            waiting++;
            attempt.answer().whenComplete((token, failure) -> loop.execute(() -> waiting--));
            Duration slowed = attempts.slowed(attempt.user(), loop.nanoTime());
            if (slowed.isZero()) {
                decide(attempt, name, password, key);
            } else {
                loop.schedule(slowed, () -> decide(attempt, name, password, key));
            }
        });
        return attempt.answer();
    }

    /**
     * Who it is, if this password of his was right a moment ago; null when that is to be found out by {@link #login}. A look-up
     * and no more, on any thread, written to no log: for callers who send both with every call.
     */
    public @Nullable Identity remembered(String name, String password) {
        if (!Checks.isName(name) || !Checks.isPassword(password)) {
            return null;
        }
        User user = users.find(name);
        return user != null && user.fingerprint().equals(right.getIfPresent(key(name, password)))
                ? new Identity(user.name())
                : null;
    }

    /**
     * How many there have been.
     *
     * @param hashed passwords that were not remembered, and found right or wrong
     */
    public record Totals(long ok, long wrong, long refused, long hashed) {}

    public Totals totals() {
        return new Totals(ok.sum(), wrongOnes.sum(), refusedOnes.sum(), hashed.sum());
    }

    /** Logins by user and address, the latest first. */
    public CompletionStage<List<Row>> rows(int most) {
        return loop.call(() -> attempts.rows(most));
    }

    private void decide(Attempt attempt, String name, String password, ByteBuffer key) {
        Duration shut = attempts.shutOut(attempt.user(), attempt.address(), loop.nanoTime());
        if (!shut.isZero()) {
            refuse(
                    attempt,
                    new Forbidden("too many wrong passwords from " + attempt.address()
                            + " (expected: none for the next " + (shut.toSeconds() + 1) + " s)"));
            return;
        }
        User user = users.find(name);
        String fingerprint = user == null ? UNKNOWN : user.fingerprint();
        if (!Checks.isPassword(password) || fingerprint.equals(wrong.getIfPresent(key))) {
            wrong(attempt);
            return;
        }
        Check under = checks.get(key);
        if (under != null && under.fingerprint().equals(fingerprint)) {
            under.waiting().add(attempt);
            return;
        }
        if (under != null || checksOf.getOrDefault(attempt.address(), 0) >= HASHES_PER_ADDRESS) {
            refuse(attempt, busy(attempt.address()));
            return;
        }
        var check = new Check(fingerprint, attempt.address(), new ArrayList<>(List.of(attempt)));
        checks.put(key, check);
        checksOf.merge(attempt.address(), 1, Integer::sum);
        CompletionStage<Boolean> matching = user == null
                ? queue.matches(UNKNOWN, HashQueue.Comer.SUSPECT, password, nobodysHash)
                : queue.matches(
                        name, attempts.comer(name, attempt.address(), loop.nanoTime()), password, user.passwordHash());
        matching.whenComplete((matches, failure) -> checked(key, check, name, matches, failure));
    }

    private void checked(
            ByteBuffer key, Check check, String name, @Nullable Boolean matches, @Nullable Throwable failure) {
        checks.remove(key);
        checksOf.computeIfPresent(check.address(), (address, count) -> count == 1 ? null : count - 1);
        if (failure instanceof OverBudget full) {
            check.waiting().forEach(attempt -> refuse(attempt, full));
            return;
        }
        if (failure != null || matches == null) {
            Throwable cause = failure == null ? new IllegalStateException("no verdict on a password") : failure;
            check.waiting().forEach(attempt -> attempt.answer().completeExceptionally(cause));
            return;
        }
        hashed.increment();
        User user = users.find(name);
        // The password may have been changed while this one was hashed.
        boolean granted = matches && user != null && user.fingerprint().equals(check.fingerprint());
        if (granted) {
            right.put(key, check.fingerprint());
        } else if (!matches) {
            wrong.put(key, check.fingerprint());
        }
        for (Attempt attempt : check.waiting()) {
            if (granted && user != null) {
                ok.increment();
                attempts.right(attempt.user(), attempt.address(), loop.nanoTime(), loop.currentTimeMillis());
                tell("LOGIN-OK", attempt.user(), attempt.address());
                attempt.answer().complete(token(user));
            } else {
                wrong(attempt);
            }
        }
    }

    /** Who guesses waits, the longer the more he guesses; nothing but an entry waits with him. */
    private void wrong(Attempt attempt) {
        wrongOnes.increment();
        int inRow = attempts.wrong(attempt.user(), attempt.address(), loop.nanoTime(), loop.currentTimeMillis());
        tell("LOGIN-WRONG", attempt.user(), attempt.address());
        Duration delay = FIRST_DELAY.multipliedBy(1L << Math.min(MOST_DOUBLINGS, inRow - 1));
        loop.schedule(delay, () -> attempt.answer().completeExceptionally(new Forbidden(WRONG)));
    }

    private void refuse(Attempt attempt, RuntimeException why) {
        refusedOnes.increment();
        attempts.refused(attempt.user(), attempt.address(), loop.nanoTime(), loop.currentTimeMillis());
        tell("LOGIN-REFUSED", attempt.user(), attempt.address());
        attempt.answer().completeExceptionally(why);
    }

    private void tell(String event, String user, String address) {
        if (trail.admits(loop.currentTimeMillis())) {
            trail.write(event + " user=" + Trail.word(user) + " from=" + Trail.word(address));
        }
    }

    private Token token(User user) {
        Tokens.Issued issued = tokens.issue(user);
        return new Token(issued.token(), issued.lifeSeconds(), user.name(), user.isAdmin());
    }

    private ByteBuffer key(String name, String password) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(cacheKey);
            mac.update(name.getBytes(StandardCharsets.UTF_8));
            mac.update((byte) 0); // in no name
            return ByteBuffer.wrap(mac.doFinal(password.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256 is part of every JDK", e);
        }
    }

    private static OverBudget busy(String address) {
        return new OverBudget("logins from " + address + ": " + HASHES_PER_ADDRESS
                + " passwords being checked (expected: fewer); try again later");
    }

    private static Cache<ByteBuffer, String> cache(Loop loop, int entries) {
        return Caffeine.newBuilder()
                .maximumSize(entries)
                .expireAfterWrite(REMEMBERED)
                .ticker(loop::nanoTime)
                .executor(Runnable::run)
                .build();
    }
}
