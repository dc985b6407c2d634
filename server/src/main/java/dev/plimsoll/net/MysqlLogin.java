package dev.plimsoll.net;

import dev.plimsoll.net.Probes.Result;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Logs in to a MySQL server and runs one command. Of the protocol it knows what that takes: the two usual ways to prove a
 * password without sending it, and the beginning of a result. Where the server asks for the password itself, which a
 * connection without TLS must not carry, the look fails.
 */
final class MysqlLogin extends ByteToMessageDecoder {
    private static final String READ_ONLY = "show global variables where variable_name='read_only'";
    private static final String NATIVE = "mysql_native_password";
    private static final String CACHING = "caching_sha2_password";
    private static final int LONG_PASSWORD = 1;
    private static final int PROTOCOL_41 = 0x200;
    private static final int TRANSACTIONS = 0x2000;
    private static final int SECURE_CONNECTION = 0x8000;
    private static final int PLUGIN_AUTH = 0x80000;
    private static final int UTF8 = 33;
    private static final int MAX_PACKET = 4 << 10;
    private static final int NONCE = 20;
    private static final int QUIT = 1;
    private static final int QUERY = 3;
    private static final int OK = 0x00;
    private static final int MORE = 0x01;
    private static final int FAST_DONE = 0x03;
    private static final int INFILE = 0xFB;
    private static final int SWITCH_OR_END = 0xFE;
    private static final int ERROR = 0xFF;

    private final Consumer<Result> done;
    private final String user;
    private final String password;
    private final String command;
    private Await await = Await.GREETING;
    private int sequence;
    private byte[] nonce = {};

    private enum Await {
        GREETING,
        LOGIN,
        RESULT,
        COLUMNS,
        ROW,
        NOTHING
    }

    MysqlLogin(Consumer<Result> done, String user, String password, String command) {
        this.done = done;
        this.user = user;
        this.password = password;
        this.command = command;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (await == Await.NOTHING) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (in.readableBytes() < 4) {
            return;
        }
        int length = in.getUnsignedMediumLE(in.readerIndex());
        if (length == 0 || length > MAX_PACKET) {
            end(ctx, Result.FAILED);
            return;
        }
        if (in.readableBytes() < 4 + length) {
            return;
        }
        in.skipBytes(3);
        sequence = in.readUnsignedByte() + 1;
        ByteBuf packet = in.readSlice(length);
        try {
            packet(ctx, packet);
        } catch (IndexOutOfBoundsException e) { // not what the protocol says
            end(ctx, Result.FAILED);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        end(ctx, Result.FAILED);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        end(ctx, Result.FAILED);
    }

    private void packet(ChannelHandlerContext ctx, ByteBuf packet) {
        int first = packet.getUnsignedByte(packet.readerIndex());
        if (first == ERROR) {
            end(ctx, Result.DOWN);
            return;
        }
        switch (await) {
            case GREETING -> greeting(ctx, packet);
            case LOGIN -> login(ctx, packet, first);
            case RESULT -> {
                if (first == OK) {
                    end(ctx, Result.OK);
                } else if (first == INFILE) {
                    end(ctx, Result.FAILED);
                } else if (asksForReadOnly()) {
                    await = Await.COLUMNS;
                } else {
                    end(ctx, Result.OK);
                }
            }
            case COLUMNS -> await = isEnd(packet, first) ? Await.ROW : Await.COLUMNS;
            case ROW -> end(ctx, !isEnd(packet, first) && saysOn(packet) ? Result.FAILED : Result.OK);
            case NOTHING -> {}
        }
    }

    private void greeting(ChannelHandlerContext ctx, ByteBuf packet) {
        if (packet.readUnsignedByte() != 10) {
            end(ctx, Result.FAILED);
            return;
        }
        text(packet); // the version
        packet.skipBytes(4); // the thread
        var given = new byte[NONCE];
        packet.readBytes(given, 0, 8);
        packet.skipBytes(1 + 2 + 1 + 2 + 2);
        int all = packet.readUnsignedByte();
        packet.skipBytes(10);
        packet.readBytes(given, 8, NONCE - 8);
        packet.skipBytes(Math.max(13, all - 8) - (NONCE - 8));
        nonce = given;
        String plugin = packet.isReadable() ? text(packet) : NATIVE;
        String used = plugin.equals(CACHING) ? CACHING : NATIVE; // another one: the server asks to switch

        ByteBuf answer = ctx.alloc().buffer();
        answer.writeIntLE(LONG_PASSWORD | PROTOCOL_41 | TRANSACTIONS | SECURE_CONNECTION | PLUGIN_AUTH);
        answer.writeIntLE(MAX_PACKET);
        answer.writeByte(UTF8).writeZero(23);
        answer.writeCharSequence(user, StandardCharsets.UTF_8);
        answer.writeByte(0);
        byte[] proof = proof(used);
        answer.writeByte(proof == null ? 0 : proof.length);
        if (proof != null) {
            answer.writeBytes(proof);
        }
        answer.writeCharSequence(used, StandardCharsets.US_ASCII);
        answer.writeByte(0);
        await = Await.LOGIN;
        send(ctx, answer);
    }

    private void login(ChannelHandlerContext ctx, ByteBuf packet, int first) {
        if (first == OK) {
            if (command.isBlank()) {
                end(ctx, Result.OK);
                return;
            }
            await = Await.RESULT;
            sequence = 0;
            ByteBuf query = ctx.alloc().buffer().writeByte(QUERY);
            query.writeCharSequence(command, StandardCharsets.UTF_8);
            send(ctx, query);
        } else if (first == MORE
                && packet.readableBytes() > 1
                && packet.getByte(packet.readerIndex() + 1) == FAST_DONE) {
            await = Await.LOGIN; // the OK follows
        } else if (first == SWITCH_OR_END && packet.readableBytes() > 1) {
            packet.skipBytes(1);
            String plugin = text(packet);
            var given = new byte[NONCE];
            packet.readBytes(given);
            nonce = given;
            byte[] proof = proof(plugin);
            if (proof == null) {
                end(ctx, Result.FAILED);
            } else {
                send(ctx, ctx.alloc().buffer().writeBytes(proof));
            }
        } else {
            end(ctx, Result.FAILED);
        }
    }

    private boolean asksForReadOnly() {
        return command.strip().toLowerCase(Locale.ROOT).equals(READ_ONLY);
    }

    private static boolean isEnd(ByteBuf packet, int first) {
        return first == SWITCH_OR_END && packet.readableBytes() < 9;
    }

    /** The second of the row's texts, each of fewer than 251 bytes, is ON. */
    private static boolean saysOn(ByteBuf row) {
        row.skipBytes(row.readUnsignedByte());
        int length = row.readUnsignedByte();
        return row.toString(row.readerIndex(), Math.min(length, row.readableBytes()), StandardCharsets.UTF_8)
                .equals("ON");
    }

    /** What shows that the password is known; null for a way that is not known here. */
    private byte @Nullable [] proof(String plugin) {
        byte[] secret = password.getBytes(StandardCharsets.UTF_8);
        if (!plugin.equals(NATIVE) && !plugin.equals(CACHING)) {
            return null;
        }
        if (secret.length == 0) {
            return new byte[0];
        }
        String digest = plugin.equals(NATIVE) ? "SHA-1" : "SHA-256";
        byte[] once = hash(digest, secret);
        byte[] twice = hash(digest, once);
        byte[] salted = plugin.equals(NATIVE) ? hash(digest, nonce, twice) : hash(digest, twice, nonce);
        for (int i = 0; i < once.length; i++) {
            once[i] ^= salted[i];
        }
        return once;
    }

    private static byte[] hash(String algorithm, byte[]... parts) {
        try {
            var digest = MessageDigest.getInstance(algorithm);
            for (byte[] part : parts) {
                digest.update(part);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(algorithm, e); // every JDK has it
        }
    }

    /** Up to the next zero byte, or the end. */
    private static String text(ByteBuf packet) {
        int length = packet.bytesBefore((byte) 0);
        String text = packet.readCharSequence(length < 0 ? packet.readableBytes() : length, StandardCharsets.US_ASCII)
                .toString();
        packet.skipBytes(length < 0 ? 0 : 1);
        return text;
    }

    private void send(ChannelHandlerContext ctx, ByteBuf content) {
        ByteBuf packet = ctx.alloc().buffer(4 + content.readableBytes());
        packet.writeMediumLE(content.readableBytes()).writeByte(sequence).writeBytes(content);
        content.release();
        ctx.writeAndFlush(packet);
    }

    private void end(ChannelHandlerContext ctx, Result result) {
        if (await == Await.NOTHING) {
            return;
        }
        boolean loggedIn = await.compareTo(Await.LOGIN) > 0 || result == Result.OK;
        await = Await.NOTHING;
        if (loggedIn && ctx.channel().isActive()) {
            sequence = 0;
            send(ctx, ctx.alloc().buffer().writeByte(QUIT)); // else the server logs a broken connection for each look
        }
        done.accept(result);
        ctx.close();
    }
}
