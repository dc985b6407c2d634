package dev.plimsoll.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.plimsoll.config.Catalog;
import dev.plimsoll.config.Room;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.OverBudget;
import dev.plimsoll.store.ConfigHead;
import dev.plimsoll.store.StoredConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Configurations made into an archive, one at a time: entries {@code group/dataId}, then what else there is to say of them.
 * Each piece of it is taken from the account of contents before it is there. On a read thread.
 */
final class ZipExport implements Catalog.Sink {
    /** What an import takes, so that whatever was exported can be imported. */
    static final int MAX_BYTES = 10 << 20;

    private final boolean newForm;
    private final StringBuilder metadata = new StringBuilder();
    private final Chunks chunks = new Chunks();
    private @Nullable ZipOutputStream zip; // from its first entry on: a deflater takes a quarter of a megabyte

    /** @param newForm of metadata */
    ZipExport(boolean newForm) {
        this.newForm = newForm;
        if (newForm) {
            metadata.append("metadata:\n");
        }
    }

    @Override
    public void add(StoredConfig config, Room room) {
        ConfigHead head = config.head();
        if (isStep(head.group()) || isStep(head.dataId())) {
            // It would lead out of the directory of whoever unpacks it.
            throw new InvalidRequest("export of '" + head.group() + "/" + head.dataId()
                    + "': no name for a file (expected: to be left out of what is exported)");
        }
        chunks.room = room;
        String more = newForm ? ArchiveMetadata.item(head) : ArchiveMetadata.oldLine(head);
        room.take(2L * more.length());
        metadata.append(more);
        try {
            put(head.group() + "/" + head.dataId(), head.modifiedMillis(), config.content());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The whole archive, in {@code room} until that is closed. */
    byte[] finish(Room room) {
        chunks.room = room;
        try {
            if (newForm || metadata.length() > 0) {
                String text = newForm && zip == null ? "metadata: []\n" : metadata.toString();
                room.take(2L * text.length());
                put(newForm ? ArchiveMetadata.NAME : ArchiveMetadata.OLD_NAME, 0, text.getBytes(UTF_8));
            }
            zip().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return chunks.join(room);
    }

    /** Lets go of the deflater, whatever became of the export. */
    void close() {
        chunks.discard = true;
        if (zip != null) {
            try {
                zip.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e); // there is no disk in this
            }
        }
    }

    private ZipOutputStream zip() {
        if (zip == null) {
            zip = new ZipOutputStream(chunks, UTF_8);
        }
        return zip;
    }

    private void put(String name, long modifiedMillis, byte[] content) throws IOException {
        var entry = new ZipEntry(name);
        entry.setTime(modifiedMillis);
        ZipOutputStream open = zip();
        open.putNextEntry(entry);
        open.write(content);
        open.closeEntry();
    }

    private static boolean isStep(String name) {
        return name.equals(".") || name.equals("..");
    }

    private static final class Chunks extends OutputStream {
        private static final int CHUNK = 64 << 10;

        private final List<byte[]> full = new ArrayList<>();
        private byte[] last = new byte[0];
        private int used;
        private int length;
        private boolean discard;
        private @Nullable Room room;

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int count) {
            if (discard) {
                return;
            }
            if (count > MAX_BYTES - length) {
                throw new OverBudget("export: more than " + MAX_BYTES
                        + " bytes (expected: at most that; export by group, name or ids)");
            }
            for (int done = 0; done < count; ) {
                if (used == last.length) {
                    grow();
                }
                int n = Math.min(count - done, last.length - used);
                System.arraycopy(bytes, offset + done, last, used, n);
                used += n;
                done += n;
            }
            length += count;
        }

        private void grow() {
            if (room != null) {
                room.take(CHUNK);
            }
            if (last.length > 0) {
                full.add(last);
            }
            last = new byte[CHUNK];
            used = 0;
        }

        byte[] join(Room room) {
            room.take(length);
            byte[] whole = new byte[length];
            int at = 0;
            for (byte[] chunk : full) {
                System.arraycopy(chunk, 0, whole, at, chunk.length);
                at += chunk.length;
            }
            System.arraycopy(last, 0, whole, at, used);
            return whole;
        }
    }
}
