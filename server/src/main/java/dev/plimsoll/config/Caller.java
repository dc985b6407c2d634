package dev.plimsoll.config;

/**
 * What gray rules know of someone who reads or listens.
 *
 * @param ip textual address; empty when it gives none
 * @param tag its label {@code Vipserver-Tag}; empty for none
 */
public record Caller(String ip, String tag) {
    /** Sees no gray version. */
    public static final Caller ANYBODY = new Caller("", "");

    public Caller {
        tag = tag.length() > GrayRule.MAX_TAG ? "" : tag; // no version is made for it
    }
}
