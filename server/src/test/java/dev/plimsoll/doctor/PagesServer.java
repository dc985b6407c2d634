package dev.plimsoll.doctor;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A web server with pages as a test wants them; all others are not found. */
final class PagesServer {
    private static final String CLOSED = "closed";
    private static final String ENDLESS = "endless";

    private final Map<String, String> pages = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile String lastAuthorization = "";
    private volatile String lastForm = "";
    private @Nullable HttpServer server;

    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    void stop() {
        if (server != null) {
            server.stop(0);
        }
        threads.shutdownNow();
    }

    int port() {
        return server == null ? -1 : server.getAddress().getPort();
    }

    String address() {
        return "http://127.0.0.1:" + port() + "/nacos";
    }

    PagesServer page(String path, String body) {
        pages.put(path, body);
        return this;
    }

    PagesServer closed(String path) {
        return page(path, CLOSED);
    }

    PagesServer endless(String path) {
        return page(path, ENDLESS);
    }

    String lastAuthorization() {
        return lastAuthorization;
    }

    String lastForm() {
        return lastForm;
    }

    private void answer(HttpExchange exchange) throws IOException {
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        lastAuthorization = authorization == null ? "" : authorization;
        String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        lastForm = form.isEmpty() ? lastForm : form;
        String page = pages.get(exchange.getRequestURI().getPath());
        if (page == null) {
            exchange.sendResponseHeaders(404, -1);
        } else if (page.equals(CLOSED)) {
            exchange.sendResponseHeaders(403, -1);
        } else if (page.equals(ENDLESS)) {
            exchange.sendResponseHeaders(200, 0);
            byte[] more = new byte[64 * 1024];
            try (OutputStream out = exchange.getResponseBody()) {
                for (int i = 0; i < 1_000; i++) {
                    out.write(more);
                }
            }
        } else {
            byte[] body = page.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }
}
