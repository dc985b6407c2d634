package dev.plimsoll.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Short forms of the scenarios against the built distribution: that nothing is lost or refused, never how long it took. */
final class SmokeTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static StartedServer server;

    @BeforeAll
    static void start() throws IOException {
        server = StartedServer.start();
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "stall --stalled 10 --healthy 2 --instances 300 --every 100ms --seconds 3 --warmup 1",
                "fanout --subscribers 20 --instances 30 --every 100ms --seconds 2 --warmup 1",
                "register --seconds 1 --warmup 1 --connections 2",
                "query --seconds 1 --warmup 1 --connections 2",
                "configread --seconds 1 --warmup 1 --connections 2",
                "configpublish --seconds 1 --warmup 1 --threads 8",
                "connections --count 100 --idle 1",
                "beat --clients 100 --warmup 6 --seconds 2",
                "longpoll --polls 200 --warmup 1 --seconds 2",
                "soak --minutes 0 --cycle 12s --stalled 4 --crowd 30 --instances 50",
            })
    void scenario_holds(String words) throws InterruptedException {
        Ran ran = run(words);

        assertThat(ran.status()).as(ran.output()).isZero();
        assertThat(ran.output()).contains("verdict: pass").contains("\"passed\":true");
    }

    /** Heap and buffers full at once, at the smallest line there is and the default, and a publish, a read and queries on top. */
    @ParameterizedTest
    @ValueSource(strings = {"192m", "256m"})
    void what_a_client_can_grow_is_refused_in_words_and_hurts_nobody(String line) throws Exception {
        try (StartedServer full = StartedServer.start("--memory", line)) {
            Ran ran = run("flood --content 300000 --baseline 1 --connections 2000 --line " + line, full);

            assertThat(ran.status()).as(ran.output()).isZero();
            assertThat(ran.output()).contains("verdict: pass");
        }
    }

    /** At the smallest line there is. */
    @Test
    void tls_that_is_begun_and_not_ended_hurts_nobody() throws Exception {
        try (StartedServer secure = StartedServer.startOverTls("--memory", "192m")) {
            String storm = "handshakes --tls on --silent 600 --rate 200 --keys 2 --baseline 1 --seconds 2 --line 192m";

            Ran ran = run(storm, secure);

            assertThat(ran.status()).as(ran.output()).isZero();
            assertThat(ran.output()).contains("verdict: pass").contains("over TLS");
        }
    }

    @Test
    void login_storm_is_inert_where_nobody_must_log_in() throws InterruptedException {
        Ran ran = run("loginstorm");

        assertThat(ran.status()).as(ran.output()).isZero();
        assertThat(ran.output()).contains("nothing is claimed").doesNotContain("logins sent");
    }

    @Test
    void login_storm_lets_in_who_knows_the_password_and_nobody_else() throws Exception {
        try (StartedServer guarded = StartedServer.start("--auth", "on")) {
            String password =
                    Files.readString(guarded.data().resolve("admin-password")).strip();
            String storm = "loginstorm --rate 200 --wrong 5 --baseline 1 --seconds 3 --password ";

            Ran ran = run(storm + password, guarded);

            assertThat(ran.status()).as(ran.output()).isZero();
            assertThat(ran.output())
                    .contains("verdict: pass")
                    .contains("right passwords answered with 200")
                    .contains("wrong passwords answered with 403");
            Ran stranger = run(storm + "not-" + password, guarded);
            assertThat(stranger.status()).as(stranger.output()).isEqualTo(1);
        }
    }

    /**
     * The accounts say what stalled clients cost: some states that are still in a transport, however many changes there
     * were and however many clients sleep. Thirty changes of two services, each state of some 80 KB, would be 5 MB once, and
     * 50 MB once for each client.
     */
    @Test
    void stalled_clients_cost_the_states_they_are_in_the_middle_of() throws Exception {
        Watched watched = watch(
                "stall --stalled 10 --healthy 2 --instances 300 --every 100ms --seconds 3 --warmup 1 --window 65535");

        assertThat(watched.ran().status()).as(watched.ran().output()).isZero();
        assertThat(watched.most("snapshots")).isBetween(50_000L, 2_000_000L);
        assertThat(watched.most("outbound")).isLessThan(1_000_000L);
        assertAccountsEmpty();
    }

    /** Four peers that ask for 30 MB and read nothing hold what the gate lets them hold: 256 KiB and an answer each. */
    @Test
    void deaf_clients_cost_what_the_gate_lets_through() throws Exception {
        Watched watched = watch("deaf --connections 4 --queries 200 --instances 100 --baseline 1 --seconds 3");

        assertThat(watched.ran().status()).as(watched.ran().output()).isZero();
        assertThat(watched.most("outbound")).isBetween(100_000L, 4 * (256L << 10) + 1_000_000L);
        assertAccountsEmpty();
    }

    private record Watched(Ran ran, List<String> pages) {
        /** The most bytes the account held on any page. */
        long most(String account) {
            return pages.stream().mapToLong(page -> held(page, account)).max().orElseThrow();
        }
    }

    /** Runs a scenario, and reads the server's page of accounts over and over meanwhile. */
    private static Watched watch(String words) throws Exception {
        var pages = new ArrayList<String>();
        var running = CompletableFuture.supplyAsync(() -> {
            try {
                return run(words);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        while (!running.isDone()) {
            pages.add(memory());
        }
        return new Watched(running.get(), pages);
    }

    private static void assertAccountsEmpty() throws Exception {
        // What the last scenario's connections held goes when the server has seen them end.
        String page = memory();
        for (int i = 0;
                i < 20_000 && held(page, "snapshots") + held(page, "outbound") + held(page, "inbound") > 0;
                i++) {
            page = memory();
        }
        assertThat(page).isNotEmpty();
        for (String account : List.of("snapshots", "outbound", "inbound")) {
            assertThat(held(page, account)).as(account).isZero();
        }
    }

    private static long held(String page, String account) {
        Matcher held = Pattern.compile("\"name\":\"" + account + "\"[^}]*\"held\":(\\d+)")
                .matcher(page);
        assertThat(held.find()).as(account + " in " + page).isTrue();
        return Long.parseLong(held.group(1));
    }

    private static String memory() throws Exception {
        URI page = URI.create("http://" + server.http() + "/nacos/v3/admin/plimsoll/memory");
        return CLIENT.send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    @Test
    void target_that_is_not_there_fails_the_run() throws InterruptedException {
        Ran ran = run(List.of("query", "--target", "127.0.0.1:1", "--grpc", "127.0.0.1:1"));

        assertThat(ran.status()).as(ran.output()).isEqualTo(1);
        assertThat(ran.output()).contains("connect");
    }

    @Test
    void wrong_words_are_refused() throws InterruptedException {
        assertThat(run(List.of("stal")).status()).isEqualTo(2);
        assertThat(run(List.of("stall")).status()).isEqualTo(2);
        assertThat(run(List.of("stall", "--target", "nowhere")).status()).isEqualTo(2);
    }

    private record Ran(int status, String output) {}

    private static Ran run(String words) throws InterruptedException {
        return run(words, server);
    }

    private static Ran run(String words, StartedServer server) throws InterruptedException {
        List<String> all = new ArrayList<>(Arrays.asList(words.split(" ", -1)));
        all.addAll(List.of("--target", server.http(), "--grpc", server.grpc(), "--pid", Long.toString(server.pid())));
        return run(all);
    }

    private static Ran run(List<String> words) throws InterruptedException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        int status = Main.run(words, out, out, false);
        return new Ran(status, bytes.toString(StandardCharsets.UTF_8));
    }
}
