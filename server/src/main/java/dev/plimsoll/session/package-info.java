/** A connected client: what it is told, when, and how little that may cost. */
@NullMarked
package dev.plimsoll.session;

import org.jspecify.annotations.NullMarked;
