/** The HTTP edge: routes of the Nacos HTTP APIs. */
@NullMarked
package dev.plimsoll.http;

import org.jspecify.annotations.NullMarked;
