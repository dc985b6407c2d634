package dev.plimsoll.net;

import dev.plimsoll.refusal.InvalidRequest;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** What the files of TLS held at one moment, before and after it was found to be good. Blocks while it reads. */
record TlsFiles(byte[] chain, byte[] key, byte[] trust) {
    private static final int MAX_FILE = 1 << 20;

    /** Sessions of clients that resume them by an id; those that resume by a ticket keep their own. */
    private static final int SESSIONS = 256;

    private static final byte[] PROBE = "this key, that certificate".getBytes(StandardCharsets.US_ASCII);

    /**
     * Good files, made ready for handshakes.
     *
     * @param ends when the first of this server's certificates is no longer good
     */
    record Ready(SslContext context, Instant ends) {}

    /** @throws InvalidRequest when one cannot be read */
    static TlsFiles read(TlsSettings settings) {
        Path trust = settings.trust();
        return new TlsFiles(
                bytes("tls.certificate", settings.certificate()),
                bytes("tls.key", settings.key()),
                trust == null ? new byte[0] : bytes("tls.trust", trust));
    }

    boolean same(TlsFiles other) {
        return Arrays.equals(chain, other.chain)
                && MessageDigest.isEqual(key, other.key)
                && Arrays.equals(trust, other.trust);
    }

    /** @throws InvalidRequest when they, or the settings, do not make a server that clients could trust */
    Ready ready(TlsSettings settings, Instant now) {
        List<X509Certificate> certificates = certificates("tls.certificate", settings.certificate(), chain);
        Instant ends = Instant.MAX;
        for (X509Certificate certificate : certificates) {
            Instant begins = certificate.getNotBefore().toInstant();
            Instant end = certificate.getNotAfter().toInstant();
            if (now.isBefore(begins) || !now.isBefore(end)) {
                throw new InvalidRequest("tls.certificate: " + settings.certificate() + ": "
                        + certificate.getSubjectX500Principal() + " is good from " + begins + " to " + end
                        + " (expected: now)");
            }
            ends = end.isBefore(ends) ? end : ends;
        }
        PrivateKey privateKey = privateKey(settings);
        if (!belong(privateKey, certificates.get(0).getPublicKey())) {
            throw new InvalidRequest("tls.key: " + settings.key() + " (expected: the key of the first certificate in "
                    + settings.certificate() + ")");
        }
        return new Ready(context(settings, certificates, privateKey), ends);
    }

    /** By way of the JDK alone: Netty's builder tries out a key store first, which takes as long as all the rest. */
    private SslContext context(TlsSettings settings, List<X509Certificate> certificates, PrivateKey privateKey) {
        var applications = new ApplicationProtocolConfig(
                ApplicationProtocolConfig.Protocol.ALPN,
                ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                ApplicationProtocolNames.HTTP_2,
                ApplicationProtocolNames.HTTP_1_1);
        ClientAuth clients =
                switch (settings.clients()) {
                    case OFF -> ClientAuth.NONE;
                    case OPTIONAL -> ClientAuth.OPTIONAL;
                    case REQUIRED -> ClientAuth.REQUIRE;
                };
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {new OneKey(privateKey, certificates)}, trusted(settings), null);
            context.getServerSessionContext().setSessionCacheSize(SESSIONS);
            return new JdkSslContext(
                    context,
                    false,
                    ciphers(settings),
                    SupportedCipherSuiteFilter.INSTANCE,
                    applications,
                    clients,
                    settings.protocols().toArray(String[]::new),
                    false);
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw new InvalidRequest("tls: " + reason(e));
        }
    }

    private TrustManager[] trusted(TlsSettings settings) throws GeneralSecurityException, IOException {
        Path trust = settings.trust();
        if (settings.clients() == TlsSettings.Clients.OFF || trust == null) {
            return new TrustManager[] {new TrustNobody()};
        }
        KeyStore authorities = KeyStore.getInstance(KeyStore.getDefaultType());
        authorities.load(null, null);
        int n = 0;
        for (X509Certificate certificate : certificates("tls.trust", trust, this.trust)) {
            authorities.setCertificateEntry(Integer.toString(n++), certificate);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(authorities);
        return factory.getTrustManagers();
    }

    /**
     * Offers what there is, if it is of the kind that was asked for. A key store would encrypt and decrypt it first, with ten
     * thousand rounds each.
     */
    private static final class OneKey extends X509ExtendedKeyManager {
        private static final String ALIAS = "plimsoll";

        private final PrivateKey key;
        private final X509Certificate[] chain;

        OneKey(PrivateKey key, List<X509Certificate> chain) {
            this.key = key;
            this.chain = chain.toArray(X509Certificate[]::new);
        }

        @Override
        public @Nullable String chooseEngineServerAlias(
                String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
            return keyType.equals(chain[0].getPublicKey().getAlgorithm()) ? ALIAS : null;
        }

        @Override
        public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, Socket socket) {
            return keyType.equals(chain[0].getPublicKey().getAlgorithm()) ? ALIAS : null;
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
            return null;
        }

        @Override
        public @Nullable String chooseClientAlias(String[] keyTypes, Principal @Nullable [] issuers, Socket socket) {
            return null;
        }
    }

    /** For a server that asks for no certificate. Without it the JDK reads all authorities it knows, for 0.2 s. */
    private static final class TrustNobody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("no certificate is asked for");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("no server is spoken to");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private static List<String> ciphers(TlsSettings settings) {
        if (settings.ciphers().isEmpty()) {
            return Http2SecurityUtil.CIPHERS;
        }
        Set<String> known;
        try {
            known = Set.of(SSLContext.getDefault().getSupportedSSLParameters().getCipherSuites());
        } catch (NoSuchAlgorithmException e) {
            throw new InvalidRequest("tls: " + reason(e));
        }
        for (String cipher : settings.ciphers()) {
            if (!known.contains(cipher)) {
                throw new InvalidRequest("tls.ciphers: '" + cipher
                        + "' (expected: a suite of this JDK, such as TLS_AES_128_GCM_SHA256)");
            }
        }
        return settings.ciphers();
    }

    private static List<X509Certificate> certificates(String setting, Path file, byte[] pem) {
        try {
            List<X509Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem)).stream()
                            .map(X509Certificate.class::cast)
                            .toList();
            if (!certificates.isEmpty()) {
                return certificates;
            }
        } catch (CertificateException e) {
            throw new InvalidRequest(setting + ": " + file + ": " + reason(e) + " (expected: certificates, in PEM)");
        }
        throw new InvalidRequest(setting + ": " + file + ": no certificate (expected: certificates, in PEM)");
    }

    private PrivateKey privateKey(TlsSettings settings) {
        String expected = " (expected: a private key in PKCS#8, in PEM, and its password in tls.key-password if it has"
                + " one; openssl pkcs8 -topk8 makes one of others)";
        try {
            return PrivateKeys.read(key, settings.keyPassword());
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new InvalidRequest("tls.key: " + settings.key() + ": " + reason(e) + expected);
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

    private static byte[] bytes(String setting, Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_FILE + 1);
            if (bytes.length > MAX_FILE) {
                throw new InvalidRequest(
                        setting + ": " + file + ": too large (expected: at most " + MAX_FILE + " bytes)");
            }
            return bytes;
        } catch (NoSuchFileException e) {
            throw new InvalidRequest(setting + ": " + file + " (expected: a file that is there)");
        } catch (IOException e) {
            throw new InvalidRequest(setting + ": " + file + ": " + e.getClass().getSimpleName()
                    + " (expected: a file that this process may read)");
        }
    }

    private static String reason(Throwable e) {
        @Nullable String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
