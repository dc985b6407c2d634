package dev.plimsoll;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AsyncAppenderBase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

/** On logger contexts of its own: the one of this JVM belongs to all tests. */
class LoggingTest {
    @TempDir
    Path dir;

    private LoggerContext context() {
        var context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        new Logging().configure(context);
        return context;
    }

    @Test
    void logs_keep_a_bounded_number_of_bounded_files() throws IOException {
        LoggerContext context = context();
        Logging.open(context, dir, new LogSettings("info", 64 * 1024, 2));
        Logger log = context.getLogger("test");
        String line = "x".repeat(1000);
        for (int i = 0; i < 2_000; i++) {
            log.info("{} {}", i, line);
        }
        context.stop();

        try (var files = Files.list(dir)) {
            List<Path> kept = files.toList();
            assertThat(kept)
                    .containsExactlyInAnyOrder(
                            dir.resolve("plimsoll.log"),
                            dir.resolve("plimsoll.log.1"),
                            dir.resolve("plimsoll.log.2"),
                            dir.resolve("naming-push.log"),
                            dir.resolve("remote-push.log"),
                            dir.resolve("core-auth.log"),
                            dir.resolve("audit.log"));
            assertThat(kept).allSatisfy(file -> assertThat(Files.size(file)).isLessThan(68 * 1024));
        }
    }

    @Test
    void a_line_names_its_time_level_thread_and_logger() throws IOException {
        LoggerContext context = context();
        Logging.open(context, dir, new LogSettings("info", 64 * 1024, 2));
        context.getLogger("dev.plimsoll.Test").info("hello {}", 1);
        context.getLogger("dev.plimsoll.Test").debug("not this");
        context.stop();

        assertThat(Files.readAllLines(dir.resolve("plimsoll.log")))
                .singleElement()
                .asString()
                .matches("[0-9-]{10}T[0-9:.]{12}(Z|[+-][0-9:]{5}) INFO  \\[.+] Test - hello 1");
    }

    @Test
    void what_comes_from_outside_can_neither_end_its_line_nor_speak_to_a_terminal() throws IOException {
        LoggerContext context = context();
        Logging.open(context, dir, new LogSettings("info", 64 * 1024, 2));
        context.getLogger("test").info("name '{}'", "a\r\n2026-01-01 LOGIN-OK\u001b[2J\u0085\u2028\u009b2Jb");
        context.getLogger(Logging.AUDIT).info("on={}", "x\ny");
        context.stop();

        assertThat(Files.readAllLines(dir.resolve("plimsoll.log")))
                .singleElement()
                .asString()
                .endsWith("test - name 'a??2026-01-01 LOGIN-OK?[2J???2Jb'");
        assertThat(Files.readAllLines(dir.resolve("audit.log")))
                .singleElement()
                .asString()
                .endsWith("on=x?y");
    }

    @Test
    void the_message_of_an_exception_begins_no_line_of_its_own() throws IOException {
        LoggerContext context = context();
        Logging.open(context, dir, new LogSettings("info", 64 * 1024, 2));
        var cause = new IllegalStateException("inner\n2026-01-01 LOGIN-OK\u001b[2J");
        context.getLogger("test").warn("it broke", new IllegalArgumentException("a\r\n2026-01-01 x", cause));
        context.getLogger("test").info("next");
        context.stop();

        assertThat(Files.readAllLines(dir.resolve("plimsoll.log")))
                .filteredOn(line -> !line.startsWith("\t"))
                .satisfiesExactly(
                        line -> assertThat(line).endsWith("test - it broke"),
                        line -> assertThat(line).endsWith("IllegalArgumentException: a?"),
                        line -> assertThat(line).endsWith("test - next"));
        assertThat(Files.readString(dir.resolve("plimsoll.log")))
                .contains("\n\t2026-01-01 x\n", "\tat dev.plimsoll.LoggingTest.", "LOGIN-OK?[2J")
                .doesNotContain("\u001b");
    }

    @Test
    void what_becomes_of_messages_goes_to_logs_of_its_own_and_nowhere_else() throws IOException {
        LoggerContext context = context();
        Logging.open(context, dir, new LogSettings("warn", 64 * 1024, 2));
        context.getLogger(Logging.NAMING_PUSH).warn("PUSH-FAIL one");
        context.getLogger(Logging.NAMING_PUSH).info("PUSH-SUCC not at this level");
        context.getLogger(Logging.REMOTE_PUSH).warn("PUSH-FAIL two");
        context.stop();

        assertThat(Files.readAllLines(dir.resolve("naming-push.log")))
                .singleElement()
                .asString()
                .endsWith("naming-push - PUSH-FAIL one");
        assertThat(Files.readAllLines(dir.resolve("remote-push.log")))
                .singleElement()
                .asString()
                .endsWith("remote-push - PUSH-FAIL two");
        assertThat(dir.resolve("plimsoll.log")).isEmptyFile();
    }

    @Test
    void nothing_is_written_by_the_thread_that_logs_and_a_full_queue_drops() {
        LoggerContext context = context();
        Logging.open(context, dir, new LogSettings("info", 64 * 1024, 2));
        int seen = 0;
        Iterator<Appender<ILoggingEvent>> appenders =
                context.getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders();
        while (appenders.hasNext()) {
            seen++;
            assertThat(appenders.next()).isInstanceOfSatisfying(AsyncAppenderBase.class, queue -> {
                assertThat(queue.isNeverBlock()).isTrue();
                assertThat(queue.getQueueSize()).isEqualTo(1024);
            });
        }
        context.stop();
        assertThat(seen).as("stderr and the file").isEqualTo(2);
    }
}
