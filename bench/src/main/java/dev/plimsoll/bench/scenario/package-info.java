@NullMarked
package dev.plimsoll.bench.scenario;

import org.jspecify.annotations.NullMarked;
