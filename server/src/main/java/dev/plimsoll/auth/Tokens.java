package dev.plimsoll.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.plimsoll.refusal.Forbidden;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.function.LongUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs and verifies tokens: JWT with HS256 and exactly the reference's header. Beside name and end, a token holds the
 * fingerprint of the password hash it was issued under, so that it dies with the password and with the user. Any thread.
 */
final class Tokens {
    /** Of one verified token: cache node, map node, table slot, frequency sketch, key, and what it says. */
    static final int CACHED_BYTES = 400;

    /** {@code {"alg":"HS256"}}: the only header there is, so that no other algorithm can be asked for. */
    private static final String HEADER = "eyJhbGciOiJIUzI1NiJ9.";

    private static final int SIGNATURE_LENGTH = 43; // 32 bytes in Base64url
    private static final int MAX_TOKEN = 1024;
    private static final Pattern CLAIMS = Pattern.compile(
            "\\{\"sub\":\"([^\"\\\\]{1,50})\",\"exp\":([0-9]{1,12}),\"pwd\":\"([A-Za-z0-9_-]{1,43})\"}");

    private final List<SecretKeySpec> keys;
    private final InstantSource clock;
    private final long lifeSeconds;
    private final LongUnaryOperator below;
    private final Cache<ByteBuffer, Claims> verified;

    /** What a token says. */
    record Claims(String user, long endSeconds, String fingerprint) {}

    /** A token, as a login answers it. */
    record Issued(String token, long lifeSeconds) {}

    /**
     * @param keys the first signs, all verify
     * @param below a random number from 0 to less than its argument
     * @param cached how many verified tokens are remembered
     */
    Tokens(List<byte[]> keys, Duration life, InstantSource clock, LongUnaryOperator below, int cached) {
        this.keys =
                keys.stream().map(key -> new SecretKeySpec(key, "HmacSHA256")).toList();
        this.clock = clock;
        this.lifeSeconds = life.toSeconds();
        this.below = below;
        this.verified = Caffeine.newBuilder()
                .maximumSize(cached)
                .executor(Runnable::run)
                .build();
    }

    /** Lives up to a tenth less than the longest, so that clients that came together do not come back together. */
    Issued issue(User user) {
        long life = lifeSeconds - below.applyAsLong(lifeSeconds / 10 + 1);
        long end = clock.instant().getEpochSecond() + life;
        String claims = "{\"sub\":\"" + user.name() + "\",\"exp\":" + end + ",\"pwd\":\"" + user.fingerprint() + "\"}";
        String signed = HEADER + base64(claims.getBytes(StandardCharsets.UTF_8));
        return new Issued(signed + "." + base64(signature(keys.get(0), signed)), life);
    }

    /** @throws Forbidden when it is not a token of ours, or its time is over */
    Claims verify(String token) {
        if (token.length() > MAX_TOKEN) {
            throw invalid();
        }
        ByteBuffer key = ByteBuffer.wrap(sha256(token));
        Claims claims = verified.getIfPresent(key);
        if (claims == null) {
            claims = read(token);
            verified.put(key, claims);
        }
        if (claims.endSeconds() <= clock.instant().getEpochSecond()) {
            verified.invalidate(key);
            throw new Forbidden("token expired!");
        }
        return claims;
    }

    /** Of a password hash, which holds a random salt: changes with it and tells nothing of it. */
    static String fingerprint(String passwordHash) {
        return base64(sha256("password hash " + passwordHash)).substring(0, 16);
    }

    private Claims read(String token) {
        int dot = token.length() - SIGNATURE_LENGTH - 1;
        if (!token.startsWith(HEADER) || dot <= HEADER.length() || token.charAt(dot) != '.') {
            throw invalid();
        }
        // Compared as text: decoded, four of them would be one.
        byte[] signature = token.substring(dot + 1).getBytes(StandardCharsets.UTF_8);
        String signed = token.substring(0, dot);
        boolean genuine = false;
        for (SecretKeySpec key : keys) {
            genuine |=
                    MessageDigest.isEqual(base64(signature(key, signed)).getBytes(StandardCharsets.UTF_8), signature);
        }
        if (!genuine) {
            throw invalid();
        }
        String claims = new String(decoded(signed.substring(HEADER.length())), StandardCharsets.UTF_8);
        Matcher matcher = CLAIMS.matcher(claims);
        if (!matcher.matches()) {
            throw invalid(); // of another who has the key, and no password of ours behind it
        }
        return new Claims(matcher.group(1), Long.parseLong(matcher.group(2)), matcher.group(3));
    }

    private static byte[] decoded(String text) {
        try {
            return Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw invalid();
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] signature(SecretKeySpec key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256 is part of every JDK", e);
        }
    }

    static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("SHA-256 is part of every JDK", e);
        }
    }

    private static Forbidden invalid() {
        return new Forbidden("token invalid!");
    }
}
