package dev.plimsoll.http;

import dev.plimsoll.net.HttpCall;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** A name and a password that came with a call. */
record Credentials(String name, String password) {
    private static final String BASIC = "Basic ";

    /** Among the parameters; null when one of them is missing. */
    static @Nullable Credentials inParameters(HttpCall call) {
        String name = call.parameter("username");
        String password = call.parameter("password");
        return name == null || password == null ? null : new Credentials(name, password);
    }

    /** In the header of basic authentication; null when there is none, or it is not one. */
    static @Nullable Credentials inHeader(HttpCall call) {
        String header = call.header("Authorization");
        if (header == null || !header.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            return null;
        }
        byte[] decoded;
        try {
            decoded =
                    Base64.getDecoder().decode(header.substring(BASIC.length()).strip());
        } catch (IllegalArgumentException e) {
            return null;
        }
        String text = new String(decoded, StandardCharsets.UTF_8);
        int colon = text.indexOf(':');
        return colon < 0 ? null : new Credentials(text.substring(0, colon), text.substring(colon + 1));
    }

    @Override
    public String toString() {
        return "credentials of " + name; // for no log
    }
}
