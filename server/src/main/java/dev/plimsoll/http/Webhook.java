package dev.plimsoll.http;

import dev.plimsoll.refusal.Unavailable;
import dev.plimsoll.vitals.Alerts;
import dev.plimsoll.vitals.Finding;
import dev.plimsoll.wire.VitalsMessages.AlertReport;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Posts alerts as JSON to an address of the operator's. Nothing of it is there until the first one. Redirects are not
 * followed, and what is answered beside the status is not read. Neither path, query nor user of the address are told to anybody:
 * each of them may be the secret.
 */
public final class Webhook implements Alerts.Sender {
    private final URI address;
    private final String authorization; // "" for none
    private final Duration timeout;
    private final String server;
    private final String version;
    private final InstantSource clock;
    private final Executor executor;

    /**
     * @param address http or https, with a host
     * @param timeout for the whole of one attempt
     * @param server what this one is known as
     * @param executor one thread, which may wait
     */
    public Webhook(
            URI address, Duration timeout, String server, String version, InstantSource clock, Executor executor) {
        String user = address.getUserInfo();
        this.authorization = user == null
                ? ""
                : "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
        this.address = user == null ? address : withoutUser(address);
        this.timeout = timeout;
        this.server = server;
        this.version = version;
        this.clock = clock;
        this.executor = executor;
    }

    private static URI withoutUser(URI address) {
        String text = address.toString();
        int begin = text.indexOf("//") + 2;
        return URI.create(text.substring(0, begin) + text.substring(text.indexOf('@', begin) + 1));
    }

    @Override
    public CompletionStage<Void> send(Finding finding, boolean over) {
        byte[] body = report(finding, over).json();
        return CompletableFuture.supplyAsync(() -> post(body), executor)
                .thenCompose(answer -> answer)
                .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .handle((answer, failure) -> {
                    if (failure != null) {
                        throw new Unavailable(where() + ": " + words(failure));
                    }
                    if (answer.statusCode() / 100 != 2) {
                        throw new Unavailable(where() + ": status " + answer.statusCode() + " (expected: 2xx)");
                    }
                    return null;
                });
    }

    private AlertReport report(Finding finding, boolean over) {
        String words = finding.what() + ": " + finding.evidence();
        return new AlertReport(
                over ? "over" : "critical",
                server,
                version,
                clock.millis(),
                over
                        ? "over on " + server + ": " + words
                        : "critical on " + server + ": " + words + "; "
                                + finding.condition().advice(),
                VitalsRoutes.report(finding));
    }

    /** On the executor's thread: what a client needs is loaded here, and goes with it, since alerts are rare. */
    private CompletableFuture<HttpResponse<Void>> post(byte[] body) {
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(timeout)
                .executor(executor)
                .build();
        var request = HttpRequest.newBuilder(address)
                .timeout(timeout)
                .header("Content-Type", "application/json;charset=UTF-8")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        CompletableFuture<HttpResponse<Void>> exchange =
                client.sendAsync(request.build(), HttpResponse.BodyHandlers.discarding());
        return exchange.copy()
                .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((answer, failure) -> {
                    if (failure != null) {
                        exchange.cancel(true); // else an answer that never ends is read for ever
                    }
                });
    }

    /** What of the address is no secret. */
    private String where() {
        return address.getScheme() + "://" + address.getHost() + (address.getPort() < 0 ? "" : ":" + address.getPort());
    }

    private String words(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof TimeoutException) {
            return "no answer within " + timeout.toSeconds() + " s";
        }
        return cause.getClass().getSimpleName(); // its message may hold the address
    }
}
