package dev.plimsoll.store;

/**
 * The id of a namespace as it is stored, looked up and guarded, from what a client calls it. What is looked up and what
 * permissions are asked about must be the same namespace, so both get it here and nowhere else: {@code " dev "} is
 * {@code dev}, and nothing, {@code Public} and {@code null} are {@code public}.
 */
public final class NamespaceId {
    /** The namespace that is always there. Clients of 1.x and 2.x have no name for it, or make {@code null} of that. */
    public static final String PUBLIC = "public";

    private NamespaceId() {}

    /** Never empty. */
    public static String of(String text) {
        String id = text.trim();
        boolean isPublic = id.isBlank() || id.equalsIgnoreCase(PUBLIC) || id.equalsIgnoreCase("null");
        return isPublic ? PUBLIC : id;
    }

    /** Whether a text means the public namespace. */
    public static boolean isPublic(String text) {
        return of(text).equals(PUBLIC);
    }
}
