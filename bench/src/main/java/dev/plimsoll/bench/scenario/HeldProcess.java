package dev.plimsoll.bench.scenario;

import dev.plimsoll.bench.client.WireException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A second bench process that holds connections and can be stopped dead (SIGSTOP): its peers see no FIN and no reset,
 * only silence. Its kernel still acknowledges bytes until the socket buffers are full, which a cut cable would not;
 * cutting packets on the loopback takes rights that a bench does not have.
 */
final class HeldProcess implements AutoCloseable {
    private static final String READY = "held";

    private final Process process;

    private HeldProcess(Process process) {
        this.process = process;
    }

    /** Starts it, and waits until all its connections are registered and subscribed. */
    static HeldProcess start(Run run, int connections, String heldService, List<String> watched) {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.plimsoll.bench.Main",
                Hold.NAME,
                "--target",
                run.target().http().getHostString() + ":" + run.target().http().getPort(),
                "--grpc",
                run.target().grpc().getHostString() + ":" + run.target().grpc().getPort(),
                "--tls",
                run.target().tls() ? "on" : "off",
                "--connections",
                Integer.toString(connections),
                "--service",
                heldService,
                "--watch",
                String.join(",", watched));
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new WireException("hold: " + e);
        }
        HeldProcess held = new HeldProcess(process);
        try {
            BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (line.equals(READY)) {
                    return held;
                }
            }
        } catch (IOException e) {
            held.close();
            throw new WireException("hold: " + e);
        }
        held.close();
        throw new WireException("hold: the process ended before its connections were up");
    }

    static void sayReady(java.io.PrintStream out) {
        out.println(READY);
        out.flush();
    }

    /** From now on it does nothing, and closes nothing. */
    void stop() throws InterruptedException {
        try {
            Process kill = new ProcessBuilder("kill", "-STOP", Long.toString(process.pid())).start();
            if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
                throw new WireException("kill -STOP " + process.pid() + " failed");
            }
        } catch (IOException e) {
            throw new WireException("kill: " + e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
