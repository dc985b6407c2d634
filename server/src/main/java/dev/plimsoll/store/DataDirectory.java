package dev.plimsoll.store;

import dev.plimsoll.refusal.Unavailable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The directory that holds all durable data, locked against everybody else until closed or until the process ends. */
final class DataDirectory implements AutoCloseable {
    /**
     * Directories this process holds. Static as the operating system's locks are: they belong to the process, and
     * opening and closing a locked file once more, only to find it locked, would drop the lock.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final FileChannel lock;

    private DataDirectory(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /** Creates the directory if absent, and locks it. */
    static DataDirectory open(Path wanted) {
        Path path;
        try {
            if (!Files.isDirectory(wanted)) { // a link to a directory is one too
                Files.createDirectories(wanted);
            }
            path = wanted.toRealPath();
        } catch (IOException e) {
            throw new Unavailable("data directory " + wanted + " cannot be created: " + e);
        }
        if (!HELD.add(path)) {
            throw inUse(path, "this process");
        }
        try {
            return new DataDirectory(path, lock(path));
        } catch (Unavailable e) {
            HELD.remove(path);
            throw e;
        }
    }

    Path file(String name) {
        return path.resolve(name);
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new Unavailable("data directory " + path + " cannot be unlocked: " + e);
        } finally {
            HELD.remove(path);
        }
    }

    private static FileChannel lock(Path path) {
        FileChannel channel = null;
        boolean locked = false;
        try {
            channel = FileChannel.open(
                    path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (tryLock(channel) == null) {
                throw inUse(path, "another process" + holder(channel));
            }
            locked = true;
            channel.truncate(0);
            channel.write(StandardCharsets.US_ASCII.encode(
                    Long.toString(ProcessHandle.current().pid())));
            return channel;
        } catch (IOException e) {
            locked = false;
            throw new Unavailable("data directory " + path + " cannot be locked: " + e);
        } finally {
            if (channel != null && !locked) {
                closeUnlocked(channel);
            }
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // the same file under another name
        }
    }

    /** The process id its holder wrote, in words, or nothing when it has not been written yet. */
    private static String holder(FileChannel channel) throws IOException {
        var bytes = ByteBuffer.allocate(20);
        channel.read(bytes, 0);
        String pid = StandardCharsets.US_ASCII.decode(bytes.flip()).toString();
        return pid.isEmpty() ? "" : " (pid " + pid + ")";
    }

    private static void closeUnlocked(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // Nothing was written, and why it was not locked is already on its way up.
        }
    }

    private static Unavailable inUse(Path path, String who) {
        return new Unavailable("data directory " + path + " is in use by " + who);
    }
}
