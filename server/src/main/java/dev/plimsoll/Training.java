package dev.plimsoll;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;

/**
 * The launcher's training run: a whole server on free loopback ports answers a few requests, so that the JVM, which
 * writes the class-data archive when it ends, has loaded what a real start and first use need. The client's side is
 * bare sockets, because its classes would go into the archive too.
 */
final class Training {
    private static final int PATIENCE_MILLIS = 5_000;

    private Training() {}

    /**
     * @param options of the start, without the line: {@code --host 127.0.0.1 --port 0 --data DIR}
     */
    static void run(List<String> options) {
        Values values = Values.read(options, Map.of());
        long line = Long.getLong("plimsoll.memory", values.get(KnownSettings.MEMORY));
        Settings settings = Settings.of(values, MemoryLine.ofProcess(line));
        Logging.open(settings.data().resolve("logs"), settings.logs());
        Server server = Server.start(settings);
        try {
            http(server.httpPort(), settings.contextPath());
            grpc(server.grpcPort());
        } catch (IOException e) {
            // The archive is good without what these would have loaded.
            System.err.println("plimsoll: training: " + e);
        } finally {
            server.drain();
            server.close();
            Logging.close();
        }
    }

    private static void http(int port, String context) throws IOException {
        String config = context + "/v1/cs/configs?dataId=training&group=DEFAULT_GROUP";
        String instance = context + "/v1/ns/instance?serviceName=training&ip=127.0.0.1&port=80&ephemeral=";
        for (String request : List.of(
                "GET /health/ready",
                "GET " + context + "/v1/console/health/readiness",
                "POST " + config + "&content=a%3D1",
                "GET " + config,
                "DELETE " + config,
                "POST " + instance + "true",
                "GET " + context + "/v1/ns/instance/list?serviceName=training",
                "DELETE " + instance + "true",
                "POST " + instance + "false",
                "DELETE " + instance + "false")) {
            try (Socket socket = connect(port)) {
                socket.getOutputStream()
                        .write((request
                                        + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
                                .getBytes(ISO_8859_1));
                socket.getInputStream().readAllBytes();
            }
        }
    }

    /** One connection: a unary ServerCheck, then a bidirectional stream set up and left. */
    private static void grpc(int port) throws IOException {
        try (Socket socket = connect(port)) {
            var out = new DataOutputStream(socket.getOutputStream());
            var in = new DataInputStream(socket.getInputStream());
            out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
            frame(out, 4, 0, 0, new byte[0]); // SETTINGS
            call(out, 1, "/Request/request", payload("ServerCheckRequest", "{\"module\":\"internal\"}"), true);
            call(
                    out,
                    3,
                    "/BiRequestStream/requestBiStream",
                    payload(
                            "ConnectionSetupRequest",
                            "{\"clientVersion\":\"Nacos-Java-Client:v2.2.3\",\"tenant\":\"\","
                                    + "\"labels\":{\"source\":\"sdk\",\"module\":\"naming\"}}"),
                    false);
            answer(in, 1);
            int stream = 5;
            for (String[] request : List.of(
                    new String[] {"HealthCheckRequest", "{\"module\":\"internal\"}"},
                    new String[] {
                        "InstanceRequest",
                        "{\"type\":\"registerInstance\",\"namespace\":\"public\",\"serviceName\":\"training\","
                                + "\"groupName\":\"DEFAULT_GROUP\",\"module\":\"naming\",\"instance\":{\"ip\":\"127.0.0.1\","
                                + "\"port\":80,\"weight\":1.0,\"healthy\":true,\"enabled\":true,\"ephemeral\":true,"
                                + "\"clusterName\":\"DEFAULT\",\"metadata\":{\"a\":\"b\"}}}"
                    },
                    new String[] {
                        "SubscribeServiceRequest",
                        "{\"namespace\":\"public\",\"serviceName\":\"training\",\"groupName\":\"DEFAULT_GROUP\","
                                + "\"clusters\":\"\",\"subscribe\":true,\"module\":\"naming\"}"
                    },
                    new String[] {
                        "ConfigPublishRequest",
                        "{\"dataId\":\"training\",\"group\":\"DEFAULT_GROUP\",\"tenant\":\"\",\"content\":\"a=1\","
                                + "\"additionMap\":{},\"module\":\"config\"}"
                    },
                    new String[] {
                        "ConfigBatchListenRequest",
                        "{\"listen\":true,\"configListenContexts\":[{\"dataId\":\"training\",\"group\":"
                                + "\"DEFAULT_GROUP\",\"tenant\":\"\",\"md5\":\"\"}],\"module\":\"config\"}"
                    },
                    new String[] {
                        "ConfigQueryRequest",
                        "{\"dataId\":\"training\",\"group\":\"DEFAULT_GROUP\",\"tenant\":\"\",\"module\":\"config\"}"
                    })) {
                call(out, stream, "/Request/request", payload(request[0], request[1]), true);
                answer(in, stream);
                stream += 2;
            }
        }
    }

    private static void call(DataOutputStream out, int stream, String path, byte[] message, boolean last)
            throws IOException {
        var headers = new ByteArrayOutputStream();
        header(headers, ":method", "POST");
        header(headers, ":scheme", "http");
        header(headers, ":path", path);
        header(headers, ":authority", "localhost");
        header(headers, "content-type", "application/grpc");
        header(headers, "te", "trailers");
        frame(out, 1, 4, stream, headers.toByteArray()); // HEADERS, END_HEADERS
        var data = new ByteArrayOutputStream();
        var framed = new DataOutputStream(data);
        framed.writeByte(0);
        framed.writeInt(message.length);
        framed.write(message);
        frame(out, 0, last ? 1 : 0, stream, data.toByteArray()); // DATA, END_STREAM
        out.flush();
    }

    /** Reads frames until the stream ends. */
    private static void answer(DataInputStream in, int stream) throws IOException {
        boolean ended = false;
        while (!ended) {
            int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            int of = in.readInt();
            in.skipNBytes(length);
            if (type == 7) {
                throw new IOException("the server said goodbye (expected: an answer on stream " + stream + ")");
            }
            ended = of == stream && (type == 3 || (type <= 1 && (flags & 1) != 0)); // RST_STREAM or END_STREAM
        }
    }

    private static void frame(DataOutputStream out, int type, int flags, int stream, byte[] content)
            throws IOException {
        out.writeByte(content.length >> 16);
        out.writeShort(content.length);
        out.writeByte(type);
        out.writeByte(flags);
        out.writeInt(stream);
        out.write(content);
    }

    /** HPACK's simplest form: a literal, not indexed, name and value in plain octets. */
    private static void header(ByteArrayOutputStream out, String name, String value) {
        out.write(0);
        out.write(name.length());
        out.writeBytes(name.getBytes(US_ASCII));
        out.write(value.length());
        out.writeBytes(value.getBytes(US_ASCII));
    }

    /** The protobuf message {@code Payload}: metadata (2) with the type (3), body (3) with the JSON as value (2). */
    private static byte[] payload(String type, String json) {
        var metadata = new ByteArrayOutputStream();
        field(metadata, 3, type.getBytes(UTF_8));
        var body = new ByteArrayOutputStream();
        field(body, 2, json.getBytes(UTF_8));
        var payload = new ByteArrayOutputStream();
        field(payload, 2, metadata.toByteArray());
        field(payload, 3, body.toByteArray());
        return payload.toByteArray();
    }

    private static void field(ByteArrayOutputStream out, int number, byte[] content) {
        out.write((number << 3) | 2);
        int length = content.length;
        while (length > 0x7f) {
            out.write((length & 0x7f) | 0x80);
            length >>>= 7;
        }
        out.write(length);
        out.writeBytes(content);
    }

    private static Socket connect(int port) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }
}
