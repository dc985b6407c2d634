package dev.plimsoll.config;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The fingerprint by which clients and server compare contents. */
public final class Md5 {
    /** What stands for the content of a configuration that does not exist. */
    public static final String NONE = "";

    private Md5() {}

    /** 32 lower-case hex digits. */
    public static String of(byte[] utf8) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(utf8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has MD5", e);
        }
    }
}
