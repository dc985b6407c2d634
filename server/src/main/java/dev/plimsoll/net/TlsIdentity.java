package dev.plimsoll.net;

import dev.plimsoll.refusal.InvalidRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** Certificates and the private key of the first, as PEM files hold them: who a server is, or a command that calls one. */
public final class TlsIdentity {
    private static final int MAX_FILE = 1 << 20;
    private static final byte[] PROBE = "this key, that certificate".getBytes(StandardCharsets.US_ASCII);

    private final List<X509Certificate> chain;
    private final PrivateKey key;

    private TlsIdentity(List<X509Certificate> chain, PrivateKey key) {
        this.chain = List.copyOf(chain);
        this.key = key;
    }

    /** By what names the operator gives the two files, and the password of an encrypted key. */
    public record Names(String certificate, String key, String password) {}

    /**
     * Reads both files; blocks.
     *
     * @param password of an encrypted key; "" when it is not
     * @throws InvalidRequest when one of them is not what it should be, or they do not belong together
     */
    public static TlsIdentity read(Names names, Path certificate, Path key, String password) {
        return of(names, certificate, bytes(names.certificate(), certificate), key, bytes(names.key(), key), password);
    }

    /** The same of files that were read before. */
    static TlsIdentity of(Names names, Path certificate, byte[] chainPem, Path key, byte[] keyPem, String password) {
        List<X509Certificate> chain = certificates(names.certificate(), certificate, chainPem);
        PrivateKey privateKey = privateKey(names, key, keyPem, password);
        if (!belong(privateKey, chain.get(0).getPublicKey())) {
            throw new InvalidRequest(
                    names.key() + ": " + key + " (expected: the key of the first certificate in " + certificate + ")");
        }
        return new TlsIdentity(chain, privateKey);
    }

    List<X509Certificate> chain() {
        return chain;
    }

    /** What shows it, as a server and as a client. */
    public X509ExtendedKeyManager keyManager() {
        return new OneKey(key, chain);
    }

    /**
     * Offers what there is, if it is of the kind that was asked for. A key store would encrypt and decrypt it first, with ten
     * thousand rounds each. Whose signature a server wants to see is for that server to say: its refusal tells more.
     */
    private static final class OneKey extends X509ExtendedKeyManager {
        private static final String ALIAS = "plimsoll";

        private final PrivateKey key;
        private final X509Certificate[] chain;
        private final String kind;

        OneKey(PrivateKey key, List<X509Certificate> chain) {
            this.key = key;
            this.chain = chain.toArray(X509Certificate[]::new);
            this.kind = chain.get(0).getPublicKey().getAlgorithm();
        }

        @Override
        public @Nullable String chooseEngineServerAlias(
                String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
            return keyType.equals(kind) ? ALIAS : null;
        }

        @Override
        public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, Socket socket) {
            return keyType.equals(kind) ? ALIAS : null;
        }

        @Override
        public @Nullable String chooseClientAlias(String[] keyTypes, Principal @Nullable [] issuers, Socket socket) {
            return List.of(keyTypes).contains(kind) ? ALIAS : null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return chain.clone();
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return key;
        }

        @Override
        public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
            return new String[] {ALIAS};
        }
    }

    static List<X509Certificate> certificates(String name, Path file, byte[] pem) {
        try {
            List<X509Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem)).stream()
                            .map(X509Certificate.class::cast)
                            .toList();
            if (!certificates.isEmpty()) {
                return certificates;
            }
        } catch (CertificateException e) {
            throw new InvalidRequest(name + ": " + file + ": " + reason(e) + " (expected: certificates, in PEM)");
        }
        throw new InvalidRequest(name + ": " + file + ": no certificate (expected: certificates, in PEM)");
    }

    private static PrivateKey privateKey(Names names, Path file, byte[] pem, String password) {
        try {
            return PrivateKeys.read(pem, password);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new InvalidRequest(names.key() + ": " + file + ": " + reason(e)
                    + " (expected: a private key in PKCS#8, in PEM, and its password in " + names.password()
                    + " if it has one; openssl pkcs8 -topk8 makes one of others)");
        }
    }

    /** Whether what the one signs the other verifies. */
    private static boolean belong(PrivateKey privateKey, PublicKey publicKey) {
        try {
            String algorithm =
                    switch (privateKey.getAlgorithm()) {
                        case "RSA" -> "SHA256withRSA";
                        case "EC" -> "SHA256withECDSA";
                        case "DSA" -> "SHA256withDSA";
                        default -> privateKey.getAlgorithm(); // the Edwards curves sign under their own name
                    };
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(privateKey);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    static byte[] bytes(String name, Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_FILE + 1);
            if (bytes.length > MAX_FILE) {
                throw new InvalidRequest(name + ": " + file + ": too large (expected: at most " + MAX_FILE + " bytes)");
            }
            return bytes;
        } catch (NoSuchFileException e) {
            throw new InvalidRequest(name + ": " + file + " (expected: a file that is there)");
        } catch (IOException e) {
            throw new InvalidRequest(name + ": " + file + ": " + e.getClass().getSimpleName()
                    + " (expected: a file that this process may read)");
        }
    }

    static String reason(Throwable e) {
        @Nullable String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
