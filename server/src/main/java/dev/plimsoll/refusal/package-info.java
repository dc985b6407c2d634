/** Why a request was declined, in words of the domain. Edges turn these into protocol codes. */
@NullMarked
package dev.plimsoll.refusal;

import org.jspecify.annotations.NullMarked;
