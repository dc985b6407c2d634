/** The server as a whole: {@code Main} starts it, {@code Server} wires it, {@code Settings} says how. */
@NullMarked
package dev.plimsoll;

import org.jspecify.annotations.NullMarked;
