package dev.plimsoll.http;

import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.wire.HttpMessages;
import dev.plimsoll.wire.JsonText;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/**
 * Which of a service's instances a client is shown, by the place it is in. That needs a directory of places, which this
 * server has no access to; so there is the selector that selects all, and any other is refused.
 */
final class Selectors {
    /** How a refusal begins. */
    static final String REFUSED = "not match any type of selector!";

    private Selectors() {}

    /** Refuses what is not the selector of all. */
    static void check(NamingForm form) {
        String json = form.json("selector");
        if (json.startsWith("%")) {
            json = decoded(json); // clients encode it once more
        }
        if (json.isEmpty()) {
            return;
        }
        String type;
        try {
            type = HttpMessages.texts(json).getOrDefault("type", "");
        } catch (InvalidRequest e) {
            throw new InvalidRequest(REFUSED + " selector: '" + Form.echo(json) + "' (expected: {\"type\":\"none\"})");
        }
        if (!type.equalsIgnoreCase("none")) {
            throw new InvalidRequest(REFUSED + " type '" + Form.echo(type) + "' (expected: none)");
        }
    }

    static void write(JsonText json) {
        json.name("selector")
                .open('{')
                .field("type", "none")
                .field("contextType", "NONE")
                .close('}');
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new InvalidRequest(REFUSED + " selector: '" + Form.echo(text) + "' (expected: {\"type\":\"none\"})");
        }
    }
}
