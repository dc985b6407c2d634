package dev.plimsoll.net;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/** Reads private keys in PKCS#8, encrypted or not, from PEM. */
final class PrivateKeys {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");

    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA", "DSA");

    private PrivateKeys() {}

    /**
     * The first private key.
     *
     * @param password of an encrypted one
     */
    static PrivateKey read(byte[] pem, String password) throws GeneralSecurityException, IOException {
        Matcher block = BLOCK.matcher(new String(pem, StandardCharsets.ISO_8859_1));
        if (!block.find()) {
            throw new InvalidKeyException("no private key");
        }
        byte[] der = Base64.getMimeDecoder().decode(block.group(2));
        String kind = block.group(1);
        return switch (kind) {
            case "PRIVATE KEY" -> key(new PKCS8EncodedKeySpec(der));
            case "ENCRYPTED PRIVATE KEY" -> key(decrypted(new EncryptedPrivateKeyInfo(der), password));
            default -> throw new InvalidKeyException("a key of the kind " + kind);
        };
    }

    private static PKCS8EncodedKeySpec decrypted(EncryptedPrivateKeyInfo info, String password)
            throws GeneralSecurityException {
        if (password.isEmpty()) {
            throw new InvalidKeyException("an encrypted key, and no password");
        }
        // Of the newer scheme, PBES2, the JDK keeps the real name in the parameters.
        String named = info.getAlgName();
        String scheme =
                named.startsWith("PBE") && !named.equals("PBES2") ? named : String.valueOf(info.getAlgParameters());
        Cipher cipher = Cipher.getInstance(scheme);
        try {
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    SecretKeyFactory.getInstance(scheme).generateSecret(new PBEKeySpec(password.toCharArray())),
                    info.getAlgParameters());
            return info.getKeySpec(cipher);
        } catch (InvalidKeySpecException e) {
            throw new InvalidKeyException("not this password", e);
        }
    }

    private static PrivateKey key(PKCS8EncodedKeySpec spec) throws GeneralSecurityException {
        for (String algorithm : ALGORITHMS) {
            PrivateKey key = key(spec, KeyFactory.getInstance(algorithm));
            if (key != null) {
                return key;
            }
        }
        throw new InvalidKeyException("not a key of " + String.join(", ", ALGORITHMS));
    }

    /** Null when it is a key of another algorithm. */
    private static @Nullable PrivateKey key(PKCS8EncodedKeySpec spec, KeyFactory algorithm) {
        try {
            return algorithm.generatePrivate(spec);
        } catch (InvalidKeySpecException e) {
            return null;
        }
    }
}
