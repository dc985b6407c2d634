/** Configurations and who watches them. Knows nothing of the wire. */
@NullMarked
package dev.plimsoll.config;

import org.jspecify.annotations.NullMarked;
