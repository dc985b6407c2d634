/** Durable state. Acknowledged means on disk. */
@NullMarked
package dev.plimsoll.store;

import org.jspecify.annotations.NullMarked;
