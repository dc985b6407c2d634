/** {@code plimsoll doctor}: examines a server, ours or the reference, and says what is wrong, by what it knows, and what to do. */
@NullMarked
package dev.plimsoll.doctor;

import org.jspecify.annotations.NullMarked;
