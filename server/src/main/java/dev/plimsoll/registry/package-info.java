/** Services and their instances. Knows nothing of the wire. */
@NullMarked
package dev.plimsoll.registry;

import org.jspecify.annotations.NullMarked;
