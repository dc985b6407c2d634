package dev.plimsoll;

import dev.plimsoll.auth.Auth;
import dev.plimsoll.refusal.Refusal;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;

/**
 * The process: reads the settings, starts the server, and stops it on a signal. Exit status 0 after a clean stop, 2
 * when it cannot start, 1 when it could not stop cleanly in time.
 */
public final class Main {
    private static final int CANNOT_START = 2;
    private static final long STOP_MILLIS = 4_500; // orchestrators are promised five seconds

    private Main() {}

    /** {@code start} and options, or {@code train} and options: see {@link Training}. */
    public static void main(String[] arguments) throws InterruptedException {
        List<String> words = Arrays.asList(arguments);
        String command = words.isEmpty() ? "start" : words.get(0);
        List<String> options = words.isEmpty() ? words : words.subList(1, words.size());
        try {
            switch (command) {
                case "start" -> start(options);
                case "train" -> Training.run(options);
                case "user", "role", "permission" -> UserCommand.run(words, System.getenv(), System.out);
                case "doctor" ->
                    System.exit(DoctorCommand.run(
                            options, System.getenv(), Path.of("/"), utf8(System.out), utf8(System.err)));
                default -> refuse("unknown command '" + command + "' (expected: start)");
            }
        } catch (Refusal e) {
            refuse(e.reason());
        }
        if (command.equals("start")) {
            new CountDownLatch(1).await(); // the stop ends the process
        }
    }

    private static void start(List<String> options) {
        PrintStream out = System.out;
        var machine = new Machine(Path.of("/"));
        Values values = Values.read(options, System.getenv());
        Settings settings = Settings.of(values, MemoryLine.ofProcess(values.get(KnownSettings.MEMORY)));
        settings.memory().check(machine);
        Logging.open(settings.data().resolve("logs"), settings.logs());
        if (!values.notYetSupported().isEmpty()) {
            System.err.println("plimsoll: not yet supported: " + String.join(", ", values.notYetSupported()));
        }
        var log = LoggerFactory.getLogger(Main.class);
        out.println(settings.memory());
        log.info("{}", settings.memory());
        // Netty unpacks its native library when it is first used: not into the system's temporary files.
        System.setProperty(
                "io.netty.native.workdir", settings.data().resolve("native").toString());
        settings.auth().warning(settings.net().host()).ifPresent(warning -> {
            System.err.println("plimsoll: " + warning);
            log.info(warning);
        });
        Server server = Server.start(settings);
        server.firstPassword().ifPresent(password -> {
            out.println("first start: user " + Auth.FIRST_USER + ", password " + password);
            out.println("the password is also in " + settings.data().resolve(Server.FIRST_PASSWORD_FILE)
                    + ", which only you can read; it is not shown again");
        });
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "stop"));
        String ready = "plimsoll ready http=" + server.httpPort() + " grpc=" + server.grpcPort() + " memory="
                + Bytes.text(settings.memory().total()) + " in " + machine.uptimeMillis() + " ms";
        log.info(ready);
        out.println(ready);
    }

    /** A hook only runs on a signal here; halting is how it chooses the exit status. */
    private static void stop(Server server) {
        var clean = new CountDownLatch(1);
        var stopping = new Thread(
                () -> {
                    server.drain();
                    server.close();
                    LoggerFactory.getLogger(Main.class).info("stopped");
                    Logging.close();
                    clean.countDown();
                },
                "stopping");
        stopping.setDaemon(true);
        stopping.start();
        boolean done = false;
        try {
            stopping.join(STOP_MILLIS);
            done = clean.getCount() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!done) {
            System.err.println("plimsoll: the stop failed or took longer than " + STOP_MILLIS + " ms; ended anyway");
        }
        Runtime.getRuntime().halt(done ? 0 : 1);
    }

    /** Names are of all languages, whatever the terminal's locale says. */
    private static PrintStream utf8(PrintStream stream) {
        return new PrintStream(stream, true, StandardCharsets.UTF_8);
    }

    private static void refuse(String reason) {
        System.err.println("plimsoll: " + reason.lines().findFirst().orElse("cannot start"));
        System.exit(CANNOT_START);
    }
}
