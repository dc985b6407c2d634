package dev.plimsoll.net;

import dev.plimsoll.loop.Loop;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.vitals.Condition;
import dev.plimsoll.vitals.Findings;
import dev.plimsoll.vitals.Severity;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslContext;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLEngine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate this server shows, and whom it trusts. Its files are looked at by time; connections that come after a
 * change meet the new ones, and those that are there stay as they are. Files that are no good change nothing, and are a
 * finding until they are. {@link #look} is for one thread at a time, all else for any.
 */
public final class Tls {
    /** Some connections are served without TLS, and that may be meant. */
    public static final Condition PLAINTEXT = new Condition(
            "tls", "connections without TLS are served", "once all clients speak TLS, set tls.plaintext=off");

    static final Condition BAD_FILES = new Condition(
            "tls", "new TLS files cannot be used", "mend the files; they are looked at every tls.reload-seconds");

    /** Clients will soon begin to refuse this server. */
    static final Condition ENDS_SOON = new Condition(
            "tls", "the TLS certificate ends soon", "put a new certificate and its key in the place of the old ones");

    private static final Logger log = LoggerFactory.getLogger(Tls.class);
    private static final long FAILURES_LOGGED_EVERY = TimeUnit.SECONDS.toNanos(10);
    private static final Duration SOON = Duration.ofDays(14);
    private static final Duration AT_ONCE = Duration.ofDays(1);

    private final TlsSettings settings;
    private final InstantSource clock;
    private final Findings findings;
    private final Executor handshakes;
    private TlsFiles used; // of the thread that looks, as is the next
    private Instant ends;
    private volatile SslContext context;
    private final AtomicLong failures = new AtomicLong();
    private final AtomicLong failureLoggedAt = new AtomicLong(System.nanoTime() - FAILURES_LOGGED_EVERY);

    /**
     * @param handshakes does the arithmetic of handshakes, so that connection loops need not; {@link Handshakes} bounds what waits for it
     * @throws InvalidRequest when the files are no good
     */
    public Tls(TlsSettings settings, InstantSource clock, Findings findings, Executor handshakes) {
        this.settings = settings;
        this.clock = clock;
        this.findings = findings;
        this.handshakes = handshakes;
        this.used = TlsFiles.read(settings);
        TlsFiles.Ready ready = used.ready(settings, clock.instant());
        this.context = ready.context();
        this.ends = ready.ends();
        warnOfEnd();
    }

    /**
     * Looks at the files every so often.
     *
     * @param loop keeps the time
     * @param reads may wait for files
     */
    public void watch(Loop loop, Executor reads) {
        loop.schedule(settings.every(), () -> {
            try {
                reads.execute(() -> {
                    look();
                    loop.execute(() -> watch(loop, reads));
                });
            } catch (RejectedExecutionException e) {
                watch(loop, reads); // too much to read just now
            }
        });
    }

    /** Takes up what has changed in the files. Blocks while it reads. */
    void look() {
        try {
            TlsFiles files = TlsFiles.read(settings);
            if (!files.same(used)) {
                TlsFiles.Ready ready = files.ready(settings, clock.instant());
                context = ready.context();
                ends = ready.ends();
                used = files;
                log.info("TLS: new files taken up; the certificate is good until {}", ends);
            }
            findings.over(BAD_FILES, "good until " + ends);
        } catch (InvalidRequest e) {
            findings.found(BAD_FILES, Severity.WARNING, e.reason() + "; the former ones stay in use");
        }
        warnOfEnd();
    }

    private void warnOfEnd() {
        Duration left = Duration.between(clock.instant(), ends);
        if (left.compareTo(SOON) < 0) {
            Severity severity = left.compareTo(AT_ONCE) < 0 ? Severity.CRITICAL : Severity.WARNING;
            findings.found(ENDS_SOON, severity, settings.certificate() + ": " + ends);
        } else {
            findings.over(ENDS_SOON, settings.certificate() + ": " + ends);
        }
    }

    /** Some connections are served without it. */
    public boolean isOptional() {
        return settings.plaintext() != TlsSettings.Plaintext.OFF;
    }

    TlsSettings settings() {
        return settings;
    }

    /** A handshake came to nothing: the client does not trust us, or we do not trust it. Any thread. */
    void failed(String remoteIp, Throwable cause) {
        long so = failures.incrementAndGet();
        long now = System.nanoTime();
        long logged = failureLoggedAt.get();
        if (now - logged >= FAILURES_LOGGED_EVERY && failureLoggedAt.compareAndSet(logged, now)) {
            log.warn("TLS handshake with {} failed: {}; {} failed so far", remoteIp, words(cause), so);
        }
    }

    /** Why a handshake came to nothing. */
    static String words(Throwable cause) {
        if (cause instanceof NotSslRecordException) {
            return "not a TLS record"; // without the bytes that were none
        }
        return cause instanceof ClosedChannelException ? "the connection ended" : String.valueOf(cause.getMessage());
    }

    Executor handshakes() {
        return handshakes;
    }

    SSLEngine newEngine(ByteBufAllocator allocator) {
        return context.newEngine(allocator);
    }
}
