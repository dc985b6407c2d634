package dev.plimsoll.http;

import dev.plimsoll.net.HttpCall;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.registry.ServiceKey;
import dev.plimsoll.wire.HttpMessages;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request's parameters by the reference's rules: values are trimmed, and a blank one counts as absent. The rules of
 * configurations, whose values are taken as they are, are {@link #asIs} and {@link #bound}.
 */
final class Form {
    /** Of metadata and heart beats before they are parsed; what an instance may keep of it is far less. */
    private static final int MAX_JSON = 64 << 10;

    /** How a refusal begins that v2 and v3 have a code of their own for. */
    static final String MISSING = "Required parameter '";

    private static final String MISSING_END = "is not present";

    private static final int MAX_ECHO = 100;
    private static final Set<String> YES = Set.of("true", "yes", "y", "on", "t", "1");

    private final HttpCall call;
    private final Charset encoding;

    Form(HttpCall call) {
        this.call = call;
        this.encoding = charset(asIs("encoding").trim());
    }

    /** It refuses what lacks a parameter. */
    static boolean isMissing(String reason) {
        return reason.startsWith(MISSING) && reason.endsWith(MISSING_END);
    }

    /** The value, not trimmed; "" when absent. */
    String asIs(String name) {
        String value = call.parameter(name);
        return value == null ? "" : value;
    }

    /** As {@link #bound}, in the words of v2 and v3. */
    String present(String name) {
        String value = call.parameter(name);
        if (value == null) {
            throw new InvalidRequest(MISSING + name + "' type String is not present");
        }
        return value;
    }

    /** The value, not trimmed, which may be blank but not absent. */
    String bound(String name) {
        String value = call.parameter(name);
        if (value == null) {
            throw new InvalidRequest("Parameter '" + name + "' is missing");
        }
        return value;
    }

    /** The value; "" when absent. */
    String text(String name) {
        String value = asIs(name);
        if (!encoding.equals(StandardCharsets.UTF_8)) {
            value = new String(value.getBytes(StandardCharsets.UTF_8), encoding);
        }
        return value.trim();
    }

    String text(String name, String otherwise) {
        String value = text(name);
        return value.isEmpty() ? otherwise : value;
    }

    String required(String name) {
        String value = text(name);
        if (value.isEmpty()) {
            throw new InvalidRequest("Param '" + name + "' is required.");
        }
        return value;
    }

    /** As the reference reads a switch: what is not a yes is a no. */
    boolean yes(String name, boolean otherwise) {
        String value = text(name);
        return value.isEmpty() ? otherwise : YES.contains(value.toLowerCase(Locale.ROOT));
    }

    /** Exactly {@code true}. */
    boolean isTrue(String name) {
        return text(name).equalsIgnoreCase("true");
    }

    int requiredNumber(String name) {
        return number(required(name));
    }

    int port() {
        return port(requiredNumber("port"));
    }

    static int port(int port) {
        if (port < 0 || port > 65_535) {
            throw new InvalidRequest("Param 'port' is illegal, the value should be between 0 and 65535.");
        }
        return port;
    }

    int number(String name, int otherwise) {
        String value = text(name);
        return value.isEmpty() ? otherwise : number(value);
    }

    double decimal(String name, double otherwise) {
        String value = text(name);
        if (value.isEmpty()) {
            return otherwise;
        }
        try {
            return Double.parseDouble(value);
        } catch (NumberFormatException e) {
            throw notANumber(value);
        }
    }

    /** An object of texts, or {@code k1=v1,k2=v2}. */
    Map<String, String> metadata(String name) {
        String value = json(name);
        if (value.isEmpty()) {
            return Map.of();
        }
        if (value.startsWith("{")) {
            try {
                return HttpMessages.texts(value);
            } catch (InvalidRequest e) {
                throw wrongMetadata(value);
            }
        }
        var pairs = new HashMap<String, String>();
        for (String pair : value.split(",", -1)) {
            String[] parts = pair.split("=", -1);
            if (parts.length != 2) {
                throw wrongMetadata(value);
            }
            pairs.put(parts[0], parts[1]);
        }
        return pairs;
    }

    /** A text to be parsed; "" when absent. */
    String json(String name) {
        String value = text(name);
        if (value.length() > MAX_JSON) {
            throw new InvalidRequest(
                    "Param '" + name + "' is illegal, the param length should not exceed " + MAX_JSON + ".");
        }
        return value;
    }

    /** A service named in v1's way: {@code group@@name}, or its name beside a group; the joined form wins. */
    ServiceKey service() {
        String namespace = text("namespaceId");
        String name = required("serviceName");
        if (!name.contains(ServiceKey.JOIN)) {
            return new ServiceKey(namespace, text("groupName"), name);
        }
        String[] parts = name.split(ServiceKey.JOIN, -1);
        if (parts.length < 2 || parts[0].isEmpty() || parts[1].isEmpty()) {
            throw new InvalidRequest("Param 'serviceName' is illegal, it should be format as 'groupName@@serviceName'");
        }
        return new ServiceKey(namespace, parts[0], parts[1]);
    }

    /** A value fit to be part of a message. */
    static String echo(String value) {
        return value.length() <= MAX_ECHO ? value : value.substring(0, MAX_ECHO) + "...";
    }

    private static int number(String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw notANumber(value);
        }
    }

    private static InvalidRequest notANumber(String value) {
        return new InvalidRequest("For input string: \"" + echo(value) + "\"");
    }

    private static InvalidRequest wrongMetadata(String value) {
        return new InvalidRequest("metadata format incorrect:" + echo(value));
    }

    private static Charset charset(@Nullable String name) {
        if (name == null || name.isEmpty()) {
            return StandardCharsets.UTF_8;
        }
        try {
            return Charset.forName(name);
        } catch (IllegalArgumentException e) {
            throw new InvalidRequest("encoding: '" + echo(name) + "' (expected: the name of a character set)");
        }
    }
}
