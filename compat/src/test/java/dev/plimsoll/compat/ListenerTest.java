package dev.plimsoll.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.compat.sdk.Configs;
import dev.plimsoll.compat.sdk.Stop;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

@EveryClient
class ListenerTest {

    private static final String GROUP = "DEFAULT_GROUP";

    @Parameter
    ClientRun run;

    private final Heard<String> heard = new Heard<>();

    @Test
    void a_listener_hears_creation_change_and_removal_each_once() {
        String dataId = ClientRun.unique("app.yaml");
        run.listener().readAndListen(dataId, GROUP, heard);
        awaitContent(null);

        assertThat(run.writer().publish(dataId, GROUP, "one")).isTrue();
        awaitContent("one");
        assertThat(run.writer().publish(dataId, GROUP, "two")).isTrue();
        awaitContent("two");
        assertThat(run.writer().remove(dataId, GROUP)).isTrue();
        awaitContent(null);
        assertThat(run.writer().publish(dataId, GROUP, "three")).isTrue();
        awaitContent("three");
        assertThat(heard.all()).containsExactly(null, "one", "two", null, "three");
    }

    @Test
    void publishing_the_same_again_calls_nobody() {
        String dataId = ClientRun.unique("app.yaml");
        assertThat(run.writer().publish(dataId, GROUP, "one")).isTrue();
        run.listener().readAndListen(dataId, GROUP, heard);
        assertThat(run.writer().publish(dataId, GROUP, "one")).isTrue();
        // The fence: had the identical publication been told, it would have been told before this one.
        assertThat(run.writer().publish(dataId, GROUP, "two")).isTrue();
        awaitContent("two");
        assertThat(heard.all()).containsExactly("one", "two");
    }

    @Test
    void after_a_call_the_reader_sees_the_new_content() {
        String dataId = ClientRun.unique("app.yaml");
        List<String> read = new ArrayList<>();
        run.listener().listen(dataId, GROUP, content -> {
            synchronized (read) {
                read.add(content + " then " + run.writer().get(dataId, GROUP));
            }
            heard.accept(content);
        });
        for (int i = 0; i < 5; i++) {
            String content = "content " + i;
            assertThat(run.writer().publish(dataId, GROUP, content)).isTrue();
            awaitContent(content);
        }
        assertThat(read)
                .containsExactlyElementsOf(IntStream.range(0, 5)
                        .mapToObj(i -> "content " + i + " then content " + i)
                        .toList());
    }

    @Test
    void a_listener_taken_away_is_not_called() {
        String dataId = ClientRun.unique("app.yaml");
        Heard<String> left = new Heard<>();
        assertThat(run.writer().publish(dataId, GROUP, "one")).isTrue();
        Stop leaving = run.listener().readAndListen(dataId, GROUP, left);
        leaving.close();

        try (Configs other = run.newConfigs("")) {
            other.readAndListen(dataId, GROUP, heard);
            assertThat(run.writer().publish(dataId, GROUP, "two")).isTrue();
            awaitContent("two");
        }
        assertThat(left.all()).containsExactly("one");
    }

    @Test
    void two_hundred_keys_of_one_client_each_hear_their_own() {
        String prefix = ClientRun.unique("many");
        int keys = 200;
        Map<String, Heard<String>> listeners = new TreeMap<>();
        IntStream.range(0, keys).forEach(i -> listeners.put(prefix + "." + i, new Heard<>()));
        try (Configs client = run.newConfigs("")) {
            listeners.forEach((dataId, listener) -> client.listen(dataId, GROUP, listener));
            publishAll(listeners, "first ");
            publishAll(listeners, "second ");
        }
        listeners.forEach((dataId, listener) ->
                assertThat(listener.all()).as(dataId).containsExactly("first " + dataId, "second " + dataId));
    }

    private void publishAll(Map<String, Heard<String>> listeners, String word) {
        ExecutorService publishers = Executors.newFixedThreadPool(8);
        try {
            List<CompletableFuture<Boolean>> published = listeners.keySet().stream()
                    .map(dataId -> CompletableFuture.supplyAsync(
                            () -> run.writer().publish(dataId, GROUP, word + dataId), publishers))
                    .toList();
            assertThat(published).allMatch(CompletableFuture::join);
        } finally {
            publishers.shutdown();
        }
        // One wait for all of them: a wait each would look 200 times, a tenth of a second apart.
        await(word + "everywhere").until(() -> listeners.entrySet().stream()
                .allMatch(each -> each.getValue().endsWith(word + each.getKey())));
    }

    @Test
    void a_listener_in_a_namespace_hears_its_own_namespace() {
        String dataId = ClientRun.unique("app.yaml");
        try (Configs inside = run.newConfigs("space-one")) {
            inside.readAndListen(dataId, GROUP, heard);
            assertThat(run.writer().publish(dataId, GROUP, "public")).isTrue();
            assertThat(inside.publish(dataId, GROUP, "inside")).isTrue();
            awaitContent("inside");
        }
        assertThat(heard.all()).containsExactly(null, "inside");
    }

    private void awaitContent(String content) {
        await("content " + content).until(() -> heard.endsWith(content));
    }
}
