package dev.plimsoll.net;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Certificates of the test's own, written as the standard says (DER), since the JDK only reads them. All are for
 * {@code localhost} and 127.0.0.1, and any of them may sign others.
 */
public final class TestCertificates {
    private static final byte[] ECDSA_SHA256 = sequence(oid(1, 2, 840, 10045, 4, 3, 2));
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    private TestCertificates() {}

    /** A key with its certificate. */
    public record Identity(String name, PrivateKey key, byte[] certificate) {
        public String certificatePem() {
            return pem("CERTIFICATE", certificate);
        }

        public String keyPem() {
            return pem("PRIVATE KEY", key.getEncoded());
        }

        X509Certificate parsed() {
            try {
                return (X509Certificate) CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(certificate));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Good now, and signed by itself. */
    public static Identity identity(String name) {
        return identity(
                name, null, Instant.now().minusSeconds(3_600), Instant.now().plusSeconds(90L * 24 * 3_600));
    }

    /** @param issuer null for itself */
    public static Identity identity(String name, @Nullable Identity issuer, Instant from, Instant to) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            KeyPair pair = generator.generateKeyPair();
            byte[] body = sequence(
                    der(0xa0, der(0x02, new byte[] {2})),
                    der(0x02, positive(new SecureRandom().generateSeed(8))),
                    ECDSA_SHA256,
                    name(issuer == null ? name : issuer.name()),
                    sequence(time(from), time(to)),
                    name(name),
                    pair.getPublic().getEncoded(),
                    der(0xa3, sequence(authority(), addresses())));
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(issuer == null ? pair.getPrivate() : issuer.key());
            signature.update(body);
            byte[] bits = concat(new byte[] {0}, signature.sign());
            return new Identity(name, pair.getPrivate(), sequence(body, ECDSA_SHA256, der(0x03, bits)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a client needs to trust {@code trusted}, and to show {@code own} when it is asked. */
    static SSLContext client(Identity trusted, @Nullable Identity own) {
        try {
            var trust = keyStore();
            trust.setCertificateEntry("trusted", trusted.parsed());
            var trusts = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trusts.init(trust);
            var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            var keyStore = keyStore();
            if (own != null) {
                keyStore.setKeyEntry("own", own.key(), new char[0], new X509Certificate[] {own.parsed()});
            }
            keys.init(keyStore, new char[0]);
            var context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trusts.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyStore keyStore() throws GeneralSecurityException, IOException {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    public static void write(Path file, String... pems) {
        try {
            Files.writeString(file, String.join("", pems));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String pem(String kind, byte[] der) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + kind + "-----\n";
    }

    /** A key as {@code openssl pkcs8 -topk8} writes it. */
    public static String encrypted(PrivateKey key, String password) {
        try {
            String scheme = "PBEWithHmacSHA256AndAES_128";
            Cipher cipher = Cipher.getInstance(scheme);
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    SecretKeyFactory.getInstance(scheme).generateSecret(new PBEKeySpec(password.toCharArray())));
            byte[] sealed = cipher.doFinal(key.getEncoded());
            byte[] pbes2 = sequence(
                    oid(1, 2, 840, 113549, 1, 5, 13), cipher.getParameters().getEncoded());
            return pem("ENCRYPTED PRIVATE KEY", sequence(pbes2, der(0x04, sealed)));
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] authority() {
        byte[] isAuthority = sequence(der(0x01, new byte[] {(byte) 0xff}));
        return sequence(oid(2, 5, 29, 19), der(0x01, new byte[] {(byte) 0xff}), der(0x04, isAuthority));
    }

    private static byte[] addresses() {
        byte[] names = sequence(
                der(0x82, "localhost".getBytes(StandardCharsets.US_ASCII)), der(0x87, new byte[] {127, 0, 0, 1}));
        return sequence(oid(2, 5, 29, 17), der(0x04, names));
    }

    private static byte[] name(String common) {
        byte[] value = der(0x0c, common.getBytes(StandardCharsets.UTF_8));
        return sequence(der(0x31, sequence(oid(2, 5, 4, 3), value)));
    }

    private static byte[] time(Instant time) {
        return der(0x18, TIME.format(time).getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] positive(byte[] number) {
        byte[] positive = number.clone();
        positive[0] = (byte) ((positive[0] & 0x7f) | 0x40);
        return positive;
    }

    private static byte[] oid(int... parts) {
        var out = new ByteArrayOutputStream();
        out.write(parts[0] * 40 + parts[1]);
        for (int part : Arrays.copyOfRange(parts, 2, parts.length)) {
            for (int shift = 28; shift > 0; shift -= 7) {
                if (part >>> shift != 0) {
                    out.write(((part >>> shift) & 0x7f) | 0x80);
                }
            }
            out.write(part & 0x7f);
        }
        return der(0x06, out.toByteArray());
    }

    private static byte[] sequence(byte[]... parts) {
        return der(0x30, concat(parts));
    }

    private static byte[] der(int tag, byte[] content) {
        var out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else {
            int bytes = content.length < 0x100 ? 1 : 2;
            out.write(0x80 | bytes);
            if (bytes == 2) {
                out.write(content.length >>> 8);
            }
            out.write(content.length);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static byte[] concat(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
