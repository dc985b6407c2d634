package dev.plimsoll.compat.sdk;

import java.util.function.Consumer;

/** An official config client. A content that is not there is null, here as in the client. */
public interface Configs extends AutoCloseable {

    String get(String dataId, String group);

    boolean publish(String dataId, String group, String content);

    boolean publish(String dataId, String group, String content, String type);

    boolean publishCas(String dataId, String group, String content, String expectedMd5);

    boolean remove(String dataId, String group);

    /** Every content the client reports goes to the listener, null for a removal, until the answer is closed. */
    Stop listen(String dataId, String group, Consumer<String> listener);

    /** Reads and listens in one step. The first content goes to the listener too, before this returns. */
    Stop readAndListen(String dataId, String group, Consumer<String> listener);

    @Override
    void close();
}
