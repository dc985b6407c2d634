package dev.plimsoll;

import dev.plimsoll.doctor.Authorities;
import dev.plimsoll.doctor.HtmlReport;
import dev.plimsoll.doctor.JsonReport;
import dev.plimsoll.doctor.NacosDoctor;
import dev.plimsoll.doctor.PlimsollDoctor;
import dev.plimsoll.doctor.Report;
import dev.plimsoll.doctor.ScanProgress;
import dev.plimsoll.doctor.TextReport;
import dev.plimsoll.net.RefusedAddresses;
import dev.plimsoll.net.TlsIdentity;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.Refusal;
import dev.plimsoll.refusal.Unavailable;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import javax.net.ssl.KeyManager;
import org.jspecify.annotations.Nullable;

/**
 * {@code plimsoll doctor}: examines a server and prints what is wrong, the evidence, and what to do. Exit status 0 when
 * it is healthy, 1 with warnings, 2 when something is critical, 3 when it could not be examined.
 */
final class DoctorCommand {
    static final int NOT_EXAMINED = 3;

    static final String USAGE = """
            usage: plimsoll doctor [--server URL] [options]
                   plimsoll doctor --nacos DIR|URL [options]
              --server URL         a running Plimsoll (http://127.0.0.1:8848/nacos)
              --grpc-port N        its gRPC port, when that is not its HTTP port + 1000
              --probe              connect to healthy providers, to find those that refuse
              --nacos DIR          a Nacos server by its home or logs directory, which is only read
              --nacos URL          one by its HTTP interface, such as http://10.0.0.1:8848/nacos
              --ca FILE            whom to trust when the URL is https: PEM; else those this machine knows
              --certificate FILE   what to show a server that asks for one: PEM, with those that vouch for it
              --key FILE           its private key: PKCS#8 in PEM, encrypted with PLIMSOLL_TLS_KEY_PASSWORD or not
              --user NAME          who logs in at either
              --password-file FILE that user's password; else PLIMSOLL_PASSWORD, or a question
              --json               the report as JSON
              --html FILE          the report as a page, beside what is printed
            Exit status: 0 healthy, 1 warnings, 2 critical, 3 not examined.""";

    private static final Set<String> OPTIONS =
            Set.of("nacos", "server", "grpc-port", "ca", "certificate", "key", "user", "password-file", "html");
    private static final Set<String> FLAGS = Set.of("json", "probe");

    /** The name that the server's own setting has in the environment. */
    private static final String KEY_PASSWORD = "PLIMSOLL_TLS_KEY_PASSWORD";

    private static final String DEFAULT_SERVER = "http://127.0.0.1:8848/nacos";

    private DoctorCommand() {}

    /**
     * @param arguments those after {@code doctor}
     * @param root the file system's, where {@code proc} is
     * @return the exit status
     */
    static int run(
            List<String> arguments, Map<String, String> environment, Path root, PrintStream out, PrintStream err) {
        try {
            return examine(arguments, environment, root, out, err);
        } catch (Refusal e) {
            err.println("plimsoll: " + e.reason().lines().findFirst().orElse("not examined"));
            return NOT_EXAMINED;
        }
    }

    private static int examine(
            List<String> arguments, Map<String, String> environment, Path root, PrintStream out, PrintStream err) {
        CommandLine line = CommandLine.parse(arguments, OPTIONS, FLAGS);
        if (line.asksForHelp()) {
            out.println(USAGE);
            return 0;
        }
        Map<String, String> options = line.options();
        boolean both = options.containsKey("nacos") && options.containsKey("server");
        if (!line.words().isEmpty() || both) {
            throw new InvalidRequest("doctor: not understood (expected: as `plimsoll doctor --help` shows)");
        }
        Optional<Path> page = Optional.ofNullable(options.get("html")).map(Path::of);
        Report report;
        if (options.containsKey("nacos")) {
            String nacos = options.getOrDefault("nacos", "");
            page.ifPresent(file -> refuseWithin(file, nacos));
            var progress = new ScanProgress(err, Boolean.getBoolean("plimsoll.progress"), System::nanoTime);
            report = new NacosDoctor(root, progress)
                    .examine(nacos, credentials(options, environment), authorities(options, environment));
        } else {
            report = new PlimsollDoctor(InstantSource.system(), new SecureRandom(), DoctorCommand::isRefused)
                    .examine(
                            options.getOrDefault("server", DEFAULT_SERVER),
                            port(options),
                            credentials(options, environment),
                            authorities(options, environment),
                            options.containsKey("probe"));
        }
        page.ifPresent(file -> write(file, HtmlReport.of(report)));
        if (options.containsKey("json")) {
            out.println(JsonReport.of(report));
        } else {
            new TextReport(out, Boolean.getBoolean("plimsoll.colours")).write(report);
            page.ifPresent(file -> out.println("the page is " + file));
        }
        return report.severity().exitStatus();
    }

    /** What a server at {@code host} with no settings would not let its health checks connect to. */
    private static boolean isRefused(String host, InetAddress address) {
        RefusedAddresses refused = Kind.addresses()
                .parser()
                .apply(KnownSettings.HEALTH_REFUSED.standard())
                .orElseThrow();
        return (AuthOptions.isLoopback(host) ? refused.withoutLoopback() : refused).contains(address);
    }

    private static OptionalInt port(Map<String, String> options) {
        String port = options.get("grpc-port");
        if (port == null) {
            return OptionalInt.empty();
        }
        if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535) {
            throw new InvalidRequest("option --grpc-port: '" + port + "' (expected: a port, 1 to 65535)");
        }
        return OptionalInt.of(Integer.parseInt(port));
    }

    /** Whom a command trusts that has the options {@code --ca}, {@code --certificate} and {@code --key}, and as whom it calls. */
    static Authorities authorities(Map<String, String> options, Map<String, String> environment) {
        String file = options.get("ca");
        KeyManager own = own(options, environment);
        if (file != null) {
            return Authorities.in(Path.of(file), own);
        }
        return own == null ? Authorities.ofMachine() : Authorities.ofMachine(own);
    }

    private static @Nullable KeyManager own(Map<String, String> options, Map<String, String> environment) {
        String certificate = options.get("certificate");
        String key = options.get("key");
        if (certificate == null && key == null) {
            return null;
        }
        if (certificate == null || key == null) {
            throw new InvalidRequest("option --" + (key == null ? "key" : "certificate")
                    + ": absent (expected: --certificate and --key together)");
        }
        String password = environment.getOrDefault(KEY_PASSWORD, "");
        var names = new TlsIdentity.Names("--certificate", "--key", KEY_PASSWORD);
        return TlsIdentity.read(names, Path.of(certificate), Path.of(key), password)
                .keyManager();
    }

    private static Optional<NacosDoctor.Credentials> credentials(
            Map<String, String> options, Map<String, String> environment) {
        return Optional.ofNullable(options.get("user"))
                .map(user -> new NacosDoctor.Credentials(user, () -> Passwords.known(options, environment)
                        .orElseGet(
                                () -> Passwords.asked("password of " + user, "--password-file or PLIMSOLL_PASSWORD"))));
    }

    /** Nothing is written where the examined server lives. */
    private static void refuseWithin(Path file, String nacos) {
        if (nacos.startsWith("http") || !Files.isDirectory(Path.of(nacos))) {
            return;
        }
        try {
            Path home = Path.of(nacos).toRealPath();
            Path parent = file.toAbsolutePath().normalize().getParent();
            if (parent != null && Files.exists(parent) && parent.toRealPath().startsWith(home)) {
                throw new InvalidRequest(
                        "--html: '" + file + "' (expected: a file outside of " + nacos + ", where nothing is written)");
            }
        } catch (IOException e) {
            throw new Unavailable("--html: " + e);
        }
    }

    private static void write(Path file, String page) {
        try {
            Files.writeString(file, page);
        } catch (IOException e) {
            throw new Unavailable("--html: " + e);
        }
    }
}
