package dev.plimsoll.http;

import dev.plimsoll.net.HttpAnswer;
import dev.plimsoll.wire.HttpMessages;
import dev.plimsoll.wire.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * How a generation of the naming interface writes its answers: v1 bare, the later ones in an envelope. What they answer is
 * the same but for some names.
 */
enum Dialect {
    V1,
    V2,
    V3;

    /** The reference names no character set here. */
    private static final String JSON = "application/json";

    private static final byte[] OK = "ok".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] QUOTED_OK = "\"ok\"".getBytes(StandardCharsets.US_ASCII);

    /** It is done. */
    HttpAnswer ok() {
        return this == V1 ? plainOk() : HttpAnswer.json(200, HttpMessages.envelope(QUOTED_OK));
    }

    /** The same in the one form all generations have somewhere. */
    static HttpAnswer plainOk() {
        return new HttpAnswer(200, HttpAnswer.TEXT, List.of(), OK);
    }

    /** Where an answer is to be written. */
    JsonText begin() {
        return this == V1 ? new JsonText() : HttpMessages.success();
    }

    /** What was written since {@link #begin}. */
    HttpAnswer end(JsonText json) {
        return this == V1
                ? bare(json.bytes())
                : HttpAnswer.json(200, json.close('}').bytes());
    }

    HttpAnswer json(byte[] json) {
        return this == V1 ? bare(json) : HttpAnswer.json(200, HttpMessages.envelope(json));
    }

    /** JSON without an envelope. */
    static HttpAnswer bare(byte[] json) {
        return new HttpAnswer(200, JSON, List.of(), json);
    }
}
