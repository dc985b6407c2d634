package dev.plimsoll.net;

import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.vitals.Admission;
import dev.plimsoll.vitals.Answers;
import dev.plimsoll.vitals.RequestKind;
import dev.plimsoll.vitals.Traffic;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** One HTTP request and the place for its answer, whichever version of HTTP it came by. */
public abstract class HttpCall {
    /** In place of a status: nobody was there to be answered. */
    public static final int NO_ANSWER = 499;

    /** A call that waits, without what it was sent. ConnectionBytesTest measures it. */
    static final int KEPT_BYTES = 768;

    private static final int NOT_FOUND = 404; // which clients ask to learn
    private static final int TOO_FULL = 503;
    private static final int DENIED = 403;
    private static final int ILLEGAL = 400;
    private static final HttpAnswer HELD = HttpAnswer.empty(200);
    private static final String FORM = "application/x-www-form-urlencoded";

    private final TcpConnection connection;
    private final String method;
    private String target;
    private final AtomicBoolean answered = new AtomicBoolean();
    private String path = "";
    private String user = "";
    private Parameters parameters = Parameters.NONE;
    private boolean isAllParameters = true;
    private ByteBuf body = Unpooled.EMPTY_BUFFER;
    private @Nullable Runnable gone; // loop
    private @Nullable IntConsumer outcome; // set before the handler is called
    private Admission.@Nullable Place place; // set before the handler is called
    private @Nullable Traffic traffic; // as the next three: while this call is to be counted
    private Answers.@Nullable Route route;
    private RequestKind kind = RequestKind.OTHER;
    private long begunNanos;

    HttpCall(TcpConnection connection, String method, String target) {
        this.connection = connection;
        this.method = method;
        this.target = target;
    }

    /** In capitals: GET, POST. */
    public String method() {
        return method;
    }

    /** Decoded, without the query. */
    public String path() {
        return path;
    }

    /** The first value of a parameter of the query or, after that, of the form in the body. */
    public @Nullable String parameter(String name) {
        return parameters.first(name);
    }

    /** All values, those of the query first. */
    public List<String> parameters(String name) {
        return parameters.all(name);
    }

    /** The first value of a header; names are compared without regard to case. */
    public abstract @Nullable String header(String name);

    /** The body as it came. Borrowed: valid until the handler returns. */
    public ByteBuf body() {
        return body;
    }

    /** Whether nothing but parameters came: no body, or a form. */
    public boolean isAllParameters() {
        return isAllParameters;
    }

    public Connection connection() {
        return connection;
    }

    /** Textual IP address of the peer, whatever proxies say. */
    public String remoteIp() {
        return connection.remoteIp();
    }

    /**
     * Runs {@code gone} on the connection's loop if the peer goes away before it is answered. To be called by the
     * handler before it returns.
     */
    public void whenGone(Runnable gone) {
        this.gone = gone;
    }

    /** Who calls, as the gate has found out; "" when nobody had to prove anything. */
    public String user() {
        return user;
    }

    /** The gate has found out who calls. */
    public void identified(String user) {
        this.user = user;
    }

    /**
     * Tells the status of the answer, or {@link #NO_ANSWER} when the peer goes away before. Any thread. To be called before
     * the handler is.
     */
    public void whenAnswered(IntConsumer outcome) {
        this.outcome = outcome;
    }

    /**
     * The answer may be long in coming: what was only needed to find it is dropped, and the call counts no more as a request
     * under way. Who calls this accounts for what waits, and has read all it needs.
     */
    public final void hold() {
        leave();
        count(HELD); // what it waits for is no work of the server's
        parameters = Parameters.NONE;
        target = path;
        forgetHead();
    }

    /**
     * Takes room for an answer that may be long, before it is made.
     *
     * @param bytes of the heap; given back when the call is answered
     * @throws dev.plimsoll.refusal.OverBudget when there is none
     */
    public final void makeRoom(long bytes) {
        if (place != null) {
            place.growBy(bytes);
        }
    }

    /** Headers will not be asked for again. */
    abstract void forgetHead();

    /** Answers; any thread; the first answer counts. */
    public final void answer(HttpAnswer answer) {
        leave();
        if (!answered.compareAndSet(false, true)) {
            return;
        }
        count(answer);
        if (outcome != null) {
            outcome.accept(answer.status());
        }
        if (connection.onLoop()) {
            send(answer);
        } else {
            connection.loop().execute(() -> send(answer));
        }
    }

    private void send(HttpAnswer answer) {
        gone = null;
        write(answer);
    }

    boolean isHead() {
        return method.equals("HEAD");
    }

    /** Finds the path in the target. */
    final void parsePath() {
        int begin = pathBegin();
        int query = target.indexOf('?', begin);
        path = Parameters.decode(target, begin, query < 0 ? target.length() : query, false);
    }

    /** Heap bytes the call may take while it is decoded: its head, the parameters, their values, and a copy under way. */
    final long decodingBytes(ByteBuf body) {
        return 512 + headBytes() + 4L * (target.length() + body.readableBytes());
    }

    /** Heap bytes it may take after that. */
    final long keptBytes(ByteBuf body) {
        return KEPT_BYTES + headBytes() + 2L * (target.length() + body.readableBytes());
    }

    /** What its headers take of the heap, as far as they are not charged elsewhere. */
    abstract int headBytes();

    /** The call began then, and is counted when it is answered. */
    final void countIn(Traffic traffic, RequestKind kind, Answers.Route route, long begunNanos) {
        this.traffic = traffic;
        this.route = route;
        this.kind = kind;
        this.begunNanos = begunNanos;
    }

    private void count(HttpAnswer answer) {
        Traffic counted = traffic;
        traffic = null;
        if (counted != null && route != null) {
            int status = answer.status();
            route.answered(status, counted.answered(kind, begunNanos));
            if (status == TOO_FULL) {
                counted.refused(answer::beginning);
            } else if (status >= 400 && status != NOT_FOUND) {
                counted.failed(kind.isOfConfigs(), status == ILLEGAL);
                if (status == DENIED && kind != RequestKind.LOGIN) {
                    counted.denied(remoteIp());
                }
            }
        }
    }

    /** The call holds {@code place} until it is answered. */
    final void enter(Admission.Place place) {
        this.place = place;
    }

    private void leave() {
        if (place != null) {
            place.close();
        }
    }

    private int pathBegin() {
        int begin = 0;
        if (!target.startsWith("/")) {
            // A proxy's form, http://host/path; * is OPTIONS for the server as a whole.
            int scheme = target.indexOf("://");
            begin = scheme < 0 ? -1 : target.indexOf('/', scheme + 3);
            if (begin < 0) {
                throw new InvalidRequest("request target: '" + abridged(target) + "' (expected: a path)");
            }
        }
        return begin;
    }

    /** Reads the parameters of the target and, if it is a form, of the body. */
    final void parseParameters(ByteBuf body, int parameterLimit) {
        this.body = body;
        int query = target.indexOf('?', pathBegin());
        String contentType = body.isReadable() ? header("content-type") : null;
        boolean isForm = contentType != null && contentType.regionMatches(true, 0, FORM, 0, FORM.length());
        isAllParameters = isForm || !body.isReadable();
        parameters = Parameters.parse(
                query < 0 ? "" : target.substring(query + 1),
                isForm ? body.toString(StandardCharsets.ISO_8859_1) : "",
                parameterLimit);
    }

    /** The body is about to be freed. */
    final void forgetBody() {
        body = Unpooled.EMPTY_BUFFER;
    }

    /** Goes on with a call that has waited, on the connection's loop, unless nobody is there any more. */
    final void goOn(Runnable next) {
        connection.loop().execute(() -> {
            if (!answered.get()) {
                next.run();
            }
        });
    }

    /** The peer has gone away. */
    final void peerGone() {
        leave();
        if (answered.compareAndSet(false, true)) {
            if (outcome != null) {
                outcome.accept(NO_ANSWER);
            }
            Runnable listener = gone;
            gone = null;
            if (listener != null) {
                listener.run();
            }
        }
    }

    /** Sends it. Connection's loop, once. */
    abstract void write(HttpAnswer answer);

    private static String abridged(String text) {
        return text.length() <= 100 ? text : text.substring(0, 100) + "...";
    }
}
