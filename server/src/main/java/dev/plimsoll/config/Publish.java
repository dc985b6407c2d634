package dev.plimsoll.config;

import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.store.ConfigHead;
import dev.plimsoll.store.GrayHead;
import dev.plimsoll.store.Write.Author;
import dev.plimsoll.store.Write.PutConfig;
import dev.plimsoll.store.Write.PutGray;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The wish to create or replace a configuration. How large a content may be is for {@link Configs} to say.
 *
 * @param content UTF-8; not copied, must not be changed
 * @param appName null keeps that of the present one
 * @param tags comma-separated labels; null keeps those of the present one
 * @param casMd5 md5 the present content must have, if there is one; null for any
 */
public record Publish(
        ConfigKey key,
        byte[] content,
        String type,
        @Nullable String appName,
        String desc,
        @Nullable String tags,
        String use,
        String effect,
        String schema,
        String encryptedDataKey,
        @Nullable String casMd5,
        Author author) {
    private static final int MAX_TAGS = 5;
    private static final int MAX_TAG = 64;
    private static final int MAX_ENCRYPTED_DATA_KEY = 4096;
    private static final int MAX_AUTHOR = 512;

    public Publish {
        if (isBlank(content)) {
            throw new InvalidRequest("content is blank : " + key.dataId());
        }
        type = ConfigType.of(type);
        tags = tags == null ? null : normalTags(tags);
        requireLength("appName", orEmpty(appName), 128);
        requireLength("desc", desc, 128);
        requireLength("use", use, 32);
        requireLength("effect", effect, 32);
        requireLength("schema", schema, 32768);
        requireLength("encryptedDataKey", encryptedDataKey, MAX_ENCRYPTED_DATA_KEY);
        // It comes back as a header of HTTP, so it must be fit to be one.
        if (!encryptedDataKey.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
            throw new InvalidRequest("encryptedDataKey: " + encryptedDataKey.length()
                    + " characters, not all printable (expected: printable ASCII)");
        }
        requireLength("src_user", author.user(), MAX_AUTHOR);
        casMd5 = casMd5 == null || casMd5.isBlank() ? null : casMd5.trim();
    }

    /** An unconditional publish of a content and its type alone. */
    public static Publish of(ConfigKey key, String content, String type, Author author) {
        byte[] utf8 = content.getBytes(StandardCharsets.UTF_8);
        return new Publish(key, utf8, type, null, "", null, "", "", "", "", null, author);
    }

    /** The same, on condition that the present content has this md5. */
    public Publish expecting(@Nullable String md5) {
        return new Publish(key, content, type, appName, desc, tags, use, effect, schema, encryptedDataKey, md5, author);
    }

    /** The same, on condition that there is none yet: no content has this md5. */
    Publish ifAbsent() {
        return expecting("none");
    }

    /** The same, of a content that the client has encrypted with this key. */
    public Publish encryptedWith(String dataKey) {
        return new Publish(key, content, type, appName, desc, tags, use, effect, schema, dataKey, casMd5, author);
    }

    PutConfig write(ConfigHead head) {
        return new PutConfig(head, content, author, appName == null, tags == null);
    }

    /** The same as a gray version: it keeps of the rest of its fields only what the reference keeps. */
    PutGray write(ConfigHead head, GrayRule rule) {
        var config = new ConfigHead(
                head.namespace(),
                head.group(),
                head.dataId(),
                head.md5(),
                head.contentBytes(),
                head.type(),
                head.appName(),
                "",
                "",
                "",
                "",
                "",
                head.encryptedDataKey(),
                head.createdMillis(),
                head.modifiedMillis());
        return new PutGray(new GrayHead(rule.name(), rule.stored(), config), content, author);
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    ConfigHead head(String md5, long createdMillis, long modifiedMillis) {
        return new ConfigHead(
                key.namespace(),
                key.group(),
                key.dataId(),
                md5,
                content.length,
                type,
                orEmpty(appName),
                desc,
                orEmpty(tags),
                use,
                effect,
                schema,
                encryptedDataKey,
                createdMillis,
                modifiedMillis);
    }

    private static String normalTags(String tags) {
        if (tags.length() > MAX_TAGS * (MAX_TAG + 2)) {
            throw new InvalidRequest("too long config_tags, over " + MAX_TAGS * (MAX_TAG + 2));
        }
        List<String> labels = Arrays.stream(tags.split(",", -1))
                .map(String::trim)
                .filter(label -> !label.isEmpty())
                .toList();
        if (labels.size() > MAX_TAGS) {
            throw new InvalidRequest("too much config_tags, over " + MAX_TAGS);
        }
        labels.forEach(label -> requireLength("tag", label, MAX_TAG));
        return String.join(",", labels);
    }

    private static void requireLength(String what, String value, int max) {
        if (value.length() > max) {
            throw new InvalidRequest("too long " + what + ", over " + max);
        }
    }

    /** Decodes only what has no visible ASCII character at all. */
    private static boolean isBlank(byte[] utf8) {
        for (byte b : utf8) {
            if (b > ' ' && b < 0x7f) {
                return false;
            }
        }
        return new String(utf8, StandardCharsets.UTF_8).isBlank();
    }
}
