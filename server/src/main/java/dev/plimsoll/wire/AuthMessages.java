package dev.plimsoll.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.avaje.jsonb.Json;
import java.util.List;
import java.util.stream.Collectors;

/** The JSON about users, in the reference's names. No message holds a password. */
public final class AuthMessages {
    private AuthMessages() {}

    /** What a login answers. */
    @Json
    public record LoginAnswer(String accessToken, long tokenTtl, boolean globalAdmin, String username) {
        public byte[] json() {
            return WireJson.encode(this);
        }

        @Override
        public String toString() {
            return "LoginAnswer[" + username + "]"; // a token is for no log
        }
    }

    @Json
    public record UserRow(String username) {}

    @Json
    public record RoleRow(String role, String username) {}

    @Json
    public record PermissionRow(String role, String resource, String action) {}

    /** How often a user logged in from an address, and with what success; times in milliseconds. */
    @Json
    public record LoginRow(String username, String address, long right, long wrong, long refused, long lastMillis) {}

    @Json
    public record LoginList(List<LoginRow> logins) {
        public byte[] json() {
            return WireJson.encode(this);
        }
    }

    /** A page of a list whose rows are any of the above. */
    public static byte[] page(List<?> all, int pageNumber, int pageSize) {
        int size = Math.max(1, pageSize);
        int pages = (all.size() + size - 1) / size;
        int from = (int) Math.min(all.size(), Math.max(0, pageNumber - 1L) * size);
        String rows = all.subList(from, (int) Math.min(all.size(), (long) from + size)).stream()
                .map(row -> new String(WireJson.encode(row), UTF_8))
                .collect(Collectors.joining(","));
        return ("{\"totalCount\":" + all.size() + ",\"pageNumber\":" + pageNumber + ",\"pagesAvailable\":" + pages
                        + ",\"pageItems\":[" + rows + "]}")
                .getBytes(UTF_8);
    }

    public static byte[] texts(List<String> texts) {
        return texts.stream()
                .map(WireJson::quote)
                .collect(Collectors.joining(",", "[", "]"))
                .getBytes(UTF_8);
    }

    /** The envelope of v1 around a text; it says success by 200. */
    public static byte[] restResult(int code, String message, String data) {
        return ("{\"code\":" + code + ",\"message\":" + (message.isEmpty() ? "null" : WireJson.quote(message))
                        + ",\"data\":" + (data.isEmpty() ? "null" : WireJson.quote(data)) + "}")
                .getBytes(UTF_8);
    }

    /** The same around true or false. */
    public static byte[] restResult(boolean data) {
        return ("{\"code\":200,\"message\":null,\"data\":" + data + "}").getBytes(UTF_8);
    }
}
