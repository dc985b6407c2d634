package dev.plimsoll.config;

import java.util.Collection;

/** Is told of every change of what somebody sees, in the turn of the loop that makes it visible. */
public interface ConfigChanges {
    /**
     * Some see another content of {@code key} now, or none. Hand over and return at once.
     *
     * @param watchers those of them who watch it, never empty; a view, good during this call only
     */
    void changed(ConfigKey key, Collection<Watcher> watchers);
}
