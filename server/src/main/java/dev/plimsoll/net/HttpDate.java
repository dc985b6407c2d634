package dev.plimsoll.net;

import io.netty.util.AsciiString;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The text of the Date header, written once a second instead of once an answer. */
final class HttpDate {
    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private final InstantSource clock;
    private volatile AsciiString text;

    HttpDate(InstantSource clock) {
        this.clock = clock;
        this.text = now(clock);
    }

    void refresh() {
        text = now(clock);
    }

    AsciiString text() {
        return text;
    }

    private static AsciiString now(InstantSource clock) {
        return AsciiString.cached(FORMAT.format(clock.instant()));
    }
}
