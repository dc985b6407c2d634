package dev.plimsoll.grpc;

import dev.plimsoll.auth.Auth;
import dev.plimsoll.auth.Identity;
import dev.plimsoll.config.Configs;
import dev.plimsoll.net.Connection;
import dev.plimsoll.net.GrpcService;
import dev.plimsoll.net.GrpcStatus;
import dev.plimsoll.refusal.Forbidden;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.OverBudget;
import dev.plimsoll.refusal.Refusal;
import dev.plimsoll.registry.Registry;
import dev.plimsoll.session.ClientInfo;
import dev.plimsoll.session.Peer;
import dev.plimsoll.session.ServiceFrames;
import dev.plimsoll.session.Session;
import dev.plimsoll.session.Sessions;
import dev.plimsoll.store.Write.Author;
import dev.plimsoll.vitals.Admission;
import dev.plimsoll.vitals.RequestKind;
import dev.plimsoll.vitals.Traffic;
import dev.plimsoll.wire.ConfigMessages.ConfigBatchListenRequest;
import dev.plimsoll.wire.ConfigMessages.ConfigQueryRequest;
import dev.plimsoll.wire.ConnectionMessages.Ack;
import dev.plimsoll.wire.ConnectionMessages.ConnectionSetupRequest;
import dev.plimsoll.wire.ConnectionMessages.HealthCheckRequest;
import dev.plimsoll.wire.ConnectionMessages.HealthCheckResponse;
import dev.plimsoll.wire.ConnectionMessages.ServerCheckRequest;
import dev.plimsoll.wire.ConnectionMessages.ServerCheckResponse;
import dev.plimsoll.wire.ConnectionMessages.SetupAckRequest;
import dev.plimsoll.wire.DecodingCost;
import dev.plimsoll.wire.ErrorCodes;
import dev.plimsoll.wire.Message.ClientRequest;
import dev.plimsoll.wire.MessageTypes;
import dev.plimsoll.wire.NamingMessages.ServiceListRequest;
import dev.plimsoll.wire.NamingMessages.ServiceQueryRequest;
import dev.plimsoll.wire.NamingMessages.SubscribeServiceRequest;
import dev.plimsoll.wire.Payload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Nacos protocol: one unary method for everything a client asks, one stream for everything it is told. A connection
 * becomes a session by the set-up message on its stream, and ends with that stream or with the transport.
 */
public final class PayloadService implements GrpcService {
    private static final Logger LOG = LoggerFactory.getLogger(PayloadService.class);

    private static final String UNARY_PATH = "/Request/request";
    private static final String STREAM_PATH = "/BiRequestStream/requestBiStream";
    private static final String ERROR = "ErrorResponse";
    private static final String SERVER_CHECK = ServerCheckRequest.class.getSimpleName();
    private static final String SETUP = ConnectionSetupRequest.class.getSimpleName();

    /** What this server can do beyond the oldest protocol, as clients ask from 2.3 on. */
    private static final Map<String, Boolean> ABILITIES = Map.of("supportPersistentInstanceByGrpc", true);

    private final Sessions sessions;
    private final Admission admission;
    private final Traffic traffic;
    private final ByteBufAllocator allocator;
    private final Permissions permissions;
    private final NamingHandlers naming;
    private final ConfigHandlers configs;
    private volatile boolean open;

    /** @param reads runs what would hold a connection's loop up */
    public PayloadService(
            Sessions sessions,
            Registry registry,
            ServiceFrames frames,
            Configs configs,
            Admission admission,
            Traffic traffic,
            ByteBufAllocator allocator,
            Auth auth,
            Executor reads,
            InstantSource clock) {
        this.sessions = sessions;
        this.admission = admission;
        this.traffic = traffic;
        this.allocator = allocator;
        this.permissions = new Permissions(auth, clock);
        this.naming = new NamingHandlers(registry, frames, auth.access(), reads);
        this.configs = new ConfigHandlers(configs);
    }

    /** From now on, or no longer, clients are taken; while they are not, they turn to another server. */
    public void open(boolean now) {
        open = now;
    }

    @Override
    public @Nullable Shape shape(String path) {
        return switch (path) {
            case UNARY_PATH -> Shape.UNARY;
            case STREAM_PATH -> Shape.BIDI;
            default -> null;
        };
    }

    @Override
    public Handler connected(Connection connection) {
        return new Client(connection);
    }

    /** The calls of one connection. On its loop. */
    private final class Client implements Handler {
        private final Connection connection;
        private @Nullable Session session;

        Client(Connection connection) {
            this.connection = connection;
        }

        @Override
        public void unary(ByteBuf request, UnaryCall call) {
            long begun = traffic.begin();
            DecodingCost cost;
            Admission.Place place;
            try {
                cost = DecodingCost.of(request);
            } catch (InvalidRequest e) {
                new Reply(call, allocator, ERROR, null, traffic).fail(ErrorCodes.BAD_GATEWAY, e.reason());
                return;
            }
            try {
                place = admission.enter(cost.peak(), connection);
            } catch (OverBudget e) {
                refuse(request, call, e);
                return;
            }
            try {
                serve(request, new Admitted(call, place, traffic, begun));
            } catch (RuntimeException e) {
                place.close();
                throw e;
            }
            place.shrinkTo(cost.kept());
        }

        /** Under the type its sender waits for, if that can be told. */
        private void refuse(ByteBuf request, UnaryCall call, OverBudget refusal) {
            String answerType = null;
            try {
                answerType = MessageTypes.responseType(Payload.typeOf(request));
            } catch (InvalidRequest e) {
                LOG.debug("{}: neither room for a request nor sense in it: {}", connection.id(), e.reason());
            }
            new Reply(call, allocator, answerType == null ? ERROR : answerType, null, traffic).fail(refusal);
        }

        private void serve(ByteBuf request, Admitted call) {
            var error = new Reply(call, allocator, ERROR, null, traffic);
            Payload payload;
            try {
                payload = Payload.decode(request);
            } catch (InvalidRequest e) {
                error.fail(ErrorCodes.BAD_GATEWAY, e.reason());
                return;
            }
            String answerType = MessageTypes.responseType(payload.type());
            Session caller = session;
            if (!open) {
                error.fail(ErrorCodes.SERVER_STARTING, "Server is starting,please try later.");
            } else if (payload.type().equals(SERVER_CHECK)) {
                // Before the set-up, so for a connection that has no session yet.
                error.send(new ServerCheckResponse(null, connection.id(), true));
            } else if (answerType == null) {
                error.fail(ErrorCodes.NO_HANDLER, "RequestHandler Not Found");
            } else if (caller == null) {
                error.fail(ErrorCodes.UNREGISTERED, "Connection is unregistered.");
            } else {
                caller.active();
                ClientRequest decoded;
                try {
                    decoded = MessageTypes.decode(payload);
                } catch (InvalidRequest e) {
                    error.fail(ErrorCodes.BAD_GATEWAY, e.reason());
                    return;
                }
                call.is(decoded, connection.remoteIp());
                IntConsumer told = permissions.audit(payload, decoded, connection.remoteIp());
                var reply = new Reply(call, allocator, answerType, decoded.requestId(), traffic, told);
                handle(payload, decoded, caller, reply);
            }
        }

        private void handle(Payload payload, ClientRequest request, Session caller, Reply reply) {
            try {
                if (request instanceof HealthCheckRequest) {
                    reply.send(new HealthCheckResponse(reply.requestId()));
                    return;
                }
                Identity identity = permissions.check(payload, request);
                if (request instanceof SubscribeServiceRequest || request instanceof ConfigBatchListenRequest) {
                    caller.readsAs(permissions.rights(identity));
                }
                if (isQuery(request)) {
                    admission.query();
                }
                if (!naming.handle(request, caller, identity, reply)
                        && !configs.handle(
                                request,
                                caller,
                                new Author(identity.user(), connection.remoteIp()),
                                payload.header(ClientInfo.TAG),
                                reply)) {
                    reply.fail(ErrorCodes.NO_HANDLER, "RequestHandler Not Found");
                }
            } catch (RuntimeException e) {
                if (e instanceof Forbidden) {
                    traffic.denied(connection.remoteIp());
                }
                reply.fail(e);
            }
        }

        private static boolean isQuery(ClientRequest request) {
            return request instanceof ServiceQueryRequest
                    || request instanceof ServiceListRequest
                    || request instanceof ConfigQueryRequest;
        }

        @Override
        public StreamHandler stream(Stream stream) {
            return new Told(stream);
        }

        @Override
        public void closed() {
            end("the client closed the connection");
        }

        /** @param why unless the connection knows better */
        private void end(String why) {
            Session ending = session;
            session = null;
            if (ending != null) {
                String closedFor = connection.closedFor();
                sessions.ended(ending, closedFor == null ? why : closedFor);
            }
        }

        /** The stream on which the client is told things. On the connection's loop. */
        private final class Told implements StreamHandler {
            private final Stream stream;
            private @Nullable Session opened; // by this stream

            Told(Stream stream) {
                this.stream = stream;
            }

            @Override
            public void message(ByteBuf message) {
                Payload payload;
                try {
                    payload = Payload.decode(message);
                    if (payload.type().equals(SETUP)) {
                        setUp(payload);
                    } else if (opened != null) {
                        opened.acked(Ack.decode(payload));
                    }
                } catch (Refusal e) {
                    if (session == null) {
                        connection.turnAway("its first message could not be read");
                    } else {
                        connection.close("a message on the stream could not be read: " + e.reason());
                    }
                }
            }

            private void setUp(Payload payload) {
                if (session != null) {
                    return; // one session per connection: a second set-up changes nothing
                }
                if (!open) {
                    connection.turnAway("not open for clients");
                    return;
                }
                var setup = (ConnectionSetupRequest) MessageTypes.decode(payload);
                String ip = payload.clientIp().isBlank() ? connection.remoteIp() : payload.clientIp();
                var client = new ClientInfo(setup.clientVersion(), ip, setup.labels());
                if (!connection.tryCharge(Session.HEAP_BYTES + client.heapBytes())) {
                    LOG.warn("{} refused: no room for its session", connection.id());
                    connection.turnAway("no room for its session (account connections)");
                    return;
                }
                Session now = sessions.open(new StreamPeer(stream), client);
                session = now;
                opened = now;
                LOG.debug(
                        "{} connected: {} {}",
                        connection.id(),
                        setup.clientVersion(),
                        now.client().app());
                if (setup.abilityTable() != null) {
                    // Exactly then: the client waits for it, and one that did not ask does not know it.
                    stream.send(Payload.encode(allocator, new SetupAckRequest(ABILITIES)));
                }
            }

            @Override
            public void writable() {
                if (opened != null) {
                    opened.writable();
                }
            }

            @Override
            public void ended(String why) {
                if (opened != null && opened == session) {
                    end(why);
                    connection.close("its stream ended");
                }
            }
        }
    }

    /** A call that holds a place until it is answered, and is counted then. */
    private static final class Admitted implements UnaryCall {
        private final UnaryCall call;
        private final Admission.Place place;
        private final Traffic traffic;
        private final long begunNanos;
        private RequestKind kind = RequestKind.OTHER;

        Admitted(UnaryCall call, Admission.Place place, Traffic traffic, long begunNanos) {
            this.call = call;
            this.place = place;
            this.traffic = traffic;
            this.begunNanos = begunNanos;
        }

        /** It is known what is asked. */
        void is(ClientRequest request, String ip) {
            kind = Counting.kind(request);
            if (Traffic.tells(begunNanos)) {
                Counting.tell(request, kind, ip, traffic);
            }
        }

        @Override
        public void answer(ByteBuf message) {
            place.close();
            traffic.answered(kind, begunNanos);
            call.answer(message);
        }

        @Override
        public void fail(GrpcStatus status, String message) {
            place.close();
            traffic.answered(kind, begunNanos);
            call.fail(status, message);
        }
    }

    private record StreamPeer(Stream stream) implements Peer {
        @Override
        public String id() {
            return stream.connection().id();
        }

        @Override
        public Executor loop() {
            return stream.connection().loop();
        }

        @Override
        public boolean writable() {
            return stream.writable();
        }

        @Override
        public long pendingBytes() {
            return stream.connection().pendingBytes();
        }

        @Override
        public void send(ByteBuf message) {
            stream.send(message);
        }

        @Override
        public void close(String reason) {
            stream.connection().close(reason);
        }
    }
}
