package dev.plimsoll.auth;

import dev.plimsoll.loop.ManualLoop;
import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.MemoryBudget;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.helpers.NOPLogger;

/** Users, tokens and logins over a loop that the test turns, with hashing that the test sees. */
final class AuthFixture {
    static final byte[] KEY = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    static final String ALICE = "alice";
    static final String WONDER = "wonderland";
    static final String HOME = "10.0.0.1";
    static final String AWAY = "10.0.0.2";
    static final int MOST_USERS = 5;

    final ManualLoop loop = new ManualLoop();
    final MemoryUserJournal journal = new MemoryUserJournal();
    final Account account = new MemoryBudget(1 << 20, 0).heap("auth", 1);
    final AuthSettings settings = new AuthSettings(true, Duration.ofHours(5), MOST_USERS, 5);
    final InstantSource clock = () -> Instant.ofEpochMilli(loop.currentTimeMillis());
    final Hashing hashing = new Hashing(Runnable::run, new SecureRandom());
    final Users users = new Users(loop, journal, hashing, account, settings, Tokens::fingerprint);
    final Tokens tokens = new Tokens(List.of(KEY), settings.tokenLife(), clock, bound -> 0, 100);
    final Access access = new Access(true, users, tokens);
    final Attempts attempts = new Attempts(50);
    final Counting counting = new Counting();
    final Logins logins = new Logins(
            loop,
            users,
            tokens,
            counting,
            new Trail(NOPLogger.NOP_LOGGER, 10),
            attempts,
            hashing.nobodysHash(),
            KEY,
            10);

    /** Hashes when the test says so, or at once. */
    static final class Counting implements Authenticator {
        int asked;
        boolean atOnce = true;
        final java.util.ArrayDeque<Runnable> waiting = new java.util.ArrayDeque<>();

        @Override
        public CompletionStage<Boolean> matches(String password, String passwordHash) {
            asked++;
            var answer = new CompletableFuture<Boolean>();
            Runnable work = () -> answer.complete(Hashing.matchesNow(password, passwordHash));
            if (atOnce) {
                work.run();
            } else {
                waiting.add(work);
            }
            return answer;
        }
    }

    AuthFixture with(String name, String password) {
        done(users.create(name, password));
        return this;
    }

    <T> T done(CompletionStage<T> stage) {
        loop.runAll();
        return stage.toCompletableFuture().join();
    }

    Throwable failure(CompletionStage<?> stage) {
        loop.advance(Duration.ofSeconds(10));
        return stage.handle((value, failure) ->
                        failure instanceof java.util.concurrent.CompletionException e && e.getCause() != null
                                ? e.getCause()
                                : failure)
                .toCompletableFuture()
                .getNow(new AssertionError("not answered"));
    }
}
