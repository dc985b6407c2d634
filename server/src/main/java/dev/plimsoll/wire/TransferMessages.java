package dev.plimsoll.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The JSON of copying configurations about. */
public final class TransferMessages {
    private TransferMessages() {}

    /** What to clone, and under which names: v1 and the console say it in the first three words, v3 in the others. */
    @Json
    public record CloneItem(
            @Nullable String cfgId,
            @Nullable String dataId,
            @Nullable String group,
            @Nullable String configId,
            @Nullable String targetDataId,
            @Nullable String targetGroupName) {
        /** "" when left out. */
        public String id() {
            return cfgId == null ? WireJson.orEmpty(configId) : cfgId;
        }

        /** "" to keep it. */
        public String newDataId() {
            return dataId == null ? WireJson.orEmpty(targetDataId) : dataId;
        }

        /** "" to keep it. */
        public String newGroup() {
            return group == null ? WireJson.orEmpty(targetGroupName) : group;
        }
    }

    @Json
    record CloneItems(List<CloneItem> items) {
        CloneItems {
            items = WireJson.present(items);
        }
    }

    /**
     * Reads a body that is an array of such items; nothing, when it is blank.
     *
     * @throws dev.plimsoll.refusal.InvalidRequest when it is anything else
     */
    public static List<CloneItem> cloneItems(byte[] json) {
        String text = new String(json, UTF_8).strip();
        if (text.isEmpty()) {
            return List.of();
        }
        if (!text.startsWith("[") || !text.endsWith("]")) {
            throw WireJson.unreadable("not an array");
        }
        // What is checked and read is always one object.
        byte[] head = "{\"items\":".getBytes(UTF_8);
        byte[] whole = new byte[head.length + json.length + 1];
        System.arraycopy(head, 0, whole, 0, head.length);
        System.arraycopy(json, 0, whole, head.length, json.length);
        whole[whole.length - 1] = '}';
        return WireJson.decode(CloneItems.class, whole).items();
    }
}
