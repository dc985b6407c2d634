package dev.plimsoll.config;

import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.Unavailable;
import dev.plimsoll.store.StoredRule;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** For whom a gray version of a configuration is. Names and priorities are the reference's. */
public sealed interface GrayRule {
    int MAX_TAG = 16;
    String TAG_PREFIX = "tag_"; // of the names of versions for a tag

    /** That of the version, unique within its configuration. */
    String name();

    /** Of two versions that cover a caller the one with the greater number counts. */
    int priority();

    boolean covers(Caller caller);

    StoredRule stored();

    /** What the rule holds in the index. */
    long heapBytes();

    /** For whom something is published; null when both are blank, and it is for all. Addresses win over a tag. */
    static @Nullable GrayRule of(String betaIps, String tag) {
        if (!betaIps.isBlank()) {
            return Beta.of(betaIps);
        }
        return tag.isBlank() ? null : new Tag(tag);
    }

    /** The rule of a version that was stored. */
    static GrayRule of(StoredRule stored) {
        return switch (stored.type()) {
            case Beta.TYPE -> Beta.of(stored.expression());
            case Tag.TYPE -> new Tag(stored.expression());
            default ->
                throw new Unavailable(
                        "gray rule: type '" + stored.type() + "' (expected: " + Beta.TYPE + " or " + Tag.TYPE + ")");
        };
    }

    /** For clients at certain addresses. A configuration has one such version at most. */
    record Beta(Set<String> ips) implements GrayRule {
        static final String TYPE = "beta";
        /** The name of the version. */
        public static final String NAME = "beta";

        private static final int MAX_IPS = 1_000;
        private static final int MAX_IP = 64;

        public Beta {
            if (ips.isEmpty() || ips.size() > MAX_IPS) {
                throw new InvalidRequest("betaIps: " + ips.size() + " addresses (expected: 1 to " + MAX_IPS + ")");
            }
            for (String ip : ips) {
                if (ip.length() > MAX_IP) {
                    throw new InvalidRequest("too long betaIps, over " + MAX_IP + " in one address");
                }
                if (!ConfigKey.isName(ip)) {
                    throw new InvalidRequest("invalid betaIps : " + ip);
                }
            }
            ips = Collections.unmodifiableSet(new LinkedHashSet<>(ips));
        }

        /** @param text addresses with commas between them */
        public static Beta of(String text) {
            var ips = new LinkedHashSet<String>();
            // No further than to one too many: the text may be as large as a content.
            for (int start = 0; start <= text.length() && ips.size() <= MAX_IPS; ) {
                int comma = text.indexOf(',', start);
                int end = comma < 0 ? text.length() : comma;
                String ip = text.substring(start, end).trim();
                if (!ip.isEmpty()) {
                    ips.add(ip);
                }
                start = end + 1;
            }
            return new Beta(ips);
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public int priority() {
            return Integer.MAX_VALUE;
        }

        @Override
        public boolean covers(Caller caller) {
            return ips.contains(caller.ip());
        }

        /** As it was given. */
        public String text() {
            return String.join(",", ips);
        }

        @Override
        public StoredRule stored() {
            return new StoredRule(TYPE, text(), priority());
        }

        @Override
        public long heapBytes() {
            long bytes = 224;
            for (String ip : ips) {
                bytes += 112 + ip.length();
            }
            return bytes;
        }
    }

    /** For clients with a certain tag. */
    record Tag(String tag) implements GrayRule {
        static final String TYPE = "tag";

        public Tag {
            tag = tag.trim();
            if (tag.length() > MAX_TAG) {
                throw new InvalidRequest("too long tag, over " + MAX_TAG);
            }
            if (!ConfigKey.isName(tag)) {
                throw new InvalidRequest("invalid tag : " + tag);
            }
        }

        @Override
        public String name() {
            return TAG_PREFIX + tag;
        }

        @Override
        public int priority() {
            return Integer.MAX_VALUE - 1;
        }

        @Override
        public boolean covers(Caller caller) {
            return tag.equals(caller.tag());
        }

        @Override
        public StoredRule stored() {
            return new StoredRule(TYPE, tag, priority());
        }

        @Override
        public long heapBytes() {
            return 96L + tag.length();
        }
    }
}
