package dev.plimsoll.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.plimsoll.compat.sdk.Configs;
import dev.plimsoll.compat.sdk.SdkFailure;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;

@EveryClient
class ConfigTest {

    private static final String GROUP = "DEFAULT_GROUP";

    @Parameter
    ClientRun run;

    @Test
    void a_published_config_is_read_by_another_client() {
        String dataId = ClientRun.unique("app.yaml");

        assertThat(run.writer().publish(dataId, GROUP, "a: 1", "yaml")).isTrue();

        assertThat(run.reader().get(dataId, GROUP)).isEqualTo("a: 1");
    }

    @Test
    void the_newest_publication_is_what_is_read() {
        String dataId = ClientRun.unique("app.yaml");
        for (int i = 0; i < 10; i++) {
            assertThat(run.writer().publish(dataId, GROUP, "a: " + i)).isTrue();
            assertThat(run.reader().get(dataId, GROUP)).isEqualTo("a: " + i);
        }
    }

    @Test
    void a_config_nobody_published_is_null() {
        assertThat(run.reader().get(ClientRun.unique("none"), GROUP)).isNull();
    }

    @Test
    void a_removed_config_is_null() {
        String dataId = ClientRun.unique("app.yaml");
        assertThat(run.writer().publish(dataId, GROUP, "a: 1")).isTrue();

        assertThat(run.writer().remove(dataId, GROUP)).isTrue();

        assertThat(run.reader().get(dataId, GROUP)).isNull();
    }

    @Test
    void removing_what_is_not_there_succeeds() {
        assertThat(run.writer().remove(ClientRun.unique("none"), GROUP)).isTrue();
    }

    @Test
    void compare_and_set_wins_with_the_current_md5_only() {
        assumeTrue(run.version().hasCas(), "the client has no compare-and-set");
        String dataId = ClientRun.unique("counter");
        assertThat(run.writer().publishCas(dataId, GROUP, "one", md5("anything: it does not exist yet")))
                .isTrue();

        assertThat(run.writer().publishCas(dataId, GROUP, "two", md5("something else")))
                .isFalse();
        assertThat(run.reader().get(dataId, GROUP)).isEqualTo("one");

        assertThat(run.writer().publishCas(dataId, GROUP, "two", md5("one"))).isTrue();
        assertThat(run.reader().get(dataId, GROUP)).isEqualTo("two");
    }

    @Test
    void groups_and_namespaces_keep_configs_apart() {
        String dataId = ClientRun.unique("app.yaml");
        try (Configs elsewhere = run.newConfigs("space-one")) {
            assertThat(run.writer().publish(dataId, "RED", "red")).isTrue();
            assertThat(run.writer().publish(dataId, "BLUE", "blue")).isTrue();
            assertThat(elsewhere.publish(dataId, "RED", "elsewhere")).isTrue();

            assertThat(run.reader().get(dataId, "RED")).isEqualTo("red");
            assertThat(run.reader().get(dataId, "BLUE")).isEqualTo("blue");
            assertThat(elsewhere.get(dataId, "RED")).isEqualTo("elsewhere");
            assertThat(elsewhere.get(dataId, "BLUE")).isNull();
        }
    }

    @Test
    void unicode_comes_back_as_it_went() {
        String dataId = ClientRun.unique("unicode");
        String content =
                "\u914d\u7f6e=\u503c\n\uD83D\uDEA2 \u00e9 e\u0301 \u0645\u0631\u062d\u0628\u0627 \"quoted\" \\back\\slash\ttab\r\n<&>'";

        assertThat(run.writer().publish(dataId, GROUP, content)).isTrue();

        assertThat(run.reader().get(dataId, GROUP)).isEqualTo(content);
    }

    @Test
    @Timeout(30)
    void an_illegal_data_id_is_an_exception() {
        assertThatThrownBy(() -> run.writer().publish("no/slashes here", GROUP, "a"))
                .isInstanceOf(SdkFailure.class);
        assertThatThrownBy(() -> run.reader().get("no/slashes here", GROUP)).isInstanceOf(SdkFailure.class);
    }

    @Test
    @Timeout(30)
    void what_the_server_refuses_is_refused_at_once() {
        long start = System.nanoTime();

        // The clients do not look at the length, so this is the server's refusal, and it is not tried again and again.
        assertThat(run.writer().publish("d".repeat(300), GROUP, "a")).isFalse();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
    }

    private static String md5(String content) {
        try {
            byte[] digest = MessageDigest.getInstance("MD5").digest(content.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
