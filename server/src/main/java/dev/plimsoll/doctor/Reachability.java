package dev.plimsoll.doctor;

import dev.plimsoll.doctor.Pages.Page;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;

/**
 * What a client on this machine meets: the HTTP port, the port 1000 above it, HTTP/2 there, TLS when it is used, and a
 * push that arrives.
 */
final class Reachability {
    private static final long WIRE_MILLIS = 4_000;
    private static final long SLOW_MILLIS = 1_000;
    private static final long CERTIFICATE_DAYS = 14;

    private final Pages pages;
    private final int grpcPort;
    private final InstantSource clock;
    private final Chart chart;

    Reachability(Pages pages, int grpcPort, InstantSource clock, Chart chart) {
        this.pages = pages;
        this.grpcPort = grpcPort;
        this.clock = clock;
        this.chart = chart;
    }

    /**
     * @param probeName makes the probe's service one of its own
     * @return whether the HTTP port answers
     */
    boolean check(String probeName) {
        Page live = pages.getAtRoot("/health/live");
        if (live.status() == 0) {
            boolean untrusted = live.error().startsWith(Authorities.TLS);
            chart.critical(
                    untrusted ? "tls" : "http",
                    untrusted
                            ? "A client here cannot agree with the server on TLS, or does not trust its certificate"
                            : "The HTTP port does not answer from here",
                    List.of(pages.base() + ": " + live.error()),
                    List.of(
                            untrusted
                                    ? "Give clients, and this command by --ca FILE, the authority that signed it, or let"
                                            + " one they know sign it; where the server asks for certificates, give"
                                            + " them one, and this command by --certificate FILE and --key FILE"
                                    : "Start the server, or let this machine through to port " + pages.port()));
            return false;
        }
        if (!live.ok()) {
            chart.warning(
                    "http",
                    "The HTTP port answers, but not as Plimsoll does",
                    List.of("/health/live: status " + live.status()),
                    List.of(
                            "Is something else on this port, or a proxy in between? A Nacos server is examined by --nacos"));
        } else {
            ready();
        }
        grpc(probeName);
        return true;
    }

    private void ready() {
        Page ready = pages.getAtRoot("/health/ready");
        if (!ready.ok()) {
            chart.critical(
                    "http",
                    "The server says that it is not ready",
                    List.of("/health/ready: " + ready.why()),
                    List.of("Look into its plimsoll.log"));
        } else if (ready.millis() > SLOW_MILLIS) {
            chart.warning(
                    "http",
                    "The server answers slowly",
                    List.of("/health/ready took " + ready.millis() + " ms"),
                    List.of("Look at its load, and at the network between"));
        } else {
            chart.fine(
                    "http",
                    "port " + pages.port() + " answers in " + ready.millis() + " ms"
                            + (pages.tls() ? ", over TLS with a certificate that is trusted here" : ""));
        }
    }

    private void grpc(String probeName) {
        try (Http2Wire wire = Http2Wire.connect(pages.host(), grpcPort, pages.sockets(), WIRE_MILLIS)) {
            chart.fine("grpc", "port " + grpcPort + " speaks HTTP/2 (" + wire.protocol() + ")");
            certificate(wire);
            push(wire, probeName);
        } catch (IOException e) {
            chart.critical(
                    "grpc",
                    "Clients from 2.0 on cannot connect: port " + grpcPort + " does not speak gRPC from here",
                    List.of(pages.host() + ":" + grpcPort + ": " + Foreign.text(Authorities.why(e, pages.tls()))),
                    List.of("Clients take the HTTP port and add 1000: let " + grpcPort
                            + " through firewalls and proxies too, as HTTP/2 or as plain TCP"));
        }
    }

    private void certificate(Http2Wire wire) throws SSLPeerUnverifiedException {
        SSLSocket tls = wire.tls();
        if (tls == null || !(tls.getSession().getPeerCertificates()[0] instanceof X509Certificate certificate)) {
            return;
        }
        Instant end = certificate.getNotAfter().toInstant();
        long days = Duration.between(clock.instant(), end).toDays();
        String is = tls.getSession().getProtocol() + ", certificate until " + end;
        if (days < CERTIFICATE_DAYS) {
            chart.warning(
                    "tls", "The certificate ends in " + days + " days", List.of(is), List.of("Renew it before then"));
        } else {
            chart.fine("tls", is);
        }
    }

    private void push(Http2Wire wire, String probeName) {
        try {
            long millis = new PushProbe(wire, pages.token(), probeName).roundTripMillis();
            if (millis > SLOW_MILLIS) {
                chart.warning(
                        "push",
                        "A push takes long to arrive",
                        List.of("from registration to push " + millis + " ms"),
                        List.of("Look at the findings about memory and clients"));
            } else {
                chart.fine("push", "a subscription of its own was told of its change in " + millis + " ms");
            }
        } catch (IOException e) {
            String why = Foreign.text(String.valueOf(e.getMessage()));
            if (why.contains("was refused: 403")) {
                chart.unknown("push", why + " (expected: --user with a right to write)");
                return;
            }
            chart.critical(
                    "push",
                    "A subscription of its own is not told of its change",
                    List.of(why),
                    List.of("Look at the findings about memory and clients, and at proxies that buffer streams"));
        }
    }
}
