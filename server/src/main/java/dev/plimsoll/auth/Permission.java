package dev.plimsoll.auth;

import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.store.NamespaceId;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a role permits: actions on the resources a pattern stands for. In {@code dev:ORDERS:config/app-*} each part is
 * compared with its like, and {@code *} stands for any text within that part; nothing else is special. {@code dev:*:*} is
 * all of a namespace and {@code *} is everything. A pattern that begins with a colon means the public namespace.
 */
public final class Permission {
    private static final int MAX_RESOURCE = 255;
    private static final Pattern TYPED = Pattern.compile("(naming|config|ai|lock)/.+", Pattern.DOTALL);

    private final String role;
    private final String resource;
    private final String action;
    private final Set<Action> allowed;
    private final String namespace;
    private final String group;
    private final String name;

    Permission(String role, String resource, String action) {
        this.role = Checks.name("role", role);
        this.resource = resource;
        this.action = action;
        this.allowed = Action.allowedBy(action);
        if (resource.length() > MAX_RESOURCE || resource.chars().anyMatch(Character::isISOControl)) {
            throw wrong(resource);
        }
        int colon = resource.indexOf(':');
        if (colon < 0) {
            if (!resource.equals("*")) {
                throw wrong(resource);
            }
            this.namespace = "*";
            this.group = "*";
            this.name = "*";
            return;
        }
        this.namespace = NamespaceId.of(resource.substring(0, colon));
        String rest = resource.substring(colon + 1);
        if (rest.equals("*")) {
            this.group = "*";
            this.name = "*";
            return;
        }
        // Groups and names may hold colons: the first one that a type or a lone star follows is the border.
        int border = rest.indexOf(':');
        while (border >= 0 && !isName(rest.substring(border + 1))) {
            border = rest.indexOf(':', border + 1);
        }
        if (border < 0) {
            throw wrong(resource);
        }
        String left = rest.substring(0, border);
        this.group = left.isBlank() ? "*" : left;
        this.name = rest.substring(border + 1);
    }

    public String role() {
        return role;
    }

    public String resource() {
        return resource;
    }

    public String action() {
        return action;
    }

    boolean permits(Action wanted, Resource touched) {
        return allowed.contains(wanted)
                && matches(namespace, touched.namespace())
                && matches(group, touched.group())
                && matches(name, touched.typeAndName());
    }

    /** Whether the namespace is one of those in which it permits this on some names. */
    boolean permitsIn(Action wanted, String in) {
        return allowed.contains(wanted) && matches(namespace, in);
    }

    /** As text, so that the same permission given twice is one. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Permission that
                && role.equals(that.role)
                && resource.equals(that.resource)
                && action.equals(that.action);
    }

    @Override
    public int hashCode() {
        return (role.hashCode() * 31 + resource.hashCode()) * 31 + action.hashCode();
    }

    @Override
    public String toString() {
        return role + " " + resource + " " + action;
    }

    /** Goes back to the last star only, so that no pattern takes more than the product of both lengths. */
    public static boolean matches(String pattern, String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int after = 0;
        while (t < text.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                after = t;
            } else if (p < pattern.length() && pattern.charAt(p) == text.charAt(t)) {
                p++;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++after;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    private static boolean isName(String text) {
        return text.equals("*") || TYPED.matcher(text).matches();
    }

    private static InvalidRequest wrong(String resource) {
        return new InvalidRequest(
                "resource: '" + Checks.echo(resource) + "' (expected: namespace:group:type/name with type"
                        + " naming or config, namespace:*:*, or *; at most " + MAX_RESOURCE + " characters)");
    }
}
