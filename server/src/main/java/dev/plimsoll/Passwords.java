package dev.plimsoll;

import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.Unavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Where the commands get passwords from: never from a word of the command, which every process could read. */
final class Passwords {
    private static final int MAX_FILE = 4_096;

    private Passwords() {}

    /** That of {@code --password-file} or {@code PLIMSOLL_PASSWORD}. */
    static Optional<String> known(Map<String, String> options, Map<String, String> environment) {
        String file = options.get("password-file");
        return file != null
                ? Optional.of(read(Path.of(file)))
                : Optional.ofNullable(environment.get("PLIMSOLL_PASSWORD"));
    }

    /**
     * Asks on the terminal.
     *
     * @param otherwise how else it could have been given
     */
    @SuppressWarnings("SystemConsoleNull") // it is null without a terminal up to JDK 21; newer ones read what is piped
    static String asked(String question, String otherwise) {
        var console = System.console();
        char[] typed = console == null ? null : console.readPassword("%s: ", question);
        if (typed == null) {
            throw new InvalidRequest("password: nobody to ask (expected: a terminal, " + otherwise + ")");
        }
        return new String(typed);
    }

    static String read(Path file) {
        try {
            if (Files.size(file) > MAX_FILE) {
                throw new InvalidRequest("password file " + file + ": too long (expected: at most " + MAX_FILE + ")");
            }
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new Unavailable("password file " + file + ": " + e);
        }
    }
}
