package dev.plimsoll.auth;

import at.favre.lib.crypto.bcrypt.BCrypt;
import dev.plimsoll.refusal.OverBudget;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/** Makes and compares bcrypt hashes, which takes tens of milliseconds, on threads of their own. Any thread asks. */
final class Hashing implements Authenticator {
    private static final int COST = 10; // the reference's, so that its hashes and ours cost the same

    private static final int SALT_LENGTH = 22;
    private static final int DIGEST_LENGTH = 31;
    private static final String RADIX_64 = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private final Executor threads;
    private final SecureRandom random;

    /** @param threads few, with a bounded queue; refuses by {@link RejectedExecutionException} */
    Hashing(Executor threads, SecureRandom random) {
        this.threads = threads;
        this.random = random;
    }

    CompletionStage<String> hash(String password) {
        return onThreads(() -> hashNow(password));
    }

    @Override
    public CompletionStage<Boolean> matches(String password, String hash) {
        return onThreads(() -> matchesNow(password, hash));
    }

    String hashNow(String password) {
        byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
        return new String(BCrypt.with(random).hash(COST, bytes), StandardCharsets.US_ASCII);
    }

    /** In form a hash like any other, so that it costs the same; of no password that anybody knows. */
    String nobodysHash() {
        var hash = new StringBuilder("$2a$" + COST + "$");
        for (int i = 0; i < SALT_LENGTH + DIGEST_LENGTH; i++) {
            hash.append(RADIX_64.charAt(random.nextInt(RADIX_64.length())));
        }
        return hash.toString();
    }

    static boolean matchesNow(String password, String hash) {
        return BCrypt.verifyer()
                .verify(password.getBytes(StandardCharsets.UTF_8), hash.getBytes(StandardCharsets.UTF_8))
                .verified;
    }

    private <T> CompletionStage<T> onThreads(Supplier<T> work) {
        try {
            return CompletableFuture.supplyAsync(work, threads);
        } catch (RejectedExecutionException e) {
            throw new OverBudget("logins: too many passwords to check (expected: fewer at a time); try again later");
        }
    }
}
