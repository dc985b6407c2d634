package dev.plimsoll.auth;

import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.Unavailable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;

/** Where the keys come from that tokens are signed with: from the operator, or made here and kept in a file. */
public final class Keys {
    private static final int MIN_BYTES = 32;
    private static final int MAX_KEYS = 2;

    /** Fewer different bytes are no accident: a key of nothing but zeroes, or of one word over and over. */
    private static final int MIN_DIFFERENT = 8;

    /**
     * Printed in the reference's documentation, so that anybody could sign with them. So are those that hold {@link #COUNTED},
     * of which every container image and every guide has its own.
     */
    private static final List<String> PUBLISHED = List.of(
            "VGhpc0lzTXlDdXN0b21TZWNyZXRLZXkwMTIzNDU2Nzg=",
            "ThisIsMyCustomSecretKey012345678",
            "ThisIsMyCustomSecretKey01234567");

    private static final String COUNTED = "01234567890123456789";

    private Keys() {}

    /**
     * The operator's key, and the one before it if tokens signed with that are to be good still.
     *
     * @param setting by what name the operator gave it
     */
    public static byte[] given(String setting, String text) {
        byte[] key = decoded(text);
        if (isPublished(text.trim(), key)) {
            throw new InvalidRequest(
                    setting + ": a key that is printed in public documentation (expected: one of your own)");
        }
        if (key.length < MIN_BYTES) {
            throw new InvalidRequest(setting + ": " + key.length + " bytes (expected: at least " + MIN_BYTES
                    + ", in Base64, such as `openssl rand -base64 32` prints)");
        }
        if (different(key) < MIN_DIFFERENT) {
            throw new InvalidRequest(setting + ": a key of " + different(key) + " different bytes (expected: at least "
                    + MIN_DIFFERENT + ", as in one that was drawn by lot)");
        }
        return key;
    }

    /** However it is written: as it is, in Base64, in Base64 of that, or with its padding or without. */
    private static boolean isPublished(String text, byte[] key) {
        String inside = new String(key, StandardCharsets.UTF_8);
        return text.contains(COUNTED)
                || inside.contains(COUNTED)
                || PUBLISHED.stream()
                        .anyMatch(known ->
                                known.equals(text) || known.equals(inside) || Arrays.equals(decoded(known), key));
    }

    private static long different(byte[] key) {
        var seen = new BitSet(256);
        for (byte b : key) {
            seen.set(b & 0xff);
        }
        return seen.cardinality();
    }

    /** The keys in the file, a line each, the signing one first; makes one when there is no file. */
    public static List<byte[]> kept(Path file, SecureRandom random) {
        try {
            if (!Files.exists(file)) {
                var key = new byte[MIN_BYTES];
                random.nextBytes(key);
                writePrivately(file, Base64.getEncoder().encodeToString(key) + "\n");
            }
            var keys = new ArrayList<byte[]>();
            for (String line : Files.readAllLines(file)) {
                if (!line.isBlank()) {
                    keys.add(given(file.getFileName() + " line " + (keys.size() + 1), line.trim()));
                }
            }
            if (keys.isEmpty() || keys.size() > MAX_KEYS) {
                throw new InvalidRequest(file + ": " + keys.size() + " keys (expected: one, or two during a change)");
            }
            return keys;
        } catch (IOException e) {
            throw new Unavailable("token keys: " + file + ": " + e);
        }
    }

    /** Replaces the file by one that nobody but its owner can read; it is whole whenever it is there. */
    public static void writePrivately(Path file, String text) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] ownersOnly = posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        Files.createFile(fresh, ownersOnly);
        Files.writeString(fresh, text);
        Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private static byte[] decoded(String text) {
        try {
            return Base64.getDecoder().decode(text.trim());
        } catch (IllegalArgumentException e) {
            return text.trim().getBytes(StandardCharsets.UTF_8); // as the reference does
        }
    }
}
