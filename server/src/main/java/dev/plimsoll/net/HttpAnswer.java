package dev.plimsoll.net;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a route answers. The body is borrowed until it is sent and must not change.
 *
 * @param contentType null for an answer without one
 */
public record HttpAnswer(int status, @Nullable String contentType, List<Header> headers, byte[] body) {
    public static final String TEXT = "text/plain;charset=UTF-8";
    public static final String JSON = "application/json;charset=UTF-8";
    private static final byte[] NOTHING = {};
    private static final int MAX_BEGINNING = 300;

    public HttpAnswer {
        headers = List.copyOf(headers);
    }

    public static HttpAnswer text(int status, String body) {
        return new HttpAnswer(status, TEXT, List.of(), body.getBytes(StandardCharsets.UTF_8));
    }

    public static HttpAnswer json(int status, byte[] body) {
        return new HttpAnswer(status, JSON, List.of(), body);
    }

    public static HttpAnswer empty(int status) {
        return new HttpAnswer(status, null, List.of(), NOTHING);
    }

    /** What its text begins with, for operators. */
    String beginning() {
        return new String(body, 0, Math.min(body.length, MAX_BEGINNING), StandardCharsets.UTF_8);
    }

    /** The same with one header more. */
    public HttpAnswer with(String name, String value) {
        var more = new ArrayList<>(headers);
        more.add(new Header(name, value));
        return new HttpAnswer(status, contentType, more, body);
    }

    /** A header; its name is sent as written over HTTP/1.1 and in lower case over HTTP/2. */
    public record Header(String name, String value) {}
}
