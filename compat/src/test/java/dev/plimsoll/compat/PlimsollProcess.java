package dev.plimsoll.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The distribution, started as a user starts it, on free ports of 127.0.0.1 and with a data directory of its own. It can be
 * told to stop, killed, and started again on the same ports and data. Its output stays in {@code server.log} beside the data.
 */
final class PlimsollProcess implements AutoCloseable {

    private static final Pattern READY =
            Pattern.compile("plimsoll ready http=(\\d+) grpc=(\\d+) memory=(\\S+) in (\\d+) ms");
    /** Generous: the very first start may still be making its class-data archive, on a machine that runs other tests. */
    private static final long READY_SECONDS = 2 * Waiting.PATIENCE.toSeconds();

    private final Path javaHome;
    private final Path directory;
    private final List<String> options;
    private Process process;
    private int port;
    private int grpcPort;
    private String readyLine = "";

    private PlimsollProcess(Path javaHome, Path directory, List<String> options) {
        this.options = options;
        this.javaHome = javaHome;
        this.directory = directory;
    }

    /** Starts a server on the JDK, keeping its data and log in a new directory named after the purpose. */
    static PlimsollProcess start(Path javaHome, String purpose, String... options) {
        try {
            Path servers = Files.createDirectories(Path.of(System.getProperty("plimsoll.target"), "servers"));
            Path directory = Files.createTempDirectory(servers, purpose + "-");
            PlimsollProcess server = new PlimsollProcess(javaHome, directory, List.of(options));
            server.launch(0);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return port;
    }

    int grpcPort() {
        return grpcPort;
    }

    Path data() {
        return directory.resolve("data");
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    String readyLine() {
        return readyLine;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Ends the process at once, as a power cut would, and waits until it is gone. */
    void kill() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        children.forEach(child -> child.onExit().join());
        process.onExit().join();
    }

    /** Asks the process to stop (SIGTERM), waits, and answers its exit status. */
    int terminate() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(15, TimeUnit.SECONDS)) {
                kill();
                throw new AssertionError("the server did not stop within 15 s of SIGTERM\n" + logTail());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            kill();
            throw new IllegalStateException(e);
        }
        // A launcher that does not become the server has passed the signal on; nothing may be left of it.
        children.forEach(child -> child.onExit().orTimeout(15, TimeUnit.SECONDS).join());
        return process.exitValue();
    }

    /** Starts again on the same ports and data. */
    void startAgain() {
        assertThat(process.isAlive()).as("the earlier process is still there").isFalse();
        launch(port);
    }

    /** The end of everything printed so far, over all starts. */
    String logTail() {
        try {
            List<String> lines = Files.readAllLines(log());
            return log() + ":\n" + String.join("\n", lines.subList(Math.max(0, lines.size() - 80), lines.size()));
        } catch (IOException e) {
            return log() + " cannot be read: " + e;
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            terminate();
        }
    }

    private Path log() {
        return directory.resolve("server.log");
    }

    private void launch(int wantedPort) {
        Path command = Distribution.of(javaHome).resolve("bin/plimsoll");
        ProcessBuilder builder = new ProcessBuilder(
                command.toString(),
                "start",
                "--port",
                Integer.toString(wantedPort),
                "--host",
                "127.0.0.1",
                "--data",
                directory.resolve("data").toString(),
                "--memory",
                "256m");
        builder.command().addAll(options);
        builder.environment().put("JAVA_HOME", javaHome.toString());
        builder.directory(directory.toFile());
        builder.redirectErrorStream(true);
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        CompletableFuture<Matcher> ready = new CompletableFuture<>();
        Thread reader = new Thread(() -> read(process, ready), "log of " + directory.getFileName());
        reader.setDaemon(true);
        reader.start();
        try {
            Matcher line = ready.get(READY_SECONDS, TimeUnit.SECONDS);
            readyLine = line.group();
            port = Integer.parseInt(line.group(1));
            grpcPort = Integer.parseInt(line.group(2));
        } catch (ExecutionException | TimeoutException e) {
            kill();
            throw new AssertionError("the server did not become ready\n" + logTail(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            kill();
            throw new IllegalStateException(e);
        }
    }

    private void read(Process source, CompletableFuture<Matcher> ready) {
        try (BufferedReader output = source.inputReader(StandardCharsets.UTF_8);
                BufferedWriter log =
                        Files.newBufferedWriter(log(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                log.write(line);
                log.newLine();
                log.flush();
                Matcher matcher = READY.matcher(line);
                if (matcher.matches()) {
                    ready.complete(matcher);
                }
            }
            ready.completeExceptionally(new IllegalStateException("the process ended before it was ready"));
        } catch (IOException e) {
            ready.completeExceptionally(e);
        }
    }
}
