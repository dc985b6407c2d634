/** What travels to and from Nacos clients: the payload envelope, the message records and the error codes. */
@NullMarked
package dev.plimsoll.wire;

import org.jspecify.annotations.NullMarked;
