package dev.plimsoll.session;

import io.netty.buffer.ByteBuf;

/**
 * One encoded message to a client, and the id by which its answer will name it.
 *
 * @param revision of the state it tells; 0 when it tells none
 */
record Push(long requestId, long revision, ByteBuf message) {}
