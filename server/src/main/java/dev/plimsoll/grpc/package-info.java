/** The gRPC edge: Nacos payloads in, domain commands out. */
@NullMarked
package dev.plimsoll.grpc;

import org.jspecify.annotations.NullMarked;
