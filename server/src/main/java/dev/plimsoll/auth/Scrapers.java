package dev.plimsoll.auth;

import dev.plimsoll.refusal.InvalidRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * Who may read metrics: administrators, beside them whoever has the scraper's token, or everybody. A scraper asks every few
 * seconds for years and its settings lie on another machine, so its token opens nothing else. Any thread.
 */
public final class Scrapers {
    public static final Scrapers ADMINISTRATORS = new Scrapers(false, null);
    public static final Scrapers EVERYBODY = new Scrapers(true, null);

    private static final int MIN_TOKEN = 16;
    private static final int MAX_TOKEN = 1_024;

    private final boolean everybody;
    private final byte @Nullable [] token; // its SHA-256

    private Scrapers(boolean everybody, byte @Nullable [] token) {
        this.everybody = everybody;
        this.token = token;
    }

    /**
     * Those who know what is in {@code file}.
     *
     * @param setting by what name the operator gave it
     * @throws InvalidRequest when that cannot be read or is no token
     */
    public static Scrapers withTokenIn(String setting, Path file) {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_TOKEN + 2); // one more than a token and the end of its line
        } catch (IOException e) {
            throw new InvalidRequest(setting + ": " + e + " (expected: a file with a token)");
        }
        String text = new String(bytes, StandardCharsets.ISO_8859_1).strip();
        boolean visible = text.chars().allMatch(c -> c > ' ' && c < 0x7f);
        if (text.length() < MIN_TOKEN || text.length() > MAX_TOKEN || !visible) {
            throw new InvalidRequest(setting + ": " + file + " holds " + text.length() + " characters (expected: "
                    + MIN_TOKEN + " to " + MAX_TOKEN
                    + ", no blanks among them, such as `openssl rand -hex 32` prints)");
        }
        return new Scrapers(false, Tokens.sha256(text));
    }

    /** Whether nobody is asked who he is. */
    public boolean isEverybody() {
        return everybody;
    }

    /** Whether this is the scraper's token; how long it takes says nothing of how much of it is right. */
    public boolean know(@Nullable String given) {
        return token != null && given != null && MessageDigest.isEqual(token, Tokens.sha256(given.strip()));
    }
}
