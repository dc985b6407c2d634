@NullMarked
package dev.plimsoll.bench.client;

import org.jspecify.annotations.NullMarked;
