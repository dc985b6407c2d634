package dev.plimsoll.doctor;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a JVM was started with, as far as memory is concerned. Of options given twice the last one counts, as for the JVM.
 *
 * @param heap {@code -Xmx}; empty when it is left to the JVM, a quarter of the machine
 * @param direct {@code -XX:MaxDirectMemorySize}; empty when it is left to the JVM, as much as the heap
 * @param metaspace {@code -XX:MaxMetaspaceSize}; empty: without bound
 * @param properties those of {@code -D} that begin with {@code nacos} or {@code io.grpc.netty}
 */
record JvmFlags(OptionalLong heap, OptionalLong direct, OptionalLong metaspace, Map<String, String> properties) {
    private static final int MOST_PROPERTIES = 64;

    JvmFlags {
        properties = Map.copyOf(properties);
    }

    static JvmFlags of(List<String> words) {
        OptionalLong heap = OptionalLong.empty();
        OptionalLong direct = OptionalLong.empty();
        OptionalLong metaspace = OptionalLong.empty();
        var properties = new HashMap<String, String>();
        for (String word : words) {
            heap = size(word, "-Xmx", heap);
            heap = size(word, "-XX:MaxHeapSize=", heap);
            direct = size(word, "-XX:MaxDirectMemorySize=", direct);
            metaspace = size(word, "-XX:MaxMetaspaceSize=", metaspace);
            int equals = word.indexOf('=');
            boolean ours = word.startsWith("-Dnacos.") || word.startsWith("-Dio.grpc.netty.");
            if (ours && equals > 0 && properties.size() < MOST_PROPERTIES) {
                properties.put(word.substring(2, equals), Foreign.text(word.substring(equals + 1)));
            }
        }
        return new JvmFlags(heap, direct, metaspace, properties);
    }

    /** From a line in which blanks part the words, as start scripts print it. */
    static JvmFlags ofLine(String line) {
        var words = new ArrayList<String>();
        for (String word : line.split("\\s+", -1)) {
            words.add(word.replace("'", "").replace("\"", ""));
        }
        return of(words);
    }

    private static OptionalLong size(String word, String option, OptionalLong otherwise) {
        if (!word.startsWith(option)) {
            return otherwise;
        }
        OptionalLong size = Size.parse(word.substring(option.length()));
        return size.isPresent() ? size : otherwise;
    }

    /** 0 is what the JVM reads as "not set". */
    boolean limitsDirect() {
        return direct.orElse(0) > 0;
    }

    /** What direct memory may grow to: its own limit, or as much as the heap. */
    OptionalLong mostDirect() {
        return limitsDirect() ? direct : heap;
    }

    Optional<String> home() {
        return Optional.ofNullable(properties.get("nacos.home"));
    }
}
