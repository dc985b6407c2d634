package dev.plimsoll.doctor;

import dev.plimsoll.refusal.InvalidRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilderException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Whose signature under a server's certificate a command trusts: that of those this machine knows, or of a file's. And what
 * the command shows of itself to a server that asks for a certificate.
 */
public final class Authorities {
    /** How every {@link #why} begins that is about TLS. */
    public static final String TLS = "TLS: ";

    private static final long MOST_BYTES = 1 << 20;

    /** What a server says that has looked for ours: of TLS 1.3 the first, of 1.2 the second, of both the rest. */
    private static final Pattern OF_OUR_CERTIFICATE = Pattern.compile(
            "fatal alert: (certificate_required|bad_certificate|certificate_unknown|certificate_expired|unknown_ca)");

    private final @Nullable SSLSocketFactory sockets; // null: those of this JVM, which take time to read

    private Authorities(@Nullable SSLSocketFactory sockets) {
        this.sockets = sockets;
    }

    /** Those that this JVM knows. */
    public static Authorities ofMachine() {
        return new Authorities(null);
    }

    /** The same, with a certificate that is shown to servers that ask for one. */
    public static Authorities ofMachine(KeyManager own) {
        try {
            return new Authorities(sockets(own, null));
        } catch (GeneralSecurityException e) {
            throw new InvalidRequest("TLS: " + e.getMessage() + " (expected: a JDK that has it)");
        }
    }

    /**
     * Those in a file, and no others.
     *
     * @param file PEM, one certificate or more; also a server's own, when it has signed itself
     * @param own what is shown to servers that ask; null for nothing
     * @throws InvalidRequest when there is none in it
     */
    public static Authorities in(Path file, @Nullable KeyManager own) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new InvalidRequest("--ca: '" + file + "' is longer than " + Size.text(MOST_BYTES));
            }
            Collection<? extends Certificate> certificates = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)));
            if (certificates.isEmpty()) {
                throw new InvalidRequest("--ca: '" + file + "' holds no certificate (expected: PEM)");
            }
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            for (Certificate certificate : certificates) {
                store.setCertificateEntry("ca" + store.size(), certificate);
            }
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            return new Authorities(sockets(own, trust.getTrustManagers()));
        } catch (IOException e) {
            throw new InvalidRequest("--ca: '" + file + "' cannot be read: " + e + " (expected: PEM)");
        } catch (GeneralSecurityException e) {
            throw new InvalidRequest(
                    "--ca: '" + file + "' holds what is no certificate: " + e.getMessage() + " (expected: PEM)");
        }
    }

    private static SSLSocketFactory sockets(@Nullable KeyManager own, TrustManager @Nullable [] trusted)
            throws GeneralSecurityException {
        var context = SSLContext.getInstance("TLS");
        context.init(own == null ? null : new KeyManager[] {own}, trusted, null);
        return context.getSocketFactory();
    }

    SSLSocketFactory sockets() {
        return sockets == null ? (SSLSocketFactory) SSLSocketFactory.getDefault() : sockets;
    }

    /** A connection that is not open yet; over TLS when the address says so. */
    public HttpURLConnection connection(URI uri) throws IOException {
        if (!(uri.toURL().openConnection() instanceof HttpURLConnection connection)) {
            throw new IOException(uri + " is no address of the web");
        }
        if (connection instanceof HttpsURLConnection secured) {
            secured.setSSLSocketFactory(sockets());
        }
        return connection;
    }

    /** There was nobody, or nobody who answered: nothing of TLS. */
    private static boolean isUnreachable(IOException failure) {
        return failure instanceof ConnectException
                || failure instanceof NoRouteToHostException
                || failure instanceof UnknownHostException
                || failure instanceof SocketTimeoutException;
    }

    /**
     * What an operator can do something about: why a connection failed, in one line.
     *
     * @param tls whether it was to be encrypted
     */
    public static String why(IOException failure, boolean tls) {
        // Of TLS 1.3 a client has done its part before the server looks at its certificate, and may hear of nothing but
        // the
        // end of the connection.
        if (tls && !(failure instanceof SSLException) && !isUnreachable(failure)) {
            return TLS + "the server ended the connection: it may want a certificate, or another one (expected:"
                    + " --certificate FILE and --key FILE; " + failure.getMessage() + ")";
        }
        if (!(failure instanceof SSLException)) {
            return String.valueOf(failure);
        }
        Matcher alert = OF_OUR_CERTIFICATE.matcher(String.valueOf(failure.getMessage()));
        if (alert.find()) {
            return TLS + "the server asks for a certificate and was shown none that it takes (expected: --certificate"
                    + " FILE and --key FILE; it says " + alert.group(1) + ")";
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertPathBuilderException) {
                return TLS + "nobody known here signed the server's certificate (expected: --ca FILE with the"
                        + " authority that did)";
            }
            if (cause instanceof CertificateExpiredException) {
                return TLS + "the server's certificate has ended: " + cause.getMessage();
            }
            if (cause instanceof CertificateException && cause.getCause() == null) {
                return TLS + "the server's certificate is not for this address: " + cause.getMessage();
            }
        }
        return TLS + failure.getMessage();
    }
}
