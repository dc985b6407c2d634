package dev.plimsoll.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All there is of one configuration at a moment: the formal version, and gray versions in its place for some. With formal
 * {@code a}, beta {@code b} for 10.0.0.1 and tag {@code t} with {@code c}, a client at 10.0.0.1 sees {@code b} whatever its
 * tag, another with the tag {@code t} sees {@code c}, and all others see {@code a}.
 *
 * @param formal null when there are gray versions only: then who sees none of them finds nothing
 * @param grays the one that counts first comes first
 */
public record Versions(@Nullable ConfigEntry formal, List<ConfigEntry> grays) {
    static final Versions NONE = new Versions(null, List.of());

    private static final Comparator<ConfigEntry> FIRST_COUNTS =
            Comparator.comparingInt(entry -> -rule(entry).priority());

    public Versions {
        grays = List.copyOf(grays);
    }

    /** What {@code caller} is given; null when it finds nothing. */
    public @Nullable ConfigEntry seenBy(Caller caller) {
        for (ConfigEntry gray : grays) {
            if (rule(gray).covers(caller)) {
                return gray;
            }
        }
        return formal;
    }

    /** What {@code caller} is given who asks for a tag's version and no other: only its beta version comes before. */
    public @Nullable ConfigEntry taggedFor(Caller caller, String tag) {
        ConfigEntry seen = seenBy(new Caller(caller.ip(), tag));
        return seen == null || seen.gray() == null ? null : seen;
    }

    /** The gray version of this name; null when there is none. */
    public @Nullable ConfigEntry gray(String name) {
        for (ConfigEntry gray : grays) {
            if (rule(gray).name().equals(name)) {
                return gray;
            }
        }
        return null;
    }

    /** The version for a tag; null when there is none. Some give the version's whole name, which begins with {@code tag_}. */
    public @Nullable ConfigEntry tagged(String tag) {
        ConfigEntry tagged = gray(GrayRule.TAG_PREFIX + tag);
        return tagged == null && tag.startsWith(GrayRule.TAG_PREFIX) ? gray(tag) : tagged;
    }

    /** The version of this name; empty for the formal one. */
    @Nullable
    ConfigEntry named(String name) {
        return name.isEmpty() ? formal : gray(name);
    }

    boolean isNone() {
        return formal == null && grays.isEmpty();
    }

    /** These with {@code entry} in place of the version of its name. */
    Versions with(ConfigEntry entry) {
        GrayRule rule = entry.gray();
        if (rule == null) {
            return new Versions(entry, grays);
        }
        var others = new ArrayList<>(grays);
        others.removeIf(gray -> rule(gray).name().equals(rule.name()));
        others.add(entry);
        others.sort(FIRST_COUNTS);
        return new Versions(formal, others);
    }

    /** These without {@code entry}, if it is still one of them. */
    Versions without(ConfigEntry entry) {
        if (entry.equals(formal)) {
            return new Versions(null, grays);
        }
        return new Versions(
                formal, grays.stream().filter(gray -> !gray.equals(entry)).toList());
    }

    /** Those of {@code watchers} who see another content once these are replaced by {@code next}. */
    Collection<Watcher> whoSeeOther(Versions next, Collection<Watcher> watchers) {
        if (grays.isEmpty() && next.grays.isEmpty()) {
            return md5(formal).equals(md5(next.formal)) ? List.of() : watchers;
        }
        return watchers.stream()
                .filter(watcher -> !md5(watcher.caller()).equals(next.md5(watcher.caller())))
                .toList();
    }

    /** Of what {@code caller} sees. */
    String md5(Caller caller) {
        return md5(seenBy(caller));
    }

    private static String md5(@Nullable ConfigEntry entry) {
        return entry == null ? Md5.NONE : entry.md5();
    }

    private static GrayRule rule(ConfigEntry gray) {
        return Objects.requireNonNull(gray.gray());
    }
}
