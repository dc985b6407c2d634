/** What the server knows of itself: the memory budget and its accounts. */
@NullMarked
package dev.plimsoll.vitals;

import org.jspecify.annotations.NullMarked;
