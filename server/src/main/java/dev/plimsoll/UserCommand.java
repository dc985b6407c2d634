package dev.plimsoll;

import dev.plimsoll.auth.Auth;
import dev.plimsoll.auth.AuthSettings;
import dev.plimsoll.auth.Permission;
import dev.plimsoll.auth.Users;
import dev.plimsoll.doctor.Authorities;
import dev.plimsoll.loop.ThreadLoop;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.Refusal;
import dev.plimsoll.refusal.Unavailable;
import dev.plimsoll.store.SqliteJournal;
import dev.plimsoll.store.StoreSettings;
import dev.plimsoll.vitals.MemoryBudget;
import dev.plimsoll.wire.HttpMessages;
import java.io.IOException;
import java.io.PrintStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.helpers.NOPLogger;

/**
 * {@code plimsoll user}, {@code role} and {@code permission}: of a running server by HTTP, of a stopped one in its data
 * directory. A password is never a word of the command, where every process of the machine could read it.
 */
final class UserCommand {
    static final String USAGE = """
            usage: plimsoll user list | create NAME | password NAME | delete NAME
                   plimsoll role list | give ROLE USER | take ROLE [USER]
                   plimsoll permission list | add ROLE RESOURCE ACTIONS | remove ROLE RESOURCE ACTIONS
              --data DIR               the data directory (./data); used directly while no server runs on it
              --server URL             a running server, such as http://127.0.0.1:8848/nacos
              --ca FILE                whom to trust when the URL is https: PEM; else those this machine knows
              --certificate FILE       what to show a server that asks for one: PEM, with those that vouch for it
              --key FILE               its private key: PKCS#8 in PEM, encrypted with PLIMSOLL_TLS_KEY_PASSWORD or not
              --user NAME              who logs in there (admin)
              --password-file FILE     that user's password; else PLIMSOLL_PASSWORD, DIR/admin-password, or a question
              --new-password-file FILE for create and password; else PLIMSOLL_NEW_PASSWORD, or a question
            RESOURCE is namespace:group:type/name, such as dev:*:* or dev:ORDERS:config/app-*; ACTIONS are letters:
            r read, w write, p publish without removing, a all.""";

    private static final String DEFAULT_SERVER = "http://127.0.0.1:8848/nacos";
    private static final String EXPECTED = " (expected: a running one, such as --server " + DEFAULT_SERVER + ")";
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int PAGE = 500;
    private static final Pattern OBJECT = Pattern.compile("\\{[^{}]*}");
    private static final Pattern TOKEN = Pattern.compile("\"accessToken\":\"([^\"]+)\"");
    private static final List<String> COLUMNS = List.of("role", "username", "resource", "action");
    private static final Set<String> OPTIONS =
            Set.of("data", "server", "ca", "certificate", "key", "user", "password-file", "new-password-file");

    private final List<String> words;
    private final Map<String, String> options;
    private final Map<String, String> environment;
    private final PrintStream out;
    private final Authorities authorities;

    private UserCommand(CommandLine line, Map<String, String> environment, PrintStream out) {
        this.words = line.words();
        this.options = line.options();
        this.environment = environment;
        this.out = out;
        this.authorities = DoctorCommand.authorities(options, environment);
    }

    /** @param arguments beginning with {@code user}, {@code role} or {@code permission} */
    static void run(List<String> arguments, Map<String, String> environment, PrintStream out) {
        CommandLine line = CommandLine.parse(arguments, OPTIONS, Set.of());
        if (line.asksForHelp()) {
            out.println(USAGE);
            return;
        }
        new UserCommand(line, environment, out).run();
    }

    private void run() {
        if (words.size() < 2) {
            throw usage();
        }
        if (options.containsKey("server")) {
            overHttp(options.getOrDefault("server", DEFAULT_SERVER));
            return;
        }
        Path data = data();
        if (!Files.isDirectory(data)) {
            throw new Unavailable("data directory " + data + ": absent (expected: a server's, or --server URL)");
        }
        try {
            inDataDirectory(data);
        } catch (Unavailable e) {
            if (!e.reason().contains("is in use by another process")) {
                throw e;
            }
            overHttp(DEFAULT_SERVER);
        }
    }

    private Path data() {
        return Path.of(options.getOrDefault("data", environment.getOrDefault("PLIMSOLL_DATA", "./data")));
    }

    private void inDataDirectory(Path data) {
        var budget = new MemoryBudget(32 * Bytes.MIB, 0);
        var loop = new ThreadLoop("auth", 1_000);
        var random = new SecureRandom();
        try (var journal =
                SqliteJournal.open(StoreSettings.in(data), budget.heap("journal", 0.5), InstantSource.system())) {
            var settings = new AuthSettings(false, Duration.ofHours(1), Integer.MAX_VALUE, Integer.MAX_VALUE);
            var users = new Auth(
                            settings,
                            List.of(new byte[32]),
                            loop,
                            Runnable::run,
                            journal,
                            budget.heap("auth", 0.5),
                            InstantSource.system(),
                            random,
                            NOPLogger.NOP_LOGGER,
                            NOPLogger.NOP_LOGGER)
                    .users();
            inDataDirectory(users);
        } finally {
            loop.close();
        }
    }

    private void inDataDirectory(Users users) {
        switch (command()) {
            case "user list" -> users.names().forEach(out::println);
            case "user create" -> done(users.create(word(2), newPassword()), "created " + word(2));
            case "user password" -> done(users.setPassword(word(2), newPassword()), "changed " + word(2));
            case "user delete" -> done(users.delete(word(2)), "deleted " + word(2));
            case "role list" -> users.roles().forEach(each -> out.println(each.role() + " " + each.user()));
            case "role give" -> done(users.giveRole(word(2), word(3)), "given");
            case "role take" -> done(users.takeRole(word(2), words.size() > 3 ? word(3) : ""), "taken");
            case "permission list" ->
                users.permissions().stream().map(Permission::toString).forEach(out::println);
            case "permission add" -> done(users.permit(word(2), word(3), word(4)), "added");
            case "permission remove" -> done(users.forbid(word(2), word(3), word(4)), "removed");
            default -> throw usage();
        }
    }

    private void overHttp(String server) {
        String base = server.endsWith("/") ? server.substring(0, server.length() - 1) : server;
        switch (command()) {
            case "user list" -> list(base, "/v3/auth/user/list");
            case "user create" ->
                change(base, "POST", "/v3/auth/user", Map.of("username", word(2), "password", newPassword()));
            case "user password" ->
                change(base, "PUT", "/v3/auth/user", Map.of("username", word(2), "newPassword", newPassword()));
            case "user delete" -> change(base, "DELETE", "/v3/auth/user", Map.of("username", word(2)));
            case "role list" -> list(base, "/v3/auth/role/list");
            case "role give" -> change(base, "POST", "/v3/auth/role", Map.of("role", word(2), "username", word(3)));
            case "role take" ->
                change(
                        base,
                        "DELETE",
                        "/v3/auth/role",
                        Map.of("role", word(2), "username", words.size() > 3 ? word(3) : ""));
            case "permission list" -> list(base, "/v3/auth/permission/list");
            case "permission add" -> change(base, "POST", "/v3/auth/permission", permission());
            case "permission remove" -> change(base, "DELETE", "/v3/auth/permission", permission());
            default -> throw usage();
        }
    }

    private Map<String, String> permission() {
        return Map.of("role", word(2), "resource", word(3), "action", word(4));
    }

    private void change(String base, String method, String path, Map<String, String> parameters) {
        // In the body, where nothing on the way logs it; DELETE has none.
        boolean inQuery = method.equals("DELETE");
        String form = form(parameters);
        String answer = call(base + path + (inQuery ? "?" + form : ""), method, inQuery ? "" : form, token(base));
        out.println(HttpMessages.texts(answer).getOrDefault("data", "done"));
    }

    private void list(String base, String path) {
        String token = token(base);
        for (int page = 1; ; page++) {
            String answer = call(base + path + "?pageNo=" + page + "&pageSize=" + PAGE, "GET", "", token);
            int items = answer.indexOf("\"pageItems\":");
            var rows = OBJECT.matcher(answer.substring(Math.max(0, items)));
            int found = 0;
            while (rows.find()) {
                Map<String, String> row = HttpMessages.texts(rows.group());
                out.println(
                        COLUMNS.stream().filter(row::containsKey).map(row::get).collect(Collectors.joining(" ")));
                found++;
            }
            if (found < PAGE) {
                return;
            }
        }
    }

    private String token(String base) {
        String state = call(base + "/v1/console/server/state", "GET", "", "");
        if (state.contains("\"auth_enabled\":\"false\"")) {
            return "";
        }
        String user = options.getOrDefault("user", Auth.FIRST_USER);
        String login =
                call(base + "/v1/auth/login", "POST", form(Map.of("username", user, "password", password(user))), "");
        var token = TOKEN.matcher(login);
        if (!token.find()) {
            throw new Unavailable("login at " + base + ": no token in the answer");
        }
        return token.group(1);
    }

    private String password(String user) {
        Path first = data().resolve(Server.FIRST_PASSWORD_FILE);
        return Passwords.known(options, environment)
                .or(() -> user.equals(Auth.FIRST_USER) && Files.isReadable(first)
                        ? Optional.of(Passwords.read(first))
                        : Optional.empty())
                .orElseGet(() -> Passwords.asked("password of " + user, "--password-file or PLIMSOLL_PASSWORD"));
    }

    private String newPassword() {
        String file = options.get("new-password-file");
        if (file != null) {
            return Passwords.read(Path.of(file));
        }
        String given = environment.get("PLIMSOLL_NEW_PASSWORD");
        return given != null
                ? given
                : Passwords.asked("new password of " + word(2), "--new-password-file or PLIMSOLL_NEW_PASSWORD");
    }

    private String call(String url, String method, String form, String token) {
        try {
            HttpURLConnection connection = authorities.connection(URI.create(url));
            connection.setConnectTimeout(PATIENCE_MILLIS);
            connection.setReadTimeout(PATIENCE_MILLIS);
            connection.setInstanceFollowRedirects(false);
            connection.setRequestMethod(method);
            if (!token.isEmpty()) {
                connection.setRequestProperty("Authorization", "Bearer " + token);
            }
            if (!form.isEmpty()) {
                connection.setDoOutput(true);
                connection.setRequestProperty("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8");
                connection.getOutputStream().write(form.getBytes(StandardCharsets.UTF_8));
            }
            int status = connection.getResponseCode();
            try (var in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                String body = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
                if (status != HttpURLConnection.HTTP_OK) {
                    throw new Unavailable("server: status " + status + ": "
                            + body.lines().findFirst().orElse(""));
                }
                return body;
            }
        } catch (IOException e) {
            String why = Authorities.why(e, url.startsWith("https:"));
            throw new Unavailable("server: " + why + (why.startsWith(Authorities.TLS) ? "" : EXPECTED));
        } catch (IllegalArgumentException e) {
            throw new Unavailable("server: " + e + EXPECTED);
        }
    }

    private static String form(Map<String, String> parameters) {
        var form = new StringBuilder();
        parameters.forEach((name, value) -> form.append(form.length() == 0 ? "" : "&")
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
        return form.toString();
    }

    private void done(CompletionStage<Void> change, String said) {
        try {
            change.toCompletableFuture().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof Refusal refusal) {
                throw refusal;
            }
            throw e;
        }
        out.println(said);
    }

    private String command() {
        return words.get(0) + " " + words.get(1);
    }

    private String word(int index) {
        if (index >= words.size()) {
            throw usage();
        }
        return words.get(index);
    }

    private static InvalidRequest usage() {
        return new InvalidRequest("user, role, permission: not understood (expected: as `plimsoll user --help` shows)");
    }
}
