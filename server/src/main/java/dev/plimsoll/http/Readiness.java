package dev.plimsoll.http;

import java.util.List;

/** What keeps the server from serving clients. Asked by any thread; must not block. */
@FunctionalInterface
public interface Readiness {
    /** The parts that are not ready, such as {@code config}; none when it serves. */
    List<String> missing();
}
