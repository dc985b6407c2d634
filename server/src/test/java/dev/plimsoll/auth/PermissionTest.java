package dev.plimsoll.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.refusal.InvalidRequest;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PermissionTest {
    private static boolean permits(String resource, String action, Action wanted, Resource touched) {
        return new Permission("r", resource, action).permits(wanted, touched);
    }

    @ParameterizedTest
    @CsvSource({
        "dev:*:*, true",
        "*, true",
        "*:*:*, true",
        "dev:*, true",
        "dev:ORDERS:config/app.yml, true",
        "dev:ORD*:config/*.yml, true",
        "d*:ORDERS:*, true",
        "dev::config/app.yml, true",
        "dev:ORDERS:naming/app.yml, false",
        "dev:ORDERS:config/appxyml, false",
        "dev:ORDER:config/*, false",
        "dev:ORDERS:config/app, false",
        "prod:*:*, false",
        "de.:*:*, false",
        "public:*:*, false",
        ":*:*, false"
    })
    void a_pattern_permits_what_each_of_its_parts_matches(String pattern, boolean permitted) {
        assertThat(permits(pattern, "r", Action.READ, Resource.config("dev", "ORDERS", "app.yml")))
                .isEqualTo(permitted);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "public", "null", " "})
    void the_public_namespace_has_several_names(String namespace) {
        for (String pattern : new String[] {":*:*", "public:*:*"}) {
            assertThat(permits(pattern, "r", Action.READ, Resource.service(namespace, "G", "s")))
                    .isTrue();
        }
    }

    @Test
    void what_a_request_leaves_open_needs_a_permission_for_all_of_it() {
        Resource all = Resource.config("dev", "", "");
        assertThat(permits("dev:*:*", "r", Action.READ, all)).isTrue();
        assertThat(permits("dev:ORDERS:*", "r", Action.READ, all)).isFalse();
        assertThat(permits("dev:*:config/app", "r", Action.READ, all)).isFalse();
    }

    @Test
    void a_group_with_colons_does_not_pass_for_another() {
        Resource sly = Resource.config("dev", "mine:config/x", "secret");
        assertThat(permits("dev:mine:config/*", "r", Action.READ, sly)).isFalse();
        assertThat(permits("dev:a:b:config/x", "r", Action.READ, Resource.config("dev", "a:b", "x")))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "r, READ",
        "w, WRITE PUBLISH",
        "rw, READ WRITE PUBLISH",
        "p, PUBLISH",
        "rp, READ PUBLISH",
        "a, READ WRITE PUBLISH ADMIN"
    })
    void letters_say_what_may_be_done(String letters, String allowed) {
        String permitted = Stream.of(Action.values())
                .filter(action -> permits("*", letters, action, Resource.config("", "G", "d")))
                .map(Enum::name)
                .collect(Collectors.joining(" "));
        assertThat(permitted).isEqualTo(allowed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "dev", "dev:G", "dev:G:other/x", "console/users", "nacos/admin", "dev:G:config/"})
    void a_pattern_that_could_never_match_is_refused(String pattern) {
        assertThatThrownBy(() -> new Permission("r", pattern, "r")).isInstanceOf(InvalidRequest.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "RW", "rwx", "r w", "rwrwr"})
    void unknown_actions_are_refused(String action) {
        assertThatThrownBy(() -> new Permission("r", "*", action)).isInstanceOf(InvalidRequest.class);
    }

    @Test
    void a_pattern_of_many_stars_takes_no_time_to_speak_of() {
        String pattern = "*a".repeat(120);
        assertThat(Permission.matches(pattern, "a".repeat(600) + "b")).isFalse();
    }

    /** The oracle: split into three, each part a regular expression in which only the star is special. */
    @Property(tries = 5000)
    void the_gate_agrees_with_a_simple_oracle(
            @ForAll("patterns") String namespace,
            @ForAll("patterns") String group,
            @ForAll("patterns") String name,
            @ForAll("names") String inNamespace,
            @ForAll("names") String inGroup,
            @ForAll("names") String ofName,
            @ForAll boolean naming,
            @ForAll boolean namingTouched,
            @ForAll("actions") String action,
            @ForAll Action wanted) {
        String type = naming ? "naming/" : "config/";
        var permission = new Permission("r", namespace + ":" + group + ":" + type + name, action);
        Resource touched = namingTouched
                ? Resource.service(inNamespace, inGroup, ofName)
                : Resource.config(inNamespace, inGroup, ofName);

        boolean allowed = action.contains("a")
                || (wanted == Action.READ && action.contains("r"))
                || (wanted == Action.WRITE && action.contains("w"))
                || (wanted == Action.PUBLISH && (action.contains("w") || action.contains("p")));
        boolean expected = allowed
                && oracle(namespace, inNamespace)
                && oracle(group, inGroup)
                && naming == namingTouched
                && oracle(name, ofName);

        assertThat(permission.permits(wanted, touched)).isEqualTo(expected);
    }

    private static boolean oracle(String pattern, String text) {
        String regex = Stream.of(pattern.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
        return text.matches(regex);
    }

    @Provide
    Arbitrary<String> patterns() {
        return Arbitraries.strings().withChars("ab.*").ofMinLength(1).ofMaxLength(5);
    }

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.strings().withChars("ab.").ofMinLength(1).ofMaxLength(5);
    }

    @Provide
    Arbitrary<String> actions() {
        return Arbitraries.of("r", "w", "rw", "p", "rp", "a");
    }
}
