package dev.plimsoll.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.auth.Oracle;
import dev.plimsoll.auth.Oracle.Touch;
import dev.plimsoll.config.Caller;
import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.config.Watch;
import dev.plimsoll.config.Watcher;
import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.net.DatagramSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.helpers.NOPLogger;

/**
 * What lists show, of all that there is, is what an oracle lets their caller read: no more, no less, and counts of others
 * neither. Over random permissions, in all versions of the interface.
 */
class ListsTest {
    private static final List<String> NAMESPACES = List.of("dev", "prod", "public");
    private static final List<String> GROUPS = List.of("G", "H", "GG");
    private static final List<String> NAMES = List.of("one", "two", "o.e");
    private static final int USERS = 6;
    private static final String LISTENER = "10.0.0.7";
    private static final JsonType<Object> JSON = Jsonb.builder().build().type(Object.class);

    /** A configuration or a service, written {@code namespace:group:name}. */
    private static String named(String namespace, String group, String name) {
        return (namespace.isEmpty() ? "public" : namespace) + ":" + group + ":" + name;
    }

    private final Map<String, String> ids = new HashMap<>(); // of configurations, by their names
    private DatagramSocket subscriber;
    private HttpFixture server;
    private String admin;

    @BeforeEach
    void fill(@TempDir Path data) throws Exception {
        server = new HttpFixture(data, "/nacos", router -> {}, true, NOPLogger.NOP_LOGGER, NOPLogger.NOP_LOGGER);
        subscriber = new DatagramSocket();
        admin = server.token(
                "admin", Files.readString(data.resolve("admin-password")).strip());
        var watches = new ArrayList<Watch>();
        for (String namespace : NAMESPACES) {
            if (!namespace.equals("public")) {
                change("/v2/console/namespace?namespaceName=n&namespaceId=" + namespace, admin);
            }
            for (String group : GROUPS) {
                for (String name : NAMES) {
                    String service = "namespaceId=" + namespace + "&groupName=" + group + "&serviceName=" + name;
                    change("/v1/ns/instance?ip=10.0.0.1&port=80&" + service, admin);
                    change(
                            "/v1/cs/configs?content=x+of+" + named(namespace, group, name) + "&tenant=" + namespace
                                    + "&group=" + group + "&dataId=" + name,
                            admin);
                    watches.add(new Watch(new ConfigKey(namespace, group, name), ""));
                }
            }
            String all = get("/v3/admin/cs/config/list?pageSize=100&namespaceId=" + namespace, admin);
            eachMap(JSON.fromJson(all), map -> {
                if (map.get("id") instanceof String id) {
                    ids.put(config(map), id);
                }
            });
        }
        assertThat(ids).hasSize(27);
        server.configs.listen(new Listener(), watches).toCompletableFuture().join();
    }

    /** A client of 1.x that is told of all services by UDP, for as long as it goes on asking. */
    private void subscribe() {
        for (String namespace : NAMESPACES) {
            for (String group : GROUPS) {
                for (String name : NAMES) {
                    String list = "/nacos/v1/ns/instance/list?namespaceId=" + namespace + "&groupName=" + group
                            + "&serviceName=" + name + "&udpPort=" + subscriber.getLocalPort();
                    var told = server.get(list, "User-Agent", "Nacos-Java-Client:v1.4.7", "accessToken", admin);
                    assertThat(told.statusCode()).isEqualTo(200);
                }
            }
        }
    }

    @AfterEach
    void stop() {
        subscriber.close();
        server.close();
    }

    private static final class Listener implements Watcher {
        @Override
        public boolean closed() {
            return false;
        }

        @Override
        public Caller caller() {
            return new Caller(LISTENER, "");
        }
    }

    /** All with a name that the oracle lets be read. */
    private static Set<String> readable(String type, Oracle oracle, Predicate<String> wanted) {
        var names = new TreeSet<String>();
        for (String namespace : NAMESPACES) {
            for (String group : GROUPS) {
                for (String name : NAMES) {
                    Touch touch = type.equals("config")
                            ? Touch.config('r', namespace, group, name)
                            : Touch.service('r', namespace, group, name);
                    String named = named(namespace, group, name);
                    if (oracle.permits(touch) && wanted.test(named)) {
                        names.add(named);
                    }
                }
            }
        }
        return names;
    }

    private interface Lists {
        void check(String token, Oracle oracle, Random random);
    }

    private void forSomeUsers(long seed, Lists lists) {
        var random = new Random(seed);
        int readable = 0;
        for (int u = 0; u < USERS; u++) {
            Oracle oracle = Oracle.random(random);
            readable += readable("config", oracle, name -> true).size()
                    + readable("naming", oracle, name -> true).size();
            lists.check(server.login("lister" + u, oracle), oracle, random);
        }
        assertThat(readable).as("both occur").isBetween(20, USERS * 54 - 20);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void services(long seed) {
        forSomeUsers(seed, (token, oracle, random) -> {
            subscribe();
            for (String namespace : NAMESPACES) {
                String in = "namespaceId=" + namespace;
                var expected = readable("naming", oracle, name -> name.startsWith(namespace + ":"));
                for (String list : List.of(
                        "/v1/ns/catalog/services?pageNo=1&pageSize=100&",
                        "/v1/ns/catalog/services?withInstances=true&pageNo=1&pageSize=100&",
                        "/v3/admin/ns/service/list?",
                        "/v3/admin/ns/service/list?withInstances=true&",
                        "/v3/console/ns/service/list?")) {
                    assertShown(list + in, token, oracle, expected, map -> service(namespace, map));
                }
                assertThat(namesOf(get("/v1/ns/service/names?" + in, token), expected.size()))
                        .isEqualTo(expected);
                for (String group : GROUPS) {
                    var inGroup = readable("naming", oracle, name -> name.startsWith(namespace + ":" + group + ":"));
                    for (String list : List.of(
                            "/v1/ns/service/list?pageNo=1&pageSize=100&", "/v2/ns/service/list?pageSize=100&")) {
                        Object answer = JSON.fromJson(get(list + in + "&groupName=" + group, token));
                        var shown = new TreeSet<String>();
                        eachMap(answer, map -> texts(map.get("doms"), map.get("services"))
                                .forEach(name -> shown.add(named(namespace, group, name))));
                        assertThat(shown).as("%s by %s", list, oracle.rules()).isEqualTo(inGroup);
                        assertCounts(answer, shown.size());
                    }
                }
                var similar = readable("naming", oracle, name -> name.matches(namespace + ":GG?:.*o.*"));
                assertShown(
                        "/v1/ns/service/subscribers?serviceName=o&groupName=G&" + in,
                        token,
                        oracle,
                        similar,
                        map -> service(namespace, map));
            }
            var everywhere = readable("naming", oracle, name -> true);
            assertThat(namesOf(get("/v1/ns/service/names?", token), everywhere.size()))
                    .isEqualTo(everywhere);
            for (String base : List.of("/v2/ns/client", "/v3/admin/ns/client")) {
                for (String list : List.of(
                        "/list",
                        "?clientId=x",
                        "/publish/list?clientId=x",
                        "/subscribe/list?clientId=x",
                        "/service/publisher/list?serviceName=one&groupName=G",
                        "/service/subscriber/list?serviceName=one&groupName=G")) {
                    assertThat(send("GET", base + list, token).statusCode())
                            .as("clients are for administrators")
                            .isEqualTo(403);
                }
            }
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 4})
    void configurations(long seed) {
        forSomeUsers(seed, (token, oracle, random) -> {
            for (String namespace : NAMESPACES) {
                String tenant = "tenant=" + namespace;
                String in = "namespaceId=" + namespace;
                var expected = readable("config", oracle, name -> name.startsWith(namespace + ":"));
                String all = "dataId=&group=&pageNo=1&pageSize=100&";
                for (String list : List.of(
                        "/v1/cs/configs?search=accurate&" + all + tenant,
                        "/v1/cs/configs?search=blur&" + all + tenant,
                        "/v2/cs/config/searchDetail?" + all + tenant,
                        "/v3/admin/cs/config/list?" + in,
                        "/v3/console/cs/config/list?" + in,
                        "/v3/console/cs/config/searchDetail?" + in,
                        // Group and dataId are not asked for here: they select nothing, and open nothing.
                        "/v1/cs/history/configs?group=G&dataId=one&" + tenant,
                        "/v2/cs/history/configs?group=G&dataId=one&" + in,
                        "/v3/admin/cs/history/configs?groupName=G&dataId=one&" + in,
                        "/v3/console/cs/history/configs?" + in)) {
                    assertShown(list, token, oracle, expected, ListsTest::config);
                }
                var some = readable("config", oracle, name -> name.matches(namespace + ":G.?:o.*"));
                for (String list : List.of(
                        "/v1/cs/configs?search=blur&dataId=o*&group=G*&pageNo=1&pageSize=100&" + tenant,
                        "/v3/admin/cs/config/list?search=blur&dataId=o*&groupName=G*&configDetail=x&" + in)) {
                    assertShown(list, token, oracle, some, ListsTest::config);
                }
                for (String list : List.of(
                        "/v1/cs/configs?export=true&" + tenant,
                        "/v1/cs/configs?exportV2=true&" + tenant,
                        "/v3/admin/cs/config/export?" + in,
                        "/v3/console/cs/config/export2?" + in)) {
                    assertThat(exported(list, namespace, token)).as(list).isEqualTo(expected);
                }
                assertThat(paged(namespace, token)).containsExactlyElementsOf(expected);
            }
            var everywhere = readable("config", oracle, name -> true);
            for (String list : List.of(
                    "/v1/cs/listener?all=true&ip=",
                    "/v1/cs/communication/watcherConfigs?ip=",
                    "/v3/admin/cs/listener?all=true&ip=",
                    "/v3/console/cs/config/listener/ip?all=true&ip=")) {
                assertThat(listenedTo(get(list + LISTENER, token)))
                        .as("%s by %s", list, oracle.rules())
                        .isEqualTo(everywhere);
            }
        });
    }

    /** The past of a configuration and its beta version are for those who may read that very one, by whatever id they ask. */
    @ParameterizedTest
    @ValueSource(longs = {9, 10})
    void pasts_and_beta_versions(long seed) {
        var changes = new HashMap<String, String>(); // ids of the newest, by configuration
        for (String namespace : NAMESPACES) {
            for (String group : GROUPS) {
                for (String name : NAMES) {
                    String its = "tenant=" + namespace + "&group=" + group + "&dataId=" + name;
                    String named = named(namespace, group, name);
                    assertThat(server.post(
                                            "/nacos/v1/cs/configs?content=beta+of+" + named + "&" + its,
                                            "betaIps",
                                            "10.9.9.9",
                                            "accessToken",
                                            admin)
                                    .statusCode())
                            .isEqualTo(200);
                    eachMap(JSON.fromJson(get("/v1/cs/history?pageSize=1&" + its, admin)), map -> {
                        if (map.get("id") instanceof String id) {
                            changes.put(named, id);
                        }
                    });
                }
            }
        }
        assertThat(changes).hasSize(27);
        forSomeUsers(seed, (token, oracle, random) -> {
            for (int i = 0; i < 9; i++) {
                String namespace = Oracle.any(NAMESPACES, random);
                String group = Oracle.any(GROUPS, random);
                String name = Oracle.any(NAMES, random);
                String named = named(namespace, group, name);
                String other = Oracle.any(List.copyOf(new TreeSet<>(changes.keySet())), random);
                boolean may = oracle.permits(Touch.config('r', namespace, group, name));
                String v1 = "tenant=" + namespace + "&group=" + group + "&dataId=" + name;
                String v2 = "namespaceId=" + namespace + "&group=" + group + "&dataId=" + name;
                String v3 = "namespaceId=" + namespace + "&groupName=" + group + "&dataId=" + name;
                for (String list : List.of(
                        "/v1/cs/history?" + v1,
                        "/v2/cs/history/list?" + v2,
                        "/v3/admin/cs/history/list?" + v3,
                        "/v3/console/cs/history/list?" + v3)) {
                    var shown = new TreeSet<String>();
                    eachMap(JSON.fromJson(getIf(may, list, token)), map -> shown.add(config(map)));
                    shown.remove("");
                    assertThat(shown).as(list).isEqualTo(may ? Set.of(named) : Set.of());
                }
                for (String one : List.of(
                        "/v1/cs/history?" + v1 + "&nid=",
                        "/v2/cs/history?" + v2 + "&nid=",
                        "/v3/admin/cs/history?" + v3 + "&nid=",
                        "/v3/console/cs/history?" + v3 + "&nid=")) {
                    assertThat(getIf(may, one + changes.get(named), token).contains("of " + named))
                            .as("%s by %s", one, oracle.rules())
                            .isEqualTo(may);
                    if (!other.equals(named)) {
                        String anothers =
                                send("GET", one + changes.get(other), token).body();
                        assertThat(anothers).doesNotContain("of " + other);
                    }
                }
                for (String previous : List.of(
                        "/v1/cs/history/previous?" + v1 + "&id=",
                        "/v2/cs/history/previous?" + v2 + "&id=",
                        "/v3/admin/cs/history/previous?" + v3 + "&id=",
                        "/v3/console/cs/history/previous?" + v3 + "&id=")) {
                    var anothers = send("GET", previous + ids.get(other), token);
                    assertThat(anothers.statusCode() == 403).as(previous).isEqualTo(!may);
                    if (!other.equals(named)) {
                        assertThat(anothers.body()).doesNotContain("of " + other);
                    }
                }
                for (String beta : List.of(
                        "/v1/cs/configs?beta=true&" + v1,
                        "/v3/admin/cs/config/beta?" + v3,
                        "/v3/console/cs/config/beta?" + v3)) {
                    assertThat(getIf(may, beta, token).contains("beta of " + named))
                            .as("%s by %s", beta, oracle.rules())
                            .isEqualTo(may);
                    if (!oracle.permits(Touch.config('w', namespace, group, name))) {
                        assertThat(send("DELETE", beta, token).statusCode()).isEqualTo(403);
                    }
                }
            }
        });
    }

    /** The answer if it may be had, and "null" where it is refused, as it must be then. */
    private String getIf(boolean may, String path, String token) {
        if (may) {
            return get(path, token);
        }
        assertThat(send("GET", path, token).statusCode()).as(path).isEqualTo(403);
        return "null";
    }

    /** Those who name configurations by their ids do so with no more and no less than what they may do with each. */
    @ParameterizedTest
    @ValueSource(longs = {5, 6})
    void configurations_named_by_ids(long seed) {
        forSomeUsers(seed, (token, oracle, random) -> {
            for (int i = 0; i < 6; i++) {
                String namespace = Oracle.any(NAMESPACES, random);
                String target = Oracle.any(NAMESPACES, random);
                String group = Oracle.any(GROUPS, random);
                List<String> chosen = random.nextBoolean() ? NAMES : List.of(Oracle.any(NAMES, random));
                List<String> chosenIds = chosen.stream()
                        .map(name -> ids.get(named(namespace, group, name)))
                        .toList();
                String commas = String.join(",", chosenIds);
                var expected = readable("config", oracle, name -> chosen.stream()
                        .anyMatch(one -> named(namespace, group, one).equals(name)));
                for (String list : List.of("/v1/cs/configs?export=true&ids=", "/v3/admin/cs/config/export?ids=")) {
                    assertThat(exported(list + commas, namespace, token)).isEqualTo(expected);
                }
                boolean mayPublish =
                        chosen.stream().allMatch(name -> oracle.permits(Touch.config('p', target, group, name)));
                boolean mayClone = mayPublish && expected.size() == chosen.size();
                String items = "[{\"cfgId\":" + String.join("},{\"cfgId\":", chosenIds) + "}]";
                for (String clone : List.of(
                        "/v1/cs/configs?clone=true&policy=SKIP&tenant=",
                        "/v3/admin/cs/config/clone?policy=SKIP&namespaceId=",
                        "/v3/console/cs/config/clone?policy=SKIP&targetNamespaceId=")) {
                    var answer = Zips.post(
                            server, "/nacos" + clone + target, token, "application/json", items.getBytes(UTF_8));
                    assertThat(answer.statusCode())
                            .as("%s to %s by %s: %s", chosen, target, oracle.rules(), answer.body())
                            .isEqualTo(mayClone ? 200 : 403);
                }
                byte[] zip = Zips.download(server, "/nacos/v3/admin/cs/config/export?ids=" + commas, admin)
                        .body();
                for (String upload : List.of(
                        "/v1/cs/configs?import=true&policy=SKIP&namespace=",
                        "/v3/admin/cs/config/import?policy=SKIP&namespaceId=")) {
                    assertThat(Zips.upload(server, "/nacos" + upload + target, token, zip)
                                    .statusCode())
                            .isEqualTo(mayPublish ? 200 : 403);
                }
                if (!chosen.stream().allMatch(name -> oracle.permits(Touch.config('w', namespace, group, name)))) {
                    for (String removal :
                            List.of("/v1/cs/configs?delType=ids&ids=", "/v3/admin/cs/config/batch?ids=")) {
                        assertThat(send("DELETE", removal + commas, token).statusCode())
                                .isEqualTo(403);
                    }
                }
            }
        });
        assertThat(NAMESPACES.stream().mapToInt(server.configs::count).sum())
                .as("nothing came or went")
                .isEqualTo(27);
    }

    /** Of namespaces a caller sees those in which there may be something for it, and counts what is. */
    @ParameterizedTest
    @ValueSource(longs = {7, 8})
    void namespaces(long seed) {
        forSomeUsers(seed, (token, oracle, random) -> {
            var expected = new HashMap<String, Integer>();
            for (String namespace : NAMESPACES) {
                if (oracle.readsIn(namespace)) {
                    expected.put(
                            namespace,
                            readable("config", oracle, name -> name.startsWith(namespace + ":"))
                                    .size());
                }
            }
            for (String list : List.of(
                    "/v1/console/namespaces",
                    "/v2/console/namespace/list",
                    "/v3/admin/core/namespace/list",
                    "/v3/console/core/namespace/list")) {
                assertThat(counted(get(list, token)))
                        .as("%s by %s", list, oracle.rules())
                        .isEqualTo(expected);
            }
            for (String namespace : NAMESPACES) {
                int status = expected.containsKey(namespace) ? 200 : 404;
                for (String one : List.of(
                        "/v1/console/namespaces?show=all&namespaceId=",
                        "/v2/console/namespace?namespaceId=",
                        "/v3/admin/core/namespace?namespaceId=")) {
                    var answer = send("GET", one + namespace, token);
                    assertThat(answer.statusCode()).as(one).isEqualTo(status);
                    if (status == 200) {
                        assertThat(counted(answer.body()))
                                .containsExactly(Map.entry(namespace, expected.get(namespace)));
                    }
                }
                String exists = get("/v3/console/core/namespace/exist?customNamespaceId=" + namespace, token);
                assertThat(exists).contains("\"data\":" + (status == 200));
            }
        });
    }

    private interface Naming {
        /** What an object of an answer stands for; "" for nothing. */
        String of(Map<String, Object> map);
    }

    private void assertShown(String list, String token, Oracle oracle, Set<String> expected, Naming naming) {
        Object answer = JSON.fromJson(get(list, token));
        var shown = new TreeSet<String>();
        eachMap(answer, map -> {
            String name = naming.of(map);
            if (!name.isEmpty()) {
                shown.add(name);
            }
        });
        assertThat(shown).as("%s by %s", list, oracle.rules()).isEqualTo(expected);
        assertCounts(answer, expected.size());
    }

    private static String config(Map<String, Object> map) {
        String dataId = text(map, "dataId");
        return dataId.isEmpty()
                ? ""
                : named(text(map, "tenant", "namespaceId"), text(map, "group", "groupName"), dataId);
    }

    /** The names of v1's subscribers are joined. */
    private static String service(String namespace, Map<String, Object> map) {
        String name = text(map, "serviceName", "name");
        String group = text(map, "groupName");
        if (name.contains("@@")) {
            return named(namespace, name.split("@@", -1)[0], name.split("@@", -1)[1]);
        }
        return group.isEmpty() || name.isEmpty() ? "" : named(namespace, group, name);
    }

    /** The first of these fields that is there; "" for none. */
    private static String text(Map<String, Object> map, String... fields) {
        return Stream.of(fields)
                .map(map::get)
                .filter(String.class::isInstance)
                .map(String.class::cast)
                .findFirst()
                .orElse("");
    }

    /** Whatever a list says of its length. */
    private static void assertCounts(Object answer, int length) {
        eachMap(answer, map -> {
            for (String count : List.of("count", "totalCount")) {
                if (map.get(count) instanceof Number number) {
                    assertThat(number.intValue()).as(count).isEqualTo(length);
                }
            }
        });
    }

    private static Set<String> namesOf(String answer, int count) {
        Object json = JSON.fromJson(answer);
        assertCounts(json, count);
        var names = new TreeSet<String>();
        eachMap(json, map -> {
            if (map.get("META-INF/services") instanceof Map<?, ?> byNamespace) {
                byNamespace.forEach((namespace, services) -> texts(services)
                        .forEach(joined -> names.add(
                                named((String) namespace, joined.split("@@", -1)[0], joined.split("@@", -1)[1]))));
            }
        });
        return names;
    }

    /** From keys such as {@code one+G+dev}. */
    private static Set<String> listenedTo(String answer) {
        var names = new TreeSet<String>();
        eachMap(JSON.fromJson(answer), map -> map.keySet().stream()
                .filter(key -> key.contains("+"))
                .map(key -> key.split("\\+", -1))
                .forEach(parts -> names.add(named(parts.length > 2 ? parts[2] : "", parts[1], parts[0]))));
        return names;
    }

    private static Map<String, Integer> counted(String answer) {
        var counts = new HashMap<String, Integer>();
        eachMap(JSON.fromJson(answer), map -> {
            if (map.get("configCount") instanceof Number count) {
                String id = text(map, "namespace");
                counts.put(id.isEmpty() ? "public" : id, count.intValue());
            }
        });
        return counts;
    }

    private Set<String> exported(String list, String namespace, String token) {
        HttpResponse<byte[]> archive = Zips.download(server, "/nacos" + list, token);
        assertThat(archive.statusCode()).isEqualTo(200);
        var names = new TreeSet<String>();
        for (String entry : Zips.unzip(archive.body()).keySet()) {
            if (entry.contains("/")) {
                names.add(named(namespace, entry.split("/", -1)[0], entry.split("/", -1)[1]));
            }
        }
        return names;
    }

    /** Two at a time, in the order in which they come. */
    private Set<String> paged(String namespace, String token) {
        var names = new TreeSet<String>();
        for (int page = 1; ; page++) {
            String list =
                    get("/v3/admin/cs/config/list?pageSize=2&pageNo=" + page + "&namespaceId=" + namespace, token);
            int before = names.size();
            eachMap(JSON.fromJson(list), map -> {
                String name = config(map);
                if (!name.isEmpty()) {
                    assertThat(names.add(name)).as("on one page only").isTrue();
                }
            });
            if (names.size() == before) {
                return names;
            }
        }
    }

    private static List<String> texts(@Nullable Object... lists) {
        var texts = new ArrayList<String>();
        for (Object list : lists) {
            if (list instanceof List<?> some) {
                some.forEach(text -> texts.add((String) text));
            }
        }
        return texts;
    }

    @SuppressWarnings("unchecked")
    private static void eachMap(Object json, Consumer<Map<String, Object>> visitor) {
        if (json instanceof Map<?, ?> map) {
            visitor.accept((Map<String, Object>) map);
            map.values().forEach(value -> eachMap(value, visitor));
        } else if (json instanceof List<?> list) {
            list.forEach(value -> eachMap(value, visitor));
        }
    }

    private String get(String path, String token) {
        HttpResponse<String> answer = send("GET", path, token);
        assertThat(answer.statusCode()).as("%s: %s", path, answer.body()).isEqualTo(200);
        return answer.body();
    }

    private void change(String path, String token) {
        assertThat(send("POST", path, token).statusCode()).as(path).isEqualTo(200);
    }

    private HttpResponse<String> send(String method, String path, String token) {
        return server.send(method, "/nacos" + path, null, "accessToken", token);
    }
}
