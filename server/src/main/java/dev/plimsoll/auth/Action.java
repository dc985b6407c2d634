package dev.plimsoll.auth;

import dev.plimsoll.refusal.InvalidRequest;
import java.util.EnumSet;
import java.util.Set;

/**
 * What somebody does to a resource. A permission names them by letters: {@code r} and {@code w}, alone or together, as the
 * reference has them; beyond that {@code p}, which creates and replaces but does not remove, and {@code a}, which is all.
 */
public enum Action {
    READ('r'),
    WRITE('w'),
    PUBLISH('p'),
    ADMIN('a');

    private final char letter;

    Action(char letter) {
        this.letter = letter;
    }

    /** The actions that the letters of a permission allow. */
    static Set<Action> allowedBy(String letters) {
        var allowed = EnumSet.noneOf(Action.class);
        for (int i = 0; i < letters.length(); i++) {
            switch (letters.charAt(i)) {
                case 'r' -> allowed.add(READ);
                case 'w' -> {
                    allowed.add(WRITE);
                    allowed.add(PUBLISH);
                }
                case 'p' -> allowed.add(PUBLISH);
                case 'a' -> allowed.addAll(EnumSet.allOf(Action.class));
                default -> throw wrong(letters);
            }
        }
        if (allowed.isEmpty() || letters.length() > values().length) {
            throw wrong(letters);
        }
        return allowed;
    }

    @Override
    public String toString() {
        return String.valueOf(letter);
    }

    private static InvalidRequest wrong(String letters) {
        return new InvalidRequest(
                "action: '" + Checks.echo(letters) + "' (expected: letters of r, w, p and a, such as rw)");
    }
}
