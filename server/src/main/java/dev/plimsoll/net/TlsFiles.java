package dev.plimsoll.net;

import dev.plimsoll.refusal.InvalidRequest;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** What the files of TLS held at one moment, before and after it was found to be good. Blocks while it reads. */
record TlsFiles(byte[] chain, byte[] key, byte[] trust) {
    private static final TlsIdentity.Names NAMES =
            new TlsIdentity.Names("tls.certificate", "tls.key", "tls.key-password");

    /** Sessions of clients that resume them by an id; those that resume by a ticket keep their own. */
    private static final int SESSIONS = 256;

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
                TlsIdentity.bytes(NAMES.certificate(), settings.certificate()),
                TlsIdentity.bytes(NAMES.key(), settings.key()),
                trust == null ? new byte[0] : TlsIdentity.bytes("tls.trust", trust));
    }

    boolean same(TlsFiles other) {
        return Arrays.equals(chain, other.chain)
                && MessageDigest.isEqual(key, other.key)
                && Arrays.equals(trust, other.trust);
    }

    /** @throws InvalidRequest when they, or the settings, do not make a server that clients could trust */
    Ready ready(TlsSettings settings, Instant now) {
        TlsIdentity own =
                TlsIdentity.of(NAMES, settings.certificate(), chain, settings.key(), key, settings.keyPassword());
        Instant ends = Instant.MAX;
        for (X509Certificate certificate : own.chain()) {
            Instant begins = certificate.getNotBefore().toInstant();
            Instant end = certificate.getNotAfter().toInstant();
            if (now.isBefore(begins) || !now.isBefore(end)) {
                throw new InvalidRequest("tls.certificate: " + settings.certificate() + ": "
                        + certificate.getSubjectX500Principal() + " is good from " + begins + " to " + end
                        + " (expected: now)");
            }
            ends = end.isBefore(ends) ? end : ends;
        }
        return new Ready(context(settings, own), ends);
    }

    /** By way of the JDK alone: Netty's builder tries out a key store first, which takes as long as all the rest. */
    private SslContext context(TlsSettings settings, TlsIdentity own) {
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
            context.init(new KeyManager[] {own.keyManager()}, trusted(settings), null);
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
            throw new InvalidRequest("tls: " + TlsIdentity.reason(e));
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
        for (X509Certificate certificate : TlsIdentity.certificates("tls.trust", trust, this.trust)) {
            authorities.setCertificateEntry(Integer.toString(n++), certificate);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(authorities);
        return factory.getTrustManagers();
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
            throw new InvalidRequest("tls: " + TlsIdentity.reason(e));
        }
        for (String cipher : settings.ciphers()) {
            if (!known.contains(cipher)) {
                throw new InvalidRequest("tls.ciphers: '" + cipher
                        + "' (expected: a suite of this JDK, such as TLS_AES_128_GCM_SHA256)");
            }
        }
        return settings.ciphers();
    }
}
