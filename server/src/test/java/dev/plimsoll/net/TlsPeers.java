package dev.plimsoll.net;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;

/**
 * Peers in a process of their own, so that a heap holds one side of each connection only. Opens as many as each line of
 * its input says, and says so; ends with its input.
 */
final class TlsPeers implements AutoCloseable {
    /** How far a peer goes. */
    enum Kind {
        PLAIN,
        /** Hands are shaken and one request is answered. */
        SECURE,
        /** The client has said hello, and says no more. */
        SHAKING
    }

    private final Process process;
    private final BufferedReader said;

    private TlsPeers(Process process) {
        this.process = process;
        this.said = process.inputReader(StandardCharsets.UTF_8);
    }

    static TlsPeers start(Kind kind, int port, Path trust) throws IOException {
        return new TlsPeers(new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        TlsPeers.class.getName(),
                        kind.name(),
                        Integer.toString(port),
                        trust.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    void open(int count) throws IOException {
        process.outputWriter(StandardCharsets.UTF_8)
                .append(Integer.toString(count))
                .append('\n')
                .flush();
        if (!"open".equals(said.readLine())) {
            throw new IOException("the peers could not connect");
        }
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    public static void main(String[] arguments) throws IOException, GeneralSecurityException {
        Kind kind = Kind.valueOf(arguments[0]);
        int port = Integer.parseInt(arguments[1]);
        SSLContext context = trusting(Path.of(arguments[2]));
        List<Socket> open = new ArrayList<>();
        var commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            for (int i = 0; i < Integer.parseInt(line); i++) {
                open.add(peer(kind, port, context));
            }
            System.out.println("open");
        }
        for (Socket socket : open) {
            socket.close();
        }
    }

    private static Socket peer(Kind kind, int port, SSLContext context) throws IOException {
        Socket socket = kind == Kind.SECURE
                ? context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)
                : new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        if (kind == Kind.SHAKING) {
            SSLEngine engine = context.createSSLEngine();
            engine.setUseClientMode(true);
            ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
            engine.wrap(ByteBuffer.allocate(0), hello);
            socket.getOutputStream().write(hello.array(), 0, hello.position());
            if (socket.getInputStream().read() < 0) {
                throw new IOException("the server did not answer the hello");
            }
            return socket;
        }
        socket.getOutputStream().write("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        var read = new StringBuilder();
        while (!read.toString().endsWith("hello")) {
            int c = socket.getInputStream().read();
            if (c < 0) {
                throw new IOException("ended after " + read);
            }
            read.append((char) c);
        }
        return socket;
    }

    private static SSLContext trusting(Path pem) throws IOException, GeneralSecurityException {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (InputStream in = Files.newInputStream(pem)) {
            store.setCertificateEntry(
                    "trusted", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        var trusts = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusts.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trusts.getTrustManagers(), null);
        return context;
    }
}
