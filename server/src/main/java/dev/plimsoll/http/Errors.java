package dev.plimsoll.http;

import dev.plimsoll.config.Configs;
import dev.plimsoll.net.HttpAnswer;
import dev.plimsoll.net.HttpCall;
import dev.plimsoll.net.HttpErrors;
import dev.plimsoll.refusal.Conflict;
import dev.plimsoll.refusal.Forbidden;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.NotFound;
import dev.plimsoll.refusal.OverBudget;
import dev.plimsoll.refusal.Refusal;
import dev.plimsoll.refusal.Unavailable;
import dev.plimsoll.wire.HttpMessages;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Statuses and bodies of all that is refused, in the form of the interface that was called: v1 answers in plain text, v2
 * and v3 in their envelope, and what is no interface at all as the reference's web framework would.
 */
final class Errors implements HttpErrors {
    private static final Logger LOG = LoggerFactory.getLogger(Errors.class);
    private static final DateTimeFormatter TIMESTAMP =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSxxx").withZone(ZoneOffset.UTC);
    private static final String INTERNAL = "internal error";

    /** Invalid requests that v2 and v3 have a code of their own for, by how their reasons begin. */
    private static final Map<String, Kind> INVALID_BY_BEGINNING = Map.of(
            "instance format invalid: The weights",
            Kind.WEIGHT,
            "metadata format incorrect:",
            Kind.METADATA,
            "Param 'Metadata'",
            Kind.METADATA,
            "Instance '",
            Kind.INSTANCE,
            "Current service ",
            Kind.INSTANCE,
            Selectors.REFUSED,
            Kind.SELECTOR,
            Configs.TOO_MANY_GRAYS,
            Kind.TOO_MANY_GRAYS);

    private final String contextPath;
    private final InstantSource clock;

    Errors(String contextPath, InstantSource clock) {
        this.contextPath = contextPath;
        this.clock = clock;
    }

    /** A refusal's HTTP status, and the code and words of the envelope. */
    enum Kind {
        INVALID(400, 20002, "parameter validate error"),
        MISSING(400, 10000, "parameter missing"),
        TOO_MANY_GRAYS(400, 20010, "config gray version version over max count"),
        WEIGHT(400, 21001, "weight error"),
        METADATA(400, 21002, "instance metadata error"),
        INSTANCE(400, 21004, "instance error"),
        SELECTOR(400, 21006, "selector error"),
        FORBIDDEN(403, 10001, "access denied"),
        NOT_FOUND(404, 20004, "resource not found"),
        // A lost compare-and-set, which is what clients know by a 500.
        CONFLICT(500, 20005, "resource conflict"),
        // 503 makes Java clients try the next server.
        UNAVAILABLE(503, 30000, "server error"),
        BROKEN(500, 30000, "server error"),
        // Of what some handlers are refused with.
        NO_INSTANCE(200, 21003, "instance not found"),
        SERVICE_EXISTS(400, 21007, "service already exist"),
        NO_SERVICE(400, 21008, "service not exist"),
        SERVICE_NOT_DELETED(400, 21009, "service delete failure"),
        NOT_DONE(400, 30000, "server error"),
        ABSENT(404, 30000, "server error");

        final int status;
        final int code;
        final String words;

        Kind(int status, int code, String words) {
            this.status = status;
            this.code = code;
            this.words = words;
        }

        static Kind of(Refusal refusal) {
            if (refusal instanceof InvalidRequest) {
                if (Form.isMissing(refusal.reason())) {
                    return MISSING;
                }
                return INVALID_BY_BEGINNING.entrySet().stream()
                        .filter(entry -> refusal.reason().startsWith(entry.getKey()))
                        .findFirst()
                        .map(Map.Entry::getValue)
                        .orElse(INVALID);
            } else if (refusal instanceof NotFound) {
                return NOT_FOUND;
            } else if (refusal instanceof Conflict) {
                return CONFLICT;
            } else if (refusal instanceof Forbidden) {
                return FORBIDDEN;
            } else if (refusal instanceof OverBudget || refusal instanceof Unavailable) {
                return UNAVAILABLE;
            }
            throw new IllegalArgumentException("no status for " + refusal.getClass());
        }
    }

    @Override
    public HttpAnswer refused(HttpCall call, Refusal refusal) {
        HttpAnswer answer = refused(call, Kind.of(refusal), refusal.reason());
        return refusal instanceof OverBudget ? answer.with("Retry-After", "1") : answer;
    }

    /** As the reference's filter does: v1 in the web framework's form, which clients show. */
    @Override
    public HttpAnswer denied(HttpCall call, Forbidden refusal) {
        if (inContext(call, "/v2/") || inContext(call, "/v3/")) {
            return refused(call, refusal);
        }
        return webError(403, "Forbidden", refusal.reason(), Form.echo(call.path()));
    }

    @Override
    public HttpAnswer unknownPath(HttpCall call) {
        String path = Form.echo(call.path());
        if (inContext(call, "/v1/ns/")) {
            return webError(501, "Not Implemented", "no such api:" + Form.echo(call.method()) + ":" + path, path);
        }
        return webError(404, "Not Found", "No endpoint " + Form.echo(call.method()) + " " + path + ".", path);
    }

    /** Under v1's naming paths the reference knows no difference between a wrong path and a wrong method. */
    @Override
    public HttpAnswer wrongMethod(HttpCall call, String allowed) {
        if (inContext(call, "/v1/ns/")) {
            return unknownPath(call);
        }
        String message = "Request method '" + Form.echo(call.method()) + "' is not supported";
        return webError(405, "Method Not Allowed", message, Form.echo(call.path()));
    }

    @Override
    public HttpAnswer broken(HttpCall call) {
        return refused(call, Kind.BROKEN, INTERNAL);
    }

    /** The part of an interface that is not there yet; better said than mistaken for another request. */
    static HttpAnswer notSupported(String what) {
        return HttpAnswer.text(501, what + ": not supported by this server");
    }

    /** Answers with what is made of the result, or with what kept it from coming. Any thread completes the stage. */
    <T> void answer(HttpCall call, CompletionStage<T> result, Function<? super T, HttpAnswer> success) {
        result.whenComplete((value, failure) -> {
            if (failure != null) {
                failed(call, failure);
                return;
            }
            HttpAnswer answer;
            try {
                answer = success.apply(value);
            } catch (RuntimeException e) {
                failed(call, e);
                return;
            }
            call.answer(answer);
        });
    }

    /**
     * The same.
     *
     * @param kinds what refusals are called that mean more here than elsewhere
     */
    <T> void answer(
            HttpCall call,
            CompletionStage<T> result,
            Function<? super T, HttpAnswer> success,
            Map<Class<? extends Refusal>, Kind> kinds) {
        result.whenComplete((value, failure) -> {
            Throwable cause = failure == null ? null : cause(failure);
            Kind kind = cause == null ? null : kinds.get(cause.getClass());
            if (cause instanceof Refusal refusal && kind != null) {
                call.answer(refused(call, kind, refusal.reason()));
            } else {
                answer(call, result, success);
            }
        });
    }

    /** What {@code work} finds, on a thread that may take its time. */
    void search(HttpCall call, Executor reads, Supplier<HttpAnswer> work) {
        try {
            answer(call, CompletableFuture.supplyAsync(work, reads), found -> found);
        } catch (RejectedExecutionException e) {
            throw readsAreBusy();
        }
    }

    static OverBudget readsAreBusy() {
        return new OverBudget("reads: as many waiting as there may be; try again later");
    }

    void failed(HttpCall call, Throwable failure) {
        Throwable cause = cause(failure);
        if (cause instanceof Refusal refusal) {
            call.answer(refused(call, refusal));
        } else {
            LOG.error("{} {} from {} failed", call.method(), call.path(), call.remoteIp(), cause);
            call.answer(broken(call));
        }
    }

    static Throwable cause(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    HttpAnswer refused(HttpCall call, Kind kind, String reason) {
        if (inContext(call, "/v2/") || inContext(call, "/v3/")) {
            return HttpAnswer.json(kind.status, HttpMessages.envelope(kind.code, kind.words, reason));
        }
        return HttpAnswer.text(kind.status, reason);
    }

    private HttpAnswer webError(int status, String error, String message, String path) {
        String now = TIMESTAMP.format(clock.instant());
        return HttpAnswer.json(status, new HttpMessages.WebError(now, status, error, message, path).json());
    }

    private boolean inContext(HttpCall call, String path) {
        String whole = call.path();
        return whole.startsWith(contextPath) && whole.startsWith(path, contextPath.length());
    }
}
