/** Netty: listeners, HTTP/1.1 and HTTP/2, gRPC framing, the outbound gate, the HTTP router. */
@NullMarked
package dev.plimsoll.net;

import org.jspecify.annotations.NullMarked;
