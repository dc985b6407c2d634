package dev.plimsoll.http;

import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.config.Watch;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.store.NamespaceId;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a 1.x client listens to: records, each ended by {@code \u0001}, of dataId, group, md5 and perhaps tenant, with
 * {@code \u0002} between them.
 *
 * @param spelled a tenant that is another name for the public namespace, for the answer must give it back as it came
 */
record ListeningConfigs(List<Watch> watches, Map<ConfigKey, String> spelled) {
    static final int MAX_RECORDS = 10_000;

    /** A place in the map, and the word; ListenerRoutesTest has the measure. */
    private static final int SPELLED_BYTES = 16 + 48;

    private static final char WORD = 2;
    private static final char LINE = 1;

    /** @throws InvalidRequest in the reference's words, or because a name is none */
    static ListeningConfigs parse(String parameter) {
        String text;
        try {
            // Once more: clients encode the records before they encode the form.
            text = URLDecoder.decode(parameter, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw illegal();
        }
        if (text.isBlank()) {
            throw illegal();
        }
        var watches = new ArrayList<Watch>();
        var spelled = new HashMap<ConfigKey, String>(0);
        int start = 0;
        for (int end = text.indexOf(LINE); end >= 0; end = text.indexOf(LINE, start)) {
            if (watches.size() == MAX_RECORDS) {
                throw illegal();
            }
            add(text.substring(start, end), watches, spelled);
            start = end + 1;
        }
        return new ListeningConfigs(List.copyOf(watches), Map.copyOf(spelled));
    }

    private static void add(String line, List<Watch> watches, Map<ConfigKey, String> spelled) {
        String[] words = line.split(String.valueOf(WORD), -1);
        if (words.length < 3 || words.length > 4) {
            throw illegal();
        }
        String tenant = words.length == 4 ? words[3] : "";
        var key = ConfigKey.of(tenant, words[1], words[0]);
        watches.add(new Watch(key, words[2]));
        if (key.namespace().equals(NamespaceId.PUBLIC) && !tenant.isBlank()) {
            spelled.put(key, tenant);
        }
    }

    /** The names of {@code changed}, as the answer gives them. */
    String encoded(List<ConfigKey> changed) {
        var records = new StringBuilder();
        for (ConfigKey key : changed) {
            String tenant =
                    key.namespace().equals(NamespaceId.PUBLIC) ? spelled.getOrDefault(key, "") : key.namespace();
            records.append(key.dataId()).append(WORD).append(key.group());
            if (!tenant.isEmpty()) {
                records.append(WORD).append(tenant);
            }
            records.append(LINE);
        }
        return URLEncoder.encode(records.toString(), StandardCharsets.UTF_8);
    }

    /** What the spellings take of the heap, with their keys. */
    long spelledBytes() {
        long bytes = 0;
        for (ConfigKey key : spelled.keySet()) {
            bytes += SPELLED_BYTES + key.heapBytes();
        }
        return bytes;
    }

    private static InvalidRequest illegal() {
        return new InvalidRequest("invalid probeModify");
    }
}
