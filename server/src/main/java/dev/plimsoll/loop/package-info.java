/** Single-threaded loops: the place where each piece of state is changed, and the clock it is changed by. */
@NullMarked
package dev.plimsoll.loop;

import org.jspecify.annotations.NullMarked;
