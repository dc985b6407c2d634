package dev.plimsoll;

import dev.plimsoll.auth.AuthSettings;
import dev.plimsoll.auth.Keys;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How the operator wants logins to work.
 *
 * @param tokenSeconds how long a token is good
 * @param tokenKey what tokens are signed with; "" for a key made here
 * @param formerKey what they were signed with before; "" for none
 */
record AuthOptions(AuthMode mode, int tokenSeconds, String tokenKey, String formerKey, int users, int permissions) {

    AuthSettings on(String host) {
        boolean on = mode == AuthMode.ON || (mode != AuthMode.OFF && !isLoopback(host));
        return new AuthSettings(on, Duration.ofSeconds(tokenSeconds), users, permissions);
    }

    /** What somebody who reads the start should know. */
    Optional<String> warning(String host) {
        if (mode == AuthMode.OFF) {
            return Optional.of("auth is off: whoever reaches " + host
                    + " may read and change everything (--auth on, or auto, asks callers who they are)");
        }
        if (mode == AuthMode.REFERENCE_OFF && !isLoopback(host)) {
            return Optional.of("auth is on, though nacos.core.auth.enabled is false: " + host
                    + " is open to a network; auth=off turns it off");
        }
        return Optional.empty();
    }

    /** The first signs, all verify. While nobody is asked who he is, a key that is never used. */
    List<byte[]> keys(boolean on, Path data, SecureRandom random) {
        if (!on) {
            var unused = new byte[32];
            random.nextBytes(unused);
            return List.of(unused);
        }
        if (tokenKey.isEmpty()) {
            return Keys.kept(data.resolve("token-keys"), random);
        }
        byte[] key = Keys.given("auth.token-key", tokenKey);
        return formerKey.isEmpty() ? List.of(key) : List.of(key, Keys.given("auth.former-token-key", formerKey));
    }

    @Override
    public String toString() {
        return "auth " + mode; // keys are for no log
    }

    /** Whether only this machine reaches a server that listens there. */
    static boolean isLoopback(String host) {
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (!address.isLoopbackAddress()) {
                    return false;
                }
            }
            return true;
        } catch (UnknownHostException e) {
            return false; // the listener will say so
        }
    }
}
