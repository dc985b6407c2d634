package dev.plimsoll.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The formats a configuration may claim; anything else is text, as in the reference from 2.5 on. */
final class ConfigType {
    private static final String TEXT = "text";
    private static final List<String> KNOWN =
            List.of(TEXT, "properties", "yaml", "json", "xml", "html", "toml", "unset");

    private ConfigType() {}

    /** The one string of the known type that equals {@code type}, so that entries share it. */
    static String of(@Nullable String type) {
        for (String known : KNOWN) {
            if (known.equals(type)) {
                return known;
            }
        }
        return TEXT;
    }
}
