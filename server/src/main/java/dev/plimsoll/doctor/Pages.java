package dev.plimsoll.doctor;

import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.Unavailable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Pages of a server, read by HTTP. Each takes a bounded time and has a bounded size, whatever the server does; a server
 * that is ill may answer nothing, or without end.
 */
final class Pages {
    static final int MOST_BYTES = 16 << 20;

    private static final int CONNECT_MILLIS = 3_000;
    private static final int READ_MILLIS = 8_000;
    private static final long WHOLE_MILLIS = 20_000;

    private final URI base;
    private final Authorities authorities;
    private String token = "";

    /**
     * @param status 0 when there was no answer
     * @param error why there was none; "" when there was one
     * @param millis how long it took
     */
    record Page(int status, byte[] body, String error, long millis) {
        boolean ok() {
            return status == 200;
        }

        boolean isClosed() {
            return status == 401 || status == 403;
        }

        /** Missing when it is no JSON. */
        Json json() {
            try {
                return ok() ? Json.parse(body) : Json.missing();
            } catch (InvalidRequest e) {
                return Json.missing();
            }
        }

        /** Why the page does not tell what it should. */
        String why() {
            if (status == 0) {
                return error;
            }
            return isClosed() ? "status " + status + " (expected: --user and its password)" : "status " + status;
        }
    }

    /** @param base {@code http://host:8848/nacos}; the context path is added when there is none */
    Pages(String base, Authorities authorities) {
        this.base = address(base);
        this.authorities = authorities;
    }

    private static URI address(String text) {
        try {
            String trimmed = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
            URI uri = URI.create(trimmed);
            boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (!web || uri.getHost() == null || uri.getQuery() != null || uri.getUserInfo() != null) {
                throw new InvalidRequest(
                        "address: '" + Foreign.text(text) + "' (expected: such as http://127.0.0.1:8848/nacos)");
            }
            return uri.getPath().isEmpty() ? URI.create(trimmed + "/nacos") : uri;
        } catch (IllegalArgumentException e) {
            throw new InvalidRequest(
                    "address: '" + Foreign.text(text) + "' (expected: such as http://127.0.0.1:8848/nacos)");
        }
    }

    URI base() {
        return base;
    }

    String host() {
        String host = base.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    int port() {
        return base.getPort() > 0 ? base.getPort() : tls() ? 443 : 80;
    }

    boolean tls() {
        return "https".equals(base.getScheme());
    }

    /** What makes sockets of this server's kind; null when it is spoken to without TLS. */
    @Nullable
    SSLSocketFactory sockets() {
        return tls() ? authorities.sockets() : null;
    }

    void useToken(String accessToken) {
        token = accessToken;
    }

    String token() {
        return token;
    }

    Page get(String path) {
        return fetch(URI.create(base + path), "GET", "");
    }

    /** Of the server, beside its context path. */
    Page getAtRoot(String path) {
        return fetch(base.resolve(path), "GET", "");
    }

    Page post(String path, Map<String, String> form) {
        return fetch(URI.create(base + path), "POST", form(form));
    }

    static String form(Map<String, String> parameters) {
        var form = new StringBuilder();
        parameters.forEach((name, value) -> form.append(form.length() == 0 ? "" : "&")
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
        return form.toString();
    }

    private Page fetch(URI uri, String method, String form) {
        long began = System.nanoTime();
        try {
            HttpURLConnection connection = authorities.connection(uri);
            connection.setConnectTimeout(CONNECT_MILLIS);
            connection.setReadTimeout(READ_MILLIS);
            connection.setInstanceFollowRedirects(false);
            connection.setRequestMethod(method);
            if (!token.isEmpty()) {
                connection.setRequestProperty("Authorization", "Bearer " + token);
                connection.setRequestProperty("accessToken", token); // where the reference looks first
            }
            if (!form.isEmpty()) {
                connection.setDoOutput(true);
                connection.setRequestProperty("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8");
                connection.getOutputStream().write(form.getBytes(StandardCharsets.UTF_8));
            }
            int status = connection.getResponseCode();
            try (var in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                byte[] body = in == null ? new byte[0] : bounded(in, began);
                return new Page(status, body, "", millisSince(began));
            }
        } catch (IOException e) {
            return new Page(0, new byte[0], Foreign.text(Authorities.why(e, tls())), millisSince(began));
        }
    }

    private static byte[] bounded(InputStream in, long began) throws IOException {
        var body = new ByteArrayOutputStream();
        byte[] chunk = new byte[16 * 1024];
        for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
            body.write(chunk, 0, read);
            if (body.size() > MOST_BYTES) {
                throw new IOException("the answer is longer than " + Size.text(MOST_BYTES));
            }
            if (millisSince(began) > WHOLE_MILLIS) {
                throw new IOException("the answer takes longer than " + WHOLE_MILLIS / 1000 + " s");
            }
        }
        return body.toByteArray();
    }

    private static long millisSince(long began) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    }

    /** Logs in the way clients do: v3, and v1 where there is no v3. The token goes with every page from then on. */
    void login(String user, String password) {
        Page answer = new Page(0, new byte[0], "", 0);
        for (String path : new String[] {"/v3/auth/user/login", "/v1/auth/login"}) {
            answer = post(path, Map.of("username", user, "password", password));
            Json json = answer.json();
            String found = json.at("accessToken").wholeText();
            if (found.isEmpty()) {
                found = json.at("data", "accessToken").wholeText();
            }
            if (!found.isEmpty()) {
                token = found;
                return;
            }
            if (answer.status() == 0) {
                break;
            }
        }
        String why = answer.status() == 0 ? answer.error() : "status " + answer.status() + ", no token in the answer";
        throw new Unavailable("login of " + Foreign.text(user, 40) + " at " + base + ": " + why);
    }
}
