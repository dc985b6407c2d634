package dev.plimsoll.session;

import io.netty.buffer.ByteBuf;

/** One encoded message to a client, and the id by which its answer will name it. */
record Push(long requestId, ByteBuf message) {}
