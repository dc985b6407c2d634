package dev.plimsoll.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a hostile log can do to whoever reads a report of it: nothing. */
class ReportsTest {
    private static final String HOSTILE = "10.1.0.9<script>alert(1)</script>\"'&\u001b[2J\u0007\u202e";

    @TempDir
    Path dir;

    private Report report() throws IOException {
        var nacos = new SickNacos(dir.resolve("nacos")).started("2.2.3", "-Xmx512m");
        var log = new StringBuilder(SickNacos.losingItsMemory());
        for (int second = 240; second < 400; second++) {
            log.append(SickNacos.fail(second, HOSTILE)
                    .replace("name='orders'", "name='</style><img src=x onerror=alert(1)>'"));
        }
        nacos.file("naming-push.log", log.toString());
        nacos.file(
                "access_log.2026-11-22.log",
                SickNacos.logins(100, 403).replace("Nacos-Go-Client:v2.2.9", "<b onclick=x>\u001b]0;x\u0007"));
        return new NacosDoctor(
                        Files.createDirectories(dir.resolve("root")), new ScanProgress(System.err, false, () -> 0L))
                .examine(nacos.home.toString(), Optional.empty(), Authorities.ofMachine());
    }

    private static String text(Report report, boolean colours) {
        var out = new ByteArrayOutputStream();
        new TextReport(new PrintStream(out, true, StandardCharsets.UTF_8), colours).write(report);
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void the_page_shows_hostile_names_as_text_and_loads_nothing() throws IOException {
        String page = HtmlReport.of(report());

        assertThat(page).contains("10.1.0.9&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;");
        assertThat(page)
                .doesNotContain("<script", "<img", "<b onclick", "</style><img", "http:", "https:", "url(", "@import");
        assertThat(page).contains("default-src 'none'");
        assertThat(Pattern.compile("<style>").matcher(page).results()).hasSize(1);
        assertThat(page).contains("<svg", "class=\"bad\"", "prefers-color-scheme:dark");
    }

    @Test
    void no_report_holds_a_control_character_of_a_log() throws IOException {
        Report report = report();

        for (String shown : new String[] {text(report, false), HtmlReport.of(report)}) {
            assertThat(shown).doesNotContain("\u001b", "\u0007", "\u202e");
        }
        assertThat(JsonReport.of(report)).doesNotContain("\u001b", "\\u001b", "\u202e", "\\u202e");
        assertThat(text(report, true)).doesNotContain("\u001b[2J", "\u001b]");
    }

    @Test
    void colours_are_only_where_they_are_asked_for() throws IOException {
        assertThat(text(report(), true)).contains("\u001b[1;31mCRITICAL\u001b[0m");
        assertThat(text(report(), false)).contains("CRITICAL [pushes]").endsWith("critical: 3, warnings: 2\n");
    }

    @Test
    void text_tells_cause_evidence_and_what_to_do_in_lines_of_a_terminal() throws IOException {
        String text = text(report(), false);

        assertThat(text)
                .contains(
                        "\n  cause     ", "\n  evidence  - ", "\n  do        1. ", "What to do, in this order\n  1. ");
        assertThat(text.lines()).allMatch(line -> line.length() <= 130);
    }

    @Test
    void json_is_whole_and_says_the_same() throws IOException {
        Report report = report();
        Json json = Json.parse(JsonReport.of(report).getBytes(StandardCharsets.UTF_8));

        assertThat(json.at("severity").text()).isEqualTo("critical");
        assertThat(json.at("exitStatus").whole(-1)).isEqualTo(2);
        assertThat(json.at("diagnoses").items()).hasSameSizeAs(report.diagnoses());
        assertThat(json.at("diagnoses").items().get(0).at("check").text()).isEqualTo("pushes");
        assertThat(json.at("plan").items()).hasSameSizeAs(report.plan());
        assertThat(json.at("plots").items()).hasSize(2);
    }

    @Test
    void foreign_text_is_cut_and_never_within_a_character() {
        assertThat(Foreign.text("x".repeat(500))).hasSize(Foreign.MAX + 1).endsWith("…");
        assertThat(Foreign.text("ab\ud83d\ude00", 3)).isEqualTo("ab…");
        assertThat(Foreign.text("a\ud83db\ude00c")).isEqualTo("a?b?c");
        assertThat(Foreign.text("注册 é")).isEqualTo("注册 é");
    }
}
