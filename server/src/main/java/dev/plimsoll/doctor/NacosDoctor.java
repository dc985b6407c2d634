package dev.plimsoll.doctor;

import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.Unavailable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Examines a reference server without touching it: by its logs, by its HTTP interfaces, and by its process when that is
 * on this machine. Nothing of it is written to.
 */
public final class NacosDoctor {
    private static final int DEFAULT_PORT = 8_848;
    private static final int LONGEST_SETTINGS = 1 << 20;
    private static final Pattern PORT = Pattern.compile("(?m)^\\s*server\\.port\\s*[=:]\\s*([0-9]{1,5})\\s*$");

    private final Path root;
    private final ScanProgress progress;

    /** @param root where {@code proc} and {@code sys} are: the root directory */
    public NacosDoctor(Path root, ScanProgress progress) {
        this.root = root;
        this.progress = progress;
    }

    /** Who logs in, when the server asks. */
    public record Credentials(String user, Supplier<String> password) {}

    /** @param where a directory, or an address such as {@code http://10.0.0.1:8848/nacos} */
    public Report examine(String where, Optional<Credentials> credentials, Authorities authorities) {
        boolean address = where.startsWith("http://") || where.startsWith("https://");
        NacosFacts facts = address ? ofAddress(where, credentials, authorities) : ofDirectory(where);
        var chart = new Chart();
        new NacosChecks(facts, chart).all();
        String version = facts.version().map(each -> "Nacos " + each).orElse("Nacos of unknown version");
        return chart.report(version + " at " + Foreign.text(where));
    }

    private NacosFacts ofDirectory(String where) {
        Path directory = Path.of(where);
        if (!Files.isDirectory(directory)) {
            throw new InvalidRequest("--nacos: '" + Foreign.text(where)
                    + "' is no directory (expected: the home or logs of a Nacos server, or http://host:8848/nacos)");
        }
        LogScan logs = scan(directory);
        int port = logs.start().port().isEmpty()
                ? DEFAULT_PORT
                : Integer.parseInt(logs.start().port());
        Optional<LocalProcess> process = LocalProcess.find(root, flags -> isHome(flags, directory), port + 1_000);
        return new NacosFacts(
                where,
                logs.start().version(),
                process.map(LocalProcess::flags).or(() -> logs.start().flags()),
                port,
                Optional.of(logs),
                Optional.empty(),
                process);
    }

    private static boolean isHome(JvmFlags flags, Path directory) {
        return flags.home()
                .map(home ->
                        isSame(Path.of(home), directory) || isSame(Path.of(home).resolve("logs"), directory))
                .orElse(false);
    }

    private static boolean isSame(Path one, Path other) {
        try {
            return Files.isSameFile(one, other);
        } catch (IOException e) {
            return false; // it is not there, so it is another
        }
    }

    private NacosFacts ofAddress(String where, Optional<Credentials> credentials, Authorities authorities) {
        var pages = new Pages(where, authorities);
        credentials.ifPresent(who -> pages.login(who.user(), who.password().get()));
        NacosApi api = NacosApi.ask(pages);
        if (api.version().isEmpty() && api.notes().containsKey("state")) {
            throw new Unavailable("server at " + pages.base() + ": "
                    + api.notes().get("state") + " (expected: a running one, such as http://127.0.0.1:8848/nacos)");
        }
        int port = pages.port();
        Optional<LocalProcess> process = isHere(pages.host())
                ? LocalProcess.find(root, flags -> portOf(flags) == port, port + 1_000)
                : Optional.empty();
        Optional<LogScan> logs = process.flatMap(each -> each.flags().home())
                .map(home -> Path.of(home, "logs"))
                .filter(Files::isReadable)
                .flatMap(this::scanned);
        return new NacosFacts(
                where, api.version(), process.map(LocalProcess::flags), port, logs, Optional.of(api), process);
    }

    private Optional<LogScan> scanned(Path directory) {
        try {
            return Optional.of(scan(directory));
        } catch (Unavailable e) {
            return Optional.empty(); // the address was asked for; its logs are a gift
        }
    }

    private LogScan scan(Path directory) {
        LogFolder folder = LogFolder.find(directory);
        progress.expect(folder.bytes());
        var logs = new LogScan();
        logs.read(folder, progress);
        return logs;
    }

    /** The port in its settings file, or the usual one. */
    private static int portOf(JvmFlags flags) {
        Optional<Path> file = flags.home().map(home -> Path.of(home, "conf", "application.properties"));
        if (file.isEmpty()) {
            return DEFAULT_PORT;
        }
        try (InputStream in = Files.newInputStream(file.get())) {
            var port = PORT.matcher(new String(in.readNBytes(LONGEST_SETTINGS), StandardCharsets.UTF_8));
            return port.find() ? Integer.parseInt(port.group(1)) : DEFAULT_PORT;
        } catch (IOException e) {
            return DEFAULT_PORT;
        }
    }

    private static boolean isHere(String host) {
        try {
            InetAddress address = InetAddress.getByName(host);
            return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
        } catch (UnknownHostException | SocketException e) {
            return false;
        }
    }
}
