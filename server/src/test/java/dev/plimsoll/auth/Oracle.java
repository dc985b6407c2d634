package dev.plimsoll.auth;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Says who may do what by the words of the documentation alone, with none of the gate's code: a permission's three parts are
 * regular expressions in which only the star is special, and a part that a request leaves open is the text {@code *}.
 */
public record Oracle(List<Rule> rules) {
    private static final List<String> NAMESPACES = List.of("dev", "prod", "public", "", "d*", "*", "de");
    private static final List<String> GROUPS = List.of("G", "H", "G*", "*", "");
    private static final List<String> NAMES =
            List.of("*", "config/*", "naming/*", "config/one", "naming/one", "config/o*", "naming/*e", "config/o.e");
    private static final List<String> WHOLE = List.of("*", "dev:*", "dev:*:*", ":*:*", "*:*:*");
    private static final List<String> ACTIONS = List.of("r", "w", "rw", "p", "rp", "a");

    /** One permission as it is written. */
    public record Rule(String namespace, String group, String name, String resource, String action) {}

    /** What a request does to what, as the test that made it knows. */
    public record Touch(char action, String namespace, String group, String typeAndName) {
        public static Touch config(char action, String namespace, String group, String dataId) {
            return new Touch(action, namespace, open(group), "config/" + open(dataId));
        }

        public static Touch service(char action, String namespace, String group, String name) {
            return new Touch(action, namespace, open(group), "naming/" + open(name));
        }

        private static String open(String part) {
            return part.isBlank() ? "*" : part;
        }
    }

    /** One to four permissions. */
    public static Oracle random(Random random) {
        var rules = new ArrayList<Rule>();
        for (int i = 0; i <= random.nextInt(4); i++) {
            String action = any(ACTIONS, random);
            if (random.nextInt(8) == 0) {
                String whole = any(WHOLE, random);
                int colon = whole.indexOf(':');
                rules.add(new Rule(colon < 0 ? "*" : whole.substring(0, colon), "*", "*", whole, action));
            } else {
                String namespace = any(NAMESPACES, random);
                String group = any(GROUPS, random);
                String name = any(NAMES, random);
                String resource = namespace + ":" + group + ":" + name;
                rules.add(new Rule(namespace, group.isEmpty() ? "*" : group, name, resource, action));
            }
        }
        return new Oracle(rules);
    }

    public static <T> T any(List<T> some, Random random) {
        return some.get(random.nextInt(some.size()));
    }

    public boolean permits(Touch touch) {
        return rules.stream().anyMatch(rule -> permits(rule, touch));
    }

    /** Whether there may be something in a namespace that may be read. */
    public boolean readsIn(String namespace) {
        return rules.stream()
                .anyMatch(rule ->
                        rule.action().matches(".*[ra].*") && matches(named(rule.namespace()), named(namespace)));
    }

    private static boolean permits(Rule rule, Touch touch) {
        boolean action =
                switch (touch.action()) {
                    case 'r' -> rule.action().matches(".*[ra].*");
                    case 'w' -> rule.action().matches(".*[wa].*");
                    case 'p' -> rule.action().matches(".*[wpa].*");
                    default -> rule.action().contains("a");
                };
        return action
                && matches(named(rule.namespace()), named(touch.namespace()))
                && matches(rule.group(), touch.group())
                && matches(rule.name(), touch.typeAndName());
    }

    private static String named(String namespace) {
        String plain = namespace.strip().toLowerCase(Locale.ROOT);
        return plain.isEmpty() || plain.equals("null") || plain.equals("public") ? "public" : namespace.strip();
    }

    private static boolean matches(String pattern, String text) {
        String regex = Stream.of(pattern.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
        return Pattern.compile(regex, Pattern.DOTALL).matcher(text).matches();
    }
}
