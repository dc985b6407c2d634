package dev.plimsoll.auth;

import dev.plimsoll.loop.Loop;
import dev.plimsoll.refusal.Unavailable;
import dev.plimsoll.store.UserJournal;
import dev.plimsoll.vitals.Account;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.slf4j.Logger;

/** The parts that decide who may do what, put together. */
public final class Auth {
    /** Whom the first start creates. */
    public static final String FIRST_USER = "admin";

    private static final String LETTERS = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"; // none alike
    private static final int PASSWORD_LENGTH = 20; // 116 bits
    private static final int LOGIN_LINES = 50;
    private static final int AUDIT_LINES = 200;

    private final Users users;
    private final Logins logins;
    private final Access access;
    private final Trail audit;
    private final Hashing hashing;
    private final SecureRandom random;

    /**
     * Reads what is stored; blocks.
     *
     * @param keys tokens are signed with the first and verified with all
     * @param account for users and what is remembered of logins; the latter is reserved here
     * @param hashers few threads with a bounded queue
     */
    public Auth(
            AuthSettings settings,
            List<byte[]> keys,
            Loop loop,
            Executor hashers,
            UserJournal journal,
            Account account,
            InstantSource clock,
            SecureRandom random,
            Logger loginLog,
            Logger auditLog) {
        // Of the account's own share, what is remembered takes three quarters; users draw on the rest and the common.
        int tokens = entries(account, Tokens.CACHED_BYTES, 4, 8_192);
        int passwords = entries(account, Logins.CACHED_BYTES, 8, 4_096);
        int attempts = entries(account, Attempts.ENTRY_BYTES, 4, 8_192);
        account.reserve((long) tokens * Tokens.CACHED_BYTES
                + 2L * passwords * Logins.CACHED_BYTES
                + (long) attempts * Attempts.ENTRY_BYTES);
        this.random = random;
        this.hashing = new Hashing(hashers, random);
        this.users = new Users(loop, journal, hashing, account, settings, Tokens::fingerprint);
        users.load();
        var signed = new Tokens(keys, settings.tokenLife(), clock, bound -> random.nextLong(bound), tokens);
        this.access = new Access(settings.on(), users, signed);
        var cacheKey = new byte[32];
        random.nextBytes(cacheKey);
        this.logins = new Logins(
                loop,
                users,
                signed,
                hashing,
                new Trail(loginLog, LOGIN_LINES),
                new Attempts(attempts),
                hashing.nobodysHash(),
                cacheKey,
                passwords);
        this.audit = new Trail(auditLog, AUDIT_LINES);
    }

    /**
     * Creates the first user when auth is on and nobody may do everything yet.
     *
     * @param file where the password is left, for the owner only
     * @return the password, when one was made
     */
    public Optional<String> createFirstUser(Path file) {
        if (!access.on() || users.hasAdmin()) {
            return Optional.empty();
        }
        var password = new StringBuilder();
        for (int i = 0; i < PASSWORD_LENGTH; i++) {
            password.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        try {
            // Before the user exists: a crash in between leaves a file that the next start replaces, and nobody locked
            // out.
            Keys.writePrivately(file, password + "\n");
        } catch (IOException e) {
            throw new Unavailable("first password: " + file + ": " + e);
        }
        users.createAdmin(FIRST_USER, hashing.hashNow(password.toString()));
        return Optional.of(password.toString());
    }

    public Users users() {
        return users;
    }

    public Logins logins() {
        return logins;
    }

    public Access access() {
        return access;
    }

    /** Who wrote what, from where, and what came of it. */
    public Trail audit() {
        return audit;
    }

    private static int entries(Account account, int bytes, int part, int most) {
        return (int) Math.max(64, Math.min(most, account.share() / part / bytes));
    }
}
