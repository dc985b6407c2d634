@NullMarked
package dev.plimsoll.bench.measure;

import org.jspecify.annotations.NullMarked;
