package dev.plimsoll.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An application in a process of its own: it prints lines, is told lines, and ends when its input does, so that it does not
 * outlive the tests. What it prints stays in {@code apps/} in the target directory.
 */
final class AppProcess implements AutoCloseable {

    /** A framework starts in three seconds alone on two cores, and here many start at once: it took a minute on a busy machine. */
    private static final Duration PATIENCE = Waiting.PATIENCE.multipliedBy(3);

    private final String name;
    private final Process process;
    private final List<String> lines = new ArrayList<>(); // all that came, under its own lock
    private final BlockingQueue<String> unread = new LinkedBlockingQueue<>();
    private final Consumer<String> heard;

    private AppProcess(String name, Process process, Consumer<String> heard) {
        this.name = name;
        this.process = process;
        this.heard = heard;
    }

    /** The main class of one of the modules in {@code compat/apps}, with a heap as small as it can do with. */
    static AppProcess java(String name, String module, String mainClass, List<String> arguments) {
        Path target = Path.of(System.getProperty("plimsoll.apps"), module, "target");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx96m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Duser.home=" + home(),
                "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                "-cp"));
        try {
            command.add(target.resolve("classes") + ":"
                    + Files.readString(target.resolve("classpath")).strip());
        } catch (IOException e) {
            throw new UncheckedIOException("no class path of " + module + " (expected: made by compat/apps)", e);
        }
        command.add(mainClass);
        command.addAll(arguments);
        return start(name, command, line -> {});
    }

    /** @param heard is told each line when it comes, by a thread of this process's own */
    static AppProcess start(String name, List<String> command, Consumer<String> heard) {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(home().toFile())
                    .redirectErrorStream(true)
                    .start();
            AppProcess app = new AppProcess(name, process, heard);
            Path log = Files.createDirectories(Path.of(System.getProperty("plimsoll.target"), "apps"))
                    .resolve(name + ".log");
            Thread reader = new Thread(() -> app.read(log), "output of " + name);
            reader.setDaemon(true);
            reader.start();
            return app;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where what a client keeps on disk does not meet what others keep. */
    private static Path home() {
        return Path.of(System.getProperty("user.home"));
    }

    void tell(String line) {
        try {
            process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(name + " listens no more\n" + tail(), e);
        }
    }

    /** Waits for the next line like this, and skips those before it. */
    Matcher awaitLine(String regex) {
        Pattern pattern = Pattern.compile(regex);
        long end = System.nanoTime() + PATIENCE.toNanos();
        try {
            while (true) {
                String line = unread.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (line == null) {
                    throw new AssertionError(name + " did not print '" + regex + "'\n" + tail());
                }
                Matcher matcher = pattern.matcher(line);
                if (matcher.matches()) {
                    return matcher;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Ends its input and waits until it has ended, orderly. */
    void stop() {
        try {
            process.getOutputStream().close();
            await(name + " ends").until(() -> !process.isAlive());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(process.exitValue()).as(() -> name + "\n" + tail()).isZero();
    }

    /** Ends it, however it is. */
    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    private void read(Path log) {
        try (var output = process.inputReader(StandardCharsets.UTF_8);
                var copy = Files.newBufferedWriter(log)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                copy.write(line);
                copy.newLine();
                copy.flush();
                synchronized (lines) {
                    lines.add(line);
                }
                unread.add(line);
                heard.accept(line);
            }
        } catch (IOException e) {
            unread.add("(" + e + ")"); // its end, seen from here
        }
    }

    private String tail() {
        synchronized (lines) {
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
        }
    }
}
