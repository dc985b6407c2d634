package dev.plimsoll.config;

/** Someone who wants to hear of changes, for as long as a connection lives. Compared by identity. */
public interface Watcher {
    /**
     * True from the moment the connection is gone. Set it before {@link Configs#forget}: a listen call that is overtaken
     * by the disconnect then leaves nothing behind. Any thread.
     */
    boolean closed();

    /** Which of a configuration's versions it sees. Any thread. */
    Caller caller();

    /** Heap bytes it keeps itself of each configuration it watches, which are charged with the watch. */
    default long keptBytes(ConfigKey key) {
        return 0;
    }
}
