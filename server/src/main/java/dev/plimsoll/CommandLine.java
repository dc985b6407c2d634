package dev.plimsoll;

import dev.plimsoll.refusal.InvalidRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The words and options of a command other than {@code start}: {@code --name value}, {@code --name=value}, and flags
 * without a value, which map to "true".
 */
record CommandLine(List<String> words, Map<String, String> options) {
    CommandLine {
        words = List.copyOf(words);
        options = Map.copyOf(options);
    }

    /**
     * @param names of options that have a value
     * @param flags names of those that have none; {@code help} is always one
     */
    static CommandLine parse(List<String> arguments, Collection<String> names, Collection<String> flags) {
        var words = new ArrayList<String>();
        var options = new HashMap<String, String>();
        for (int i = 0; i < arguments.size(); i++) {
            String word = arguments.get(i);
            if (!word.startsWith("--")) {
                words.add(word);
                continue;
            }
            int equals = word.indexOf('=');
            String name = equals < 0 ? word.substring(2) : word.substring(2, equals);
            if (equals < 0 && (flags.contains(name) || name.equals("help"))) {
                options.put(name, "true");
                continue;
            }
            if (!names.contains(name)) {
                var known = new TreeSet<>(names);
                known.addAll(flags);
                throw new InvalidRequest("option: '--" + name + "' (expected: one of --" + String.join(", --", known)
                        + "; a password is never on the command line)");
            }
            if (equals < 0 && ++i == arguments.size()) {
                throw new InvalidRequest("option --" + name + ": no value (expected: --" + name + " value)");
            }
            options.put(name, equals < 0 ? arguments.get(i) : word.substring(equals + 1));
        }
        return new CommandLine(words, options);
    }

    boolean asksForHelp() {
        return options.containsKey("help");
    }
}
