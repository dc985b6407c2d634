package dev.plimsoll.config;

import java.util.Collection;

/** Is told of every change of a content, in the turn of the loop that makes it visible. */
public interface ConfigChanges {
    /**
     * The content of {@code key} is now another, or gone. Hand over and return at once.
     *
     * @param watchers those who watch it, never empty; a view, good during this call only
     */
    void changed(ConfigKey key, Collection<Watcher> watchers);
}
