/** Who may do what. */
@NullMarked
package dev.plimsoll.auth;

import org.jspecify.annotations.NullMarked;
