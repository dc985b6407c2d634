package dev.plimsoll.auth;

import static dev.plimsoll.auth.AuthFixture.ALICE;
import static dev.plimsoll.auth.AuthFixture.KEY;
import static dev.plimsoll.auth.AuthFixture.WONDER;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.refusal.Forbidden;
import dev.plimsoll.refusal.InvalidRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokensTest {
    private final AuthFixture fixture = new AuthFixture().with(ALICE, WONDER);

    private String token() {
        return fixture.tokens.issue(alice()).token();
    }

    private User alice() {
        return java.util.Objects.requireNonNull(fixture.users.find(ALICE));
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
    }

    private static String signed(String header, String claims, byte[] key) throws Exception {
        String text = base64(header) + "." + base64(claims);
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return text + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(mac.doFinal(text.getBytes(UTF_8)));
    }

    private void refused(String token, String reason) {
        assertThatThrownBy(() -> fixture.access.identify(token))
                .isInstanceOf(Forbidden.class)
                .hasMessage(reason);
    }

    @Test
    void a_token_proves_its_user() {
        assertThat(token()).startsWith("eyJhbGciOiJIUzI1NiJ9.");
        assertThat(fixture.access.identify(token()).user()).isEqualTo(ALICE);
        assertThat(fixture.access.identify(token()))
                .as("the second time from the cache")
                .isEqualTo(new Identity(ALICE));
    }

    @Test
    void nothing_else_does() throws Exception {
        String claims = "{\"sub\":\"alice\",\"exp\":99999999999,\"pwd\":\"" + alice().fingerprint() + "\"}";
        assertThat(fixture.access
                        .identify(signed("{\"alg\":\"HS256\"}", claims, KEY))
                        .user())
                .as("the forger's own work is sound")
                .isEqualTo(ALICE);

        refused("", "user not found!");
        refused("x", "token invalid!");
        refused("a.b.c", "token invalid!");
        refused(base64("{\"alg\":\"none\"}") + "." + base64(claims) + ".", "token invalid!");
        refused(signed("{\"alg\":\"none\"}", claims, KEY), "token invalid!");
        refused(signed("{\"alg\":\"HS256\",\"typ\":\"JWT\"}", claims, KEY), "token invalid!");
        refused(signed("{\"alg\":\"HS256\"}", claims, new byte[32]), "token invalid!");
        refused(signed("{\"alg\":\"HS256\"}", "{\"sub\":\"alice\",\"exp\":99999999999}", KEY), "token invalid!");
        refused(token().substring(0, token().length() - 1), "token invalid!");
        refused(token() + "A", "token invalid!");
        String genuine = token();
        for (char c : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".toCharArray()) {
            String other = genuine.substring(0, genuine.length() - 1) + c;
            if (!other.equals(genuine)) {
                refused(other, "token invalid!"); // also those that decode to the same bytes
            }
        }
        refused("a".repeat(100_000), "token invalid!");
    }

    @Test
    void a_token_ends_with_its_time_also_when_it_is_remembered() {
        String token = token();
        fixture.access.identify(token);
        fixture.loop.advance(Duration.ofHours(5).minusSeconds(2));
        fixture.access.identify(token);
        fixture.loop.advance(Duration.ofSeconds(2));
        refused(token, "token expired!");
    }

    @Test
    void a_token_ends_with_its_user_and_is_not_revived_by_a_new_one_of_that_name() {
        String token = token();
        fixture.access.identify(token);
        fixture.done(fixture.users.delete(ALICE));
        refused(token, "token invalid!");
        fixture.with(ALICE, WONDER);
        refused(token, "token invalid!");
    }

    @Test
    void a_token_ends_with_the_password_it_was_given_for() {
        String token = token();
        fixture.access.identify(token);
        fixture.done(fixture.users.setPassword(ALICE, WONDER));
        refused(token, "token invalid!");
        assertThat(fixture.access.identify(token()).user()).isEqualTo(ALICE);
    }

    @Test
    void during_a_change_of_keys_tokens_of_both_are_good() {
        byte[] fresh = "another key of thirty-two bytes!".getBytes(UTF_8);
        var both = new Tokens(List.of(fresh, KEY), Duration.ofHours(1), fixture.clock, bound -> 0, 10);
        var onlyNew = new Tokens(List.of(fresh), Duration.ofHours(1), fixture.clock, bound -> 0, 10);

        assertThat(both.verify(token()).user()).isEqualTo(ALICE);
        assertThat(onlyNew.verify(both.issue(alice()).token()).user()).isEqualTo(ALICE);
        assertThatThrownBy(() -> onlyNew.verify(token())).hasMessage("token invalid!");
    }

    @Test
    void lives_are_spread_over_a_tenth() {
        var shortest = new Tokens(List.of(KEY), Duration.ofHours(5), fixture.clock, bound -> bound - 1, 10);
        assertThat(shortest.issue(alice()).lifeSeconds()).isEqualTo(16_200);
        assertThat(fixture.tokens.issue(alice()).lifeSeconds()).isEqualTo(18_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SecretKey012345678901234567890123456789012345678901234567890123456789",
                "U2VjcmV0S2V5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5",
                "VGhpc0lzTXlDdXN0b21TZWNyZXRLZXkwMTIzNDU2Nzg=",
                "VGhpc0lzTXlDdXN0b21TZWNyZXRLZXkwMTIzNDU2Nzg",
                "ThisIsMyCustomSecretKey012345678",
                "ThisIsMyCustomSecretKey01234567",
                "VkdocGMwbHpUWGxEZFhOMGIyMVRaV055WlhSTFpYa3dNVEl6TkRVMk56Zz0=",
                "SecretKey01234567890123456789012345345678999987654901234567890123456789",
                "SecretToken012345678901234567890123456789012345678901234567890123456789",
                "SecretKey01234567890123456789012345678901234567890123456789==",
                " SecretKey012345678901234567890123456789012345678901234567890123456789 ",
                "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MA=="
            })
    void a_published_key_is_refused(String key) {
        assertThatThrownBy(() -> Keys.given("auth.token-key", key))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining("public documentation")
                .message()
                .doesNotContain(key);
    }

    @Test
    void a_short_key_is_refused_and_not_shown() {
        assertThatThrownBy(() -> Keys.given("auth.token-key", "c2hvcnQgYnV0IHByaXZhdGU="))
                .hasMessageContaining("17 bytes")
                .message()
                .doesNotContain("c2hvcn");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", // 32 zeroes
                "                                        ",
                "nacosnacosnacosnacosnacosnacosnacosnacos"
            })
    void a_key_that_nobody_drew_is_refused(String key) {
        assertThatThrownBy(() -> Keys.given("auth.token-key", key)).isInstanceOf(InvalidRequest.class);
    }

    @Test
    void a_key_made_here_is_random_kept_and_its_owner_s_alone(@TempDir Path dir) throws Exception {
        Path file = dir.resolve("token-keys");
        List<byte[]> made = Keys.kept(file, new SecureRandom());
        assertThat(Keys.kept(file, new SecureRandom()))
                .usingRecursiveComparison()
                .isEqualTo(made);
        assertThat(Keys.kept(dir.resolve("other"), new SecureRandom()).get(0)).isNotEqualTo(made.get(0));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }
}
