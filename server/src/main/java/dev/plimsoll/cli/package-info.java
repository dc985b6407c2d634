/** The commands of the plimsoll executable. */
@NullMarked
package dev.plimsoll.cli;

import org.jspecify.annotations.NullMarked;
