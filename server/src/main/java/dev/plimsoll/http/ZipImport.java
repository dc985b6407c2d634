package dev.plimsoll.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.config.Intake;
import dev.plimsoll.config.Publish;
import dev.plimsoll.config.Room;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.store.Write.Author;
import dev.plimsoll.wire.Utf8;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;

/**
 * An archive of configurations, in either of the reference's forms. It is gone through twice. The first time everything is
 * looked at and nothing kept but names, so that an archive with anything wrong in it changes nothing; the second time
 * contents are taken out one by one. So what it holds is the archive itself, its names, and one content.
 *
 * <p>A zip is not believed: names are only names, what inflates is counted as it does, and no size in a header is used.
 */
final class ZipImport implements Intake.Source {
    static final int MAX_ENTRIES = 10_000;
    static final int MAX_METADATA = 4 << 20;
    static final long MAX_INFLATED = 256L << 20;

    /** Deflate can do 1,032; texts seldom reach 20. */
    static final int MAX_RATIO = 100;

    /** Below this a high ratio harms nobody. */
    static final int SMALL = 1 << 20;

    private static final int MAX_NAME = 512;
    private static final int NAME_BYTES = 512; // of an entry, its key and its places in lists
    private static final Map<String, String> TYPES = Map.of(
            "yml", "yaml",
            "yaml", "yaml",
            "txt", "text",
            "text", "text",
            "json", "json",
            "xml", "xml",
            "htm", "html",
            "html", "html",
            "properties", "properties");

    private final Multipart.Slice archive;
    private final int maxContent;
    private final String namespace;
    private final Author author;
    private final Room names;
    private final List<Item> items = new ArrayList<>();
    private final List<String> unrecognized = new ArrayList<>();
    private Map<String, String> oldNames = Map.of();
    private Map<String, ArchiveMetadata.Item> metadata = Map.of();

    private @Nullable ZipInputStream zip; // of the second time
    private int entry = -1; // it stands at

    /** @param number among all entries of the archive */
    private record Item(int number, ConfigKey key, int bytes) {}

    /**
     * Goes through the archive. Blocks for as long as that takes.
     *
     * @param namespace to import to
     * @param onlyNew whether the old form is refused
     * @param maxContent bytes of one content
     * @param names for what is kept of the names, until the import is closed
     * @throws UnreadableArchive when there is nothing to import in it
     * @throws InvalidRequest when it crosses a bound, or a configuration in it could not be published
     */
    ZipImport(Multipart.Slice archive, String namespace, boolean onlyNew, int maxContent, Author author, Room names) {
        this.archive = archive;
        this.namespace = namespace;
        this.maxContent = maxContent;
        this.author = author;
        this.names = names;
        try {
            look(onlyNew);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    @Override
    public List<ConfigKey> keys() {
        return items.stream().map(Item::key).toList();
    }

    /** Names of entries that are no configurations, in the reference's words. */
    List<String> unrecognized() {
        return List.copyOf(unrecognized);
    }

    @Override
    public Publish read(int number, Room room) {
        Item item = items.get(number);
        try {
            if (zip == null) {
                zip = open();
            }
            while (entry < item.number) {
                if (zip.getNextEntry() == null) {
                    throw new IOException("fewer entries than before");
                }
                entry++;
            }
            room.take(item.bytes);
            byte[] content = new byte[item.bytes];
            if (zip.readNBytes(content, 0, content.length) < content.length) {
                throw new IOException("a shorter entry than before");
            }
            return publish(item.key, content);
        } catch (IOException | IllegalArgumentException e) {
            throw unparsable(e);
        }
    }

    @Override
    public void close() {
        names.close();
        closeQuietly(zip);
        zip = null;
    }

    private Publish publish(ConfigKey key, byte[] content) {
        String appName = oldNames.get(ArchiveMetadata.oldKey(key.group(), key.dataId()));
        String desc = "";
        String type = "";
        ArchiveMetadata.Item item = metadata.get(name(key));
        if (item != null) {
            appName = item.appName();
            desc = item.desc();
            type = item.type();
        }
        return new Publish(
                key,
                content,
                type.isBlank() ? typeOf(key.dataId()) : type,
                appName,
                desc,
                null,
                "",
                "",
                "",
                "",
                null,
                author);
    }

    private void look(boolean onlyNew) {
        var contents = new ArrayList<Item>();
        var others = new ArrayList<String>();
        String oldText = null;
        String newText = null;
        var scratch = new Scratch();
        try (ZipInputStream first = open()) {
            int number = 0;
            for (ZipEntry next = first.getNextEntry(); next != null; next = first.getNextEntry(), number++) {
                if (number == MAX_ENTRIES) {
                    throw bound("entries: more than " + MAX_ENTRIES, "at most that");
                }
                String name = checked(next.getName());
                if (next.isDirectory()) {
                    scratch.read(first, 0);
                } else if (name.equals(ArchiveMetadata.NAME)) {
                    newText = scratch.text(first, name);
                } else if (name.equals(ArchiveMetadata.OLD_NAME)) {
                    oldText = scratch.text(first, name);
                } else {
                    names.take(NAME_BYTES + 2L * name.length());
                    String[] parts = name.split("/", -1);
                    if (parts.length != 2 || parts[0].isEmpty() || parts[1].isEmpty()) {
                        scratch.read(first, maxContent);
                        others.add(name);
                    } else {
                        int bytes = scratch.content(first, name);
                        contents.add(new Item(number, new ConfigKey(namespace, parts[0], parts[1]), bytes));
                    }
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            throw unparsable(e);
        } finally {
            scratch.close();
        }
        if (contents.isEmpty() && newText == null) {
            throw new UnreadableArchive(UnreadableArchive.EMPTY, "The imported file data is empty");
        }
        if (onlyNew && newText == null) {
            throw new UnreadableArchive(
                    UnreadableArchive.METADATA, "The imported metadata is invalid: no " + ArchiveMetadata.NAME);
        }
        readMetadata(oldText, newText);
        accept(contents, others, newText != null);
        if (items.isEmpty()) {
            throw new UnreadableArchive(UnreadableArchive.EMPTY, "The imported file data is empty");
        }
    }

    private void readMetadata(@Nullable String oldText, @Nullable String newText) {
        names.take(4L * ((newText == null ? 0 : newText.length()) + (oldText == null ? 0 : oldText.length())));
        try {
            if (newText != null) {
                metadata = ArchiveMetadata.parse(newText, MAX_ENTRIES);
            } else if (oldText != null) {
                oldNames = ArchiveMetadata.parseOld(oldText, MAX_ENTRIES);
            }
        } catch (InvalidRequest e) {
            throw new UnreadableArchive(UnreadableArchive.METADATA, "The imported metadata is invalid: " + e.reason());
        }
        names.take((long) NAME_BYTES * (metadata.size() + oldNames.size()));
    }

    private void accept(List<Item> contents, List<String> others, boolean isNew) {
        unrecognized.addAll(others);
        Set<String> found = new HashSet<>();
        for (Item item : contents) {
            String name = name(item.key);
            found.add(name);
            if (isNew && !metadata.containsKey(name)) {
                unrecognized.add("Item not found in metadata: " + name);
            } else {
                items.add(item);
            }
        }
        metadata.keySet().stream()
                .filter(name -> !found.contains(name))
                .sorted()
                .forEach(name -> unrecognized.add("Item not found in file: " + name));
    }

    /** A name that is fit to be one; one that would lead out of a directory is no accident. */
    private static String checked(String name) {
        if (name.length() > MAX_NAME) {
            throw bound("entry name: " + name.length() + " characters", "at most " + MAX_NAME);
        }
        boolean leadsOut = Arrays.stream(name.split("/", -1)).anyMatch(part -> part.equals("..") || part.equals("."));
        boolean strange =
                name.startsWith("/") || name.indexOf('\\') >= 0 || name.chars().anyMatch(Character::isISOControl);
        if (leadsOut || strange) {
            throw bound("entry name: '" + Form.echo(name.replaceAll("\\p{Cntrl}", "?")) + "'", "group/dataId");
        }
        return name;
    }

    private static String name(ConfigKey key) {
        return key.group() + "/" + key.dataId();
    }

    private static String typeOf(String dataId) {
        return Objects.requireNonNullElse(TYPES.get(dataId.substring(dataId.lastIndexOf('.') + 1)), "text");
    }

    private ZipInputStream open() {
        return new ZipInputStream(new ByteArrayInputStream(archive.bytes(), archive.from(), archive.length()), UTF_8);
    }

    private static InvalidRequest bound(String what, String expected) {
        return new InvalidRequest("archive: " + what + " (expected: " + expected + ")");
    }

    private static UnreadableArchive unparsable(Exception cause) {
        return new UnreadableArchive(
                UnreadableArchive.UNPARSABLE, "Failed to parse data: " + Form.echo(String.valueOf(cause.getMessage())));
    }

    private static void closeQuietly(@Nullable ZipInputStream zip) {
        if (zip != null) {
            try {
                zip.close();
            } catch (IOException e) {
                // it was read from memory: what matters is that its inflater is gone
            }
        }
    }

    /** One array for the entries of the first time, which grows as they come out and no further than they may. */
    private final class Scratch {
        private byte[] bytes = new byte[0];
        private long inflated; // of all entries

        /** How many bytes the rest of the entry has. */
        int read(ZipInputStream in, int most) throws IOException {
            int length = 0;
            while (true) {
                if (length == bytes.length) {
                    grow(most + 1);
                }
                int n = in.read(bytes, length, bytes.length - length);
                if (n < 0) {
                    return length;
                }
                count(n);
                length += n;
                if (length > most) {
                    throw bound("an entry of more than " + most + " bytes", "at most that");
                }
            }
        }

        private void count(int bytes) {
            inflated += bytes;
            if (inflated > MAX_INFLATED) {
                throw bound("inflated: more than " + MAX_INFLATED + " bytes", "at most that");
            }
            if (inflated > Math.max(SMALL, (long) MAX_RATIO * archive.length())) {
                throw bound(
                        "inflated: more than " + MAX_RATIO + " times the " + archive.length() + " bytes of the archive",
                        "at most that");
            }
        }

        int content(ZipInputStream in, String name) throws IOException {
            int length = read(in, maxContent);
            requireText(length, name);
            if (new String(bytes, 0, Math.min(length, 256), UTF_8).isBlank()
                    && new String(bytes, 0, length, UTF_8).isBlank()) {
                throw new InvalidRequest("content is blank : " + Form.echo(name));
            }
            return length;
        }

        String text(ZipInputStream in, String name) throws IOException {
            int length = read(in, MAX_METADATA);
            requireText(length, name);
            names.take(2L * length);
            return new String(bytes, 0, length, UTF_8);
        }

        private void requireText(int length, String name) {
            if (!Utf8.isValid(bytes, 0, length)) {
                throw bound("entry '" + Form.echo(name) + "' is not UTF-8", "UTF-8");
            }
        }

        private void grow(int most) {
            int size = Math.min(most, Math.max(8 << 10, bytes.length * 2));
            names.take(size);
            byte[] grown = Arrays.copyOf(bytes, size);
            names.giveBack(bytes.length);
            bytes = grown;
        }

        void close() {
            names.giveBack(bytes.length);
            bytes = new byte[0];
        }
    }
}
