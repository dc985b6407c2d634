package dev.plimsoll.bench.client;

/** HTTP/2 flow-control windows that a client grants: of each stream, and of the connection. */
public record Windows(int stream, int connection) {
    /** Those of HTTP/2 itself for a stream, so that a stalled one holds little; the connection is not the limit. */
    public static final Windows DEFAULT = new Windows(Frames.DEFAULT_WINDOW, 4 << 20);
    /** For clients that really want to read. */
    public static final Windows WIDE = new Windows(1 << 20, 16 << 20);
    /** So wide that only the socket limits what the server sends. */
    public static final Windows BOUNDLESS = new Windows(Integer.MAX_VALUE, Integer.MAX_VALUE);
    /** Nothing beyond what HTTP/2 grants unasked. */
    public static final Windows NARROW = new Windows(Frames.DEFAULT_WINDOW, Frames.DEFAULT_WINDOW);

    public Windows {
        if (stream < 1 || connection < Frames.DEFAULT_WINDOW) {
            throw new IllegalArgumentException(
                    "windows: " + stream + ", " + connection + " (expected: stream > 0, connection >= 65535)");
        }
    }
}
