package dev.plimsoll;

import dev.plimsoll.ReferenceKeys.ReferenceKey;
import dev.plimsoll.ReferenceKeys.Treatment;
import dev.plimsoll.refusal.InvalidRequest;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The texts of the settings, from the options, then the environment, then the settings file, then the defaults.
 */
final class Values {
    private static final String OWN = "PLIMSOLL_";
    private static final int MAX_FILE = 1024 * 1024;
    private static final int MAX_NESTING = 8;
    private static final int MAX_VALUE = 64 * 1024;

    // Variables of the launcher and of other commands, which no Setting stands for.
    private static final List<String> LAUNCHER = List.of(
            "PLIMSOLL_CONFIG",
            "PLIMSOLL_JAVA_OPTS",
            "PLIMSOLL_JAVA_PLACES",
            "PLIMSOLL_DRY_RUN",
            "PLIMSOLL_PASSWORD",
            "PLIMSOLL_NEW_PASSWORD");

    private static final Pattern VARIABLE = Pattern.compile("[A-Z][A-Z0-9_]*");
    private static final Pattern SERVICE_LINK = Pattern.compile(
            "(?!MYSQL_).*_SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)|.*_PORT_[0-9]+_(TCP|UDP)(_(PROTO|PORT|ADDR))?");

    /** A text and where it was written, for refusals. */
    private record Written(String name, String text, String where) {}

    private final Map<String, String> environment;
    private final Map<String, Setting<?>> settings = new HashMap<>(); // by each canonical name
    private final ReferenceKeys reference = new ReferenceKeys();
    private final List<Map<String, Written>> sources; // the winning one first; by canonical name
    private final TreeSet<String> notYet = new TreeSet<>();

    private Values(Map<String, String> environment, Map<String, Written> options) {
        this.environment = environment;
        for (Setting<?> setting : KnownSettings.ALL) {
            settings.put(Setting.canonical(setting.name()), setting);
            setting.referenceNames().forEach(name -> settings.put(Setting.canonical(name), setting));
        }
        Written config = options.remove("config");
        String configPath = config != null ? config.text() : environment.get(OWN + "CONFIG");
        Map<String, Written> file = configPath == null ? Map.of() : file(configPath);
        this.sources = List.of(options, ofEnvironment(), file);
        options.values().forEach(this::check);
        environment.forEach((name, text) -> {
            if (isOurs(name, text) && !name.startsWith(OWN)) {
                reference
                        .findExact(Setting.canonical(name))
                        .ifPresent(key -> treat(key, new Written(name, text, "environment")));
            }
        });
        file.values().forEach(this::check);
    }

    /**
     * @param options as typed: {@code --port 8848} or {@code --port=8848}
     */
    static Values read(List<String> options, Map<String, String> environment) {
        return new Values(environment, ofOptions(options));
    }

    /** The value that wins, or the default. */
    <T> T get(Setting<T> setting) {
        Written written = find(setting);
        if (written == null) {
            return setting.kind().parser().apply(setting.standard()).orElseThrow();
        }
        String text = filled(written, written.text(), 0).trim();
        if (text.isEmpty()) {
            return setting.kind().parser().apply(setting.standard()).orElseThrow();
        }
        return setting.kind()
                .parser()
                .apply(text)
                .orElseThrow(() -> new InvalidRequest(written.where() + ": " + written.name() + ": '" + brief(text)
                        + "' (expected: " + setting.kind().expected() + ")"));
    }

    /** Names of the reference that ask for what this server does not do yet. */
    List<String> notYetSupported() {
        return List.copyOf(notYet);
    }

    private @Nullable Written find(Setting<?> setting) {
        for (Map<String, Written> source : sources) {
            Written written = source.get(Setting.canonical(setting.name()));
            for (String name : setting.referenceNames()) {
                written = written != null ? written : source.get(Setting.canonical(name));
            }
            if (written != null) {
                return written;
            }
        }
        return null;
    }

    private static Map<String, Written> ofOptions(List<String> options) {
        var read = new LinkedHashMap<String, Written>();
        for (int i = 0; i < options.size(); i++) {
            String word = options.get(i);
            if (!word.startsWith("--")) {
                throw new InvalidRequest("option: '" + brief(word) + "' (expected: --name value, such as --port 8848)");
            }
            int equals = word.indexOf('=');
            String name = equals < 0 ? word.substring(2) : word.substring(2, equals);
            if (equals < 0 && ++i == options.size()) {
                throw new InvalidRequest("option --" + brief(name) + ": no value (expected: --name value)");
            }
            String text = equals < 0 ? options.get(i) : word.substring(equals + 1);
            read.put(Setting.canonical(name), new Written("--" + name, text, "option"));
        }
        return read;
    }

    private static Map<String, Written> file(String config) {
        var properties = new Properties();
        try {
            Path path = Path.of(config);
            if (Files.size(path) > MAX_FILE) {
                throw new InvalidRequest("settings file " + config + ": " + Files.size(path)
                        + " bytes (expected: at most " + MAX_FILE + ")");
            }
            properties.load(new StringReader(Files.readString(path)));
        } catch (CharacterCodingException e) {
            throw new InvalidRequest("settings file " + config + ": not UTF-8 (expected: a properties file in UTF-8)");
        } catch (IOException e) {
            throw new InvalidRequest("settings file " + config + ": cannot be read ("
                    + e.getClass().getSimpleName() + ") (expected: a properties file)");
        } catch (IllegalArgumentException e) {
            throw new InvalidRequest("settings file " + config + ": " + e.getMessage()
                    + " (expected: a path to a properties file with whole \\u escapes)");
        }
        var read = new LinkedHashMap<String, Written>();
        for (String name : new TreeSet<>(properties.stringPropertyNames())) {
            read.put(
                    Setting.canonical(name),
                    new Written(name, properties.getProperty(name), "settings file " + config));
        }
        return read;
    }

    private Map<String, Written> ofEnvironment() {
        var read = new HashMap<String, Written>();
        environment.forEach((name, text) -> {
            if (!isOurs(name, text)) {
                return;
            }
            var written = new Written(name, text, "environment");
            String canonical = Setting.canonical(name);
            if (name.startsWith(OWN)) {
                canonical = Setting.canonical(name.substring(OWN.length()));
                Setting<?> setting = settings.get(canonical);
                if (setting == null || !canonical.equals(Setting.canonical(setting.name()))) {
                    throw unknown(written, OWN);
                }
                read.put(canonical, written);
            } else if (isReferenceName(canonical)) {
                read.put(canonical, written);
            }
        });
        return read;
    }

    private static boolean isOurs(String name, String text) {
        return VARIABLE.matcher(name).matches() && !LAUNCHER.contains(name) && !isServiceLink(name, text);
    }

    /** Our own short names, such as HOST, belong to other programs when they stand in the environment unprefixed. */
    private boolean isReferenceName(String canonical) {
        Setting<?> setting = settings.get(canonical);
        return setting != null
                && setting.referenceNames().stream()
                        .anyMatch(name -> Setting.canonical(name).equals(canonical));
    }

    /** Kubernetes announces a service named plimsoll to its neighbours as PLIMSOLL_PORT=tcp://10.0.0.7:8848 and more. */
    private static boolean isServiceLink(String name, String text) {
        return text.startsWith("tcp://")
                || text.startsWith("udp://")
                || SERVICE_LINK.matcher(name).matches();
    }

    private void check(Written written) {
        String canonical = Setting.canonical(
                written.name().startsWith("--") ? written.name().substring(2) : written.name());
        if (!settings.containsKey(canonical)) {
            Optional<ReferenceKey> key = reference.find(canonical);
            if (key.isEmpty()) {
                throw unknown(written, "");
            }
            treat(key.get(), written);
        }
    }

    private void treat(ReferenceKey key, Written written) {
        if (key.treatment() == Treatment.IGNORED) {
            return;
        }
        String text = hasUnsetPlaceholder(written)
                ? written.text()
                : filled(written, written.text(), 0).trim();
        if (text.isEmpty() || text.equalsIgnoreCase(key.idle())) {
            return;
        }
        if (key.treatment() == Treatment.REFUSED) {
            throw new InvalidRequest(written.where() + ": " + written.name() + ": '" + brief(text) + "' (expected: "
                    + key.idle() + "; " + key.reason() + ")");
        }
        notYet.add(written.name());
    }

    private boolean hasUnsetPlaceholder(Written written) {
        try {
            filled(written, written.text(), 0);
            return false;
        } catch (InvalidRequest e) {
            return true; // matters only to a setting that has effect
        }
    }

    /** Replaces each {@code ${name}} and {@code ${name:default}} by what the sources say of the name. */
    private String filled(Written written, String text, int depth) {
        int open = text.indexOf("${");
        if (open < 0) {
            return text;
        }
        int close = closing(text, open + 2);
        if (close < 0) {
            return text;
        }
        if (depth == MAX_NESTING) {
            throw new InvalidRequest(written.where() + ": " + written.name() + ": placeholders nested or repeated "
                    + MAX_NESTING + " times (expected: fewer)");
        }
        String inner = text.substring(open + 2, close);
        int colon = inner.indexOf(':');
        String name = colon < 0 ? inner : inner.substring(0, colon);
        String found = lookUp(name);
        if (found == null && colon < 0) {
            throw new InvalidRequest(written.where() + ": " + written.name() + ": '${" + brief(name)
                    + "}' (expected: a name that is set, or ${" + brief(name) + ":default})");
        }
        String replacement = filled(written, found != null ? found : inner.substring(colon + 1), depth + 1);
        String rest = filled(written, text.substring(close + 1), depth);
        if (open + replacement.length() + rest.length() > MAX_VALUE) {
            throw new InvalidRequest(written.where() + ": " + written.name() + ": more than " + MAX_VALUE
                    + " characters with its placeholders filled (expected: fewer)");
        }
        return text.substring(0, open) + replacement + rest;
    }

    /** The brace that ends a placeholder whose inside begins at {@code from}, or -1. */
    private static int closing(String text, int from) {
        int nested = 0;
        for (int i = from; i < text.length(); i++) {
            if (text.startsWith("${", i)) {
                nested++;
            } else if (text.charAt(i) == '}' && nested-- == 0) {
                return i;
            }
        }
        return -1;
    }

    private @Nullable String lookUp(String name) {
        String inEnvironment = environment.get(name);
        if (inEnvironment != null) {
            return inEnvironment;
        }
        for (Map<String, Written> source : sources) {
            Written written = source.get(Setting.canonical(name));
            if (written != null) {
                return written.text();
            }
        }
        return null;
    }

    private InvalidRequest unknown(Written written, String prefix) {
        String typed = Setting.canonical(
                written.name().startsWith(prefix) ? written.name().substring(prefix.length()) : written.name());
        var names = new ArrayList<String>();
        KnownSettings.ALL.forEach(setting -> names.add(setting.name()));
        if (prefix.isEmpty()) {
            KnownSettings.ALL.forEach(setting -> names.addAll(setting.referenceNames()));
            names.addAll(reference.names());
        }
        String nearest = names.stream()
                .min(Comparator.comparingInt(name -> distance(typed, Setting.canonical(name))))
                .orElseThrow();
        if (!prefix.isEmpty()) {
            nearest =
                    prefix + nearest.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
        } else if (written.name().startsWith("--")) {
            nearest = "--" + nearest;
        }
        return new InvalidRequest(written.where() + ": unknown setting '" + brief(written.name())
                + "' (expected: a name of docs/SETTINGS.md; the nearest is '" + nearest + "')");
    }

    /** How many characters must be put in, taken out or changed to make one of the other. */
    static int distance(String one, String other) {
        String from = one.length() > 100 ? one.substring(0, 100) : one;
        int[] row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int above = row[j];
                int changed = diagonal + (from.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(changed, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[other.length()];
    }

    private static String brief(String text) {
        return text.length() <= 100 ? text : text.substring(0, 100) + "...";
    }
}
