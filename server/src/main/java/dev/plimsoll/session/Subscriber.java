package dev.plimsoll.session;

/** Who watches services, as operators are shown it. Any thread. */
public interface Subscriber {
    /** The connection's id, or the address that is told by UDP. */
    String id();

    String ip();

    /** Where it is told by UDP; 0 when it has a connection. */
    int port();

    /** The client's name and version. */
    String agent();

    String app();
}
