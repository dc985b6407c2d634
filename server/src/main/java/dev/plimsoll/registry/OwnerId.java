package dev.plimsoll.registry;

/**
 * Who published instances: a connection, whose end takes them away; an address that keeps itself alive by heart beats;
 * or the address of a persistent instance. The forms are those of the reference, which operators know from its logs.
 */
public record OwnerId(String id) {
    private static final String BEATING = "#true";
    private static final String PERSISTENT = "#false";

    public static OwnerId connection(String connectionId) {
        return new OwnerId(connectionId);
    }

    public static OwnerId beating(String ip, int port) {
        return new OwnerId(ip + ":" + port + BEATING);
    }

    public static OwnerId persistent(String ip, int port) {
        return new OwnerId(ip + ":" + port + PERSISTENT);
    }

    /** The server looks by itself whether it lives. */
    public boolean isChecked() {
        return id.endsWith(PERSISTENT);
    }

    /** Its end takes away what it published. */
    public boolean isConnection() {
        return !isChecked() && !beats();
    }

    /** It keeps itself alive by heart beats. */
    boolean beats() {
        return id.endsWith(BEATING);
    }
}
