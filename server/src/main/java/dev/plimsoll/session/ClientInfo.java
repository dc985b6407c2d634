package dev.plimsoll.session;

import dev.plimsoll.config.Caller;
import dev.plimsoll.vitals.LogText;
import java.util.HashMap;
import java.util.Map;

/**
 * What a client said of itself when it connected, clipped, and without what could end a line of a log or speak to a terminal:
 * it is shown on pages, in findings and in logs.
 *
 * @param ip the address it believes it has; the peer's when it gave none
 * @param labels {@code source}, {@code module}, {@code AppName} and others
 */
public record ClientInfo(String version, String ip, Map<String, String> labels) {
    /** The label, and the header of a request, by which tags are given. */
    public static final String TAG = "Vipserver-Tag";

    private static final int MAX_LABELS = 64;
    private static final int MAX_LENGTH = 256;

    public ClientInfo {
        version = clip(version);
        ip = clip(ip);
        var kept = new HashMap<String, String>();
        for (var label : labels.entrySet()) {
            if (kept.size() < MAX_LABELS) {
                kept.put(clip(label.getKey()), clip(label.getValue()));
            }
        }
        labels = Map.copyOf(kept);
    }

    /** The application's name, as subscribers are listed; {@code unknown} when it gave none. */
    public String app() {
        String name = labels.getOrDefault("AppName", "");
        return name.isBlank() || name.equals("-") ? "unknown" : name;
    }

    /** What it is for gray versions of configurations. Clients from 2.3.2 on put a word before labels of the application. */
    public Caller caller() {
        return new Caller(
                ip,
                labels.getOrDefault("app_" + TAG, labels.getOrDefault(TAG, "")).trim());
    }

    /** What it holds on the heap. */
    public long heapBytes() {
        long bytes = 96 + text(version) + text(ip);
        for (var label : labels.entrySet()) {
            bytes += 16 + text(label.getKey()) + text(label.getValue());
        }
        return bytes;
    }

    private static long text(String text) {
        return 48 + 2L * text.length();
    }

    private static String clip(String text) {
        return LogText.line(text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH));
    }
}
