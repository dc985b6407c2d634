package dev.plimsoll.compat;

import static java.util.concurrent.TimeUnit.SECONDS;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** The npm client, in a Node.js process; {@code compat/node/client.js} is its other end. */
final class NodeClient implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final AtomicInteger ids = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> results = new ConcurrentHashMap<>();
    private final Map<Integer, Consumer<JsonNode>> listeners = new ConcurrentHashMap<>();
    private final AppProcess process;

    private NodeClient(PlimsollProcess server, List<String> identity) {
        String name = ClientRun.unique("node");
        Path node = Path.of(System.getProperty("plimsoll.node"));
        List<String> command = new ArrayList<>(List.of(
                "node",
                "--max-old-space-size=64",
                node.resolve("client.js").toString(),
                server.address(),
                node.resolve("cache").resolve(name).toString()));
        command.addAll(identity);
        process = AppProcess.start(name, command, this::heard);
        process.awaitLine(".*\"ready\":true.*");
    }

    static NodeClient of(PlimsollProcess server) {
        return new NodeClient(server, List.of(""));
    }

    static NodeClient of(PlimsollProcess server, String namespace, String user, String password) {
        return new NodeClient(server, List.of(namespace, user, password));
    }

    void register(String service, String ip, int port) {
        call("register", service, Map.of("ip", ip, "port", port));
    }

    void deregister(String service, String ip, int port) {
        call("deregister", service, Map.of("ip", ip, "port", port));
    }

    JsonNode query(String service) {
        return call("query", service);
    }

    void subscribe(String service, Consumer<JsonNode> hosts) {
        call(hosts, "subscribe", service);
    }

    boolean publish(String dataId, String group, String content) {
        return call("publish", dataId, group, content).asBoolean();
    }

    /** Null when there is none. */
    String get(String dataId, String group) {
        return call("get", dataId, group).textValue();
    }

    boolean remove(String dataId, String group) {
        return call("remove", dataId, group).asBoolean();
    }

    void listen(String dataId, String group, Consumer<String> contents) {
        call(content -> contents.accept(content.textValue()), "listen", dataId, group);
    }

    @Override
    public void close() {
        process.close();
    }

    private JsonNode call(String name, Object... values) {
        return call(event -> {}, name, values);
    }

    private JsonNode call(Consumer<JsonNode> listener, String name, Object... values) {
        int id = ids.incrementAndGet();
        CompletableFuture<JsonNode> result = new CompletableFuture<>();
        results.put(id, result);
        listeners.put(id, listener);
        ObjectNode line = JSON.createObjectNode().put("id", id).put("call", name);
        line.set("with", JSON.valueToTree(values));
        process.tell(line.toString());
        JsonNode answer =
                result.orTimeout(Waiting.PATIENCE.toSeconds(), SECONDS).join();
        if (answer.has("error")) {
            throw new IllegalStateException(name + ": " + answer.path("error").asText());
        }
        return answer.path("result");
    }

    private void heard(String line) {
        JsonNode event;
        try {
            event = JSON.readTree(line);
        } catch (JsonProcessingException e) {
            return; // a warning of the client's
        }
        if (event.has("heard")) {
            listeners.get(event.path("of").asInt()).accept(event.path("heard"));
        } else if (event.has("id")) {
            results.remove(event.path("id").asInt()).complete(event);
        }
    }
}
