package dev.plimsoll.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class in which a Netty buffer was not released. Netty makes its detectors when its buffer classes are
 * loaded, by whichever test comes first; so the build names {@link Recorder} as a system property.
 */
public final class LeakCheck implements BeforeAllCallback, AfterAllCallback {
    private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();

    @Override
    public void beforeAll(ExtensionContext context) {
        collect(); // what earlier classes left behind is no leak of this one
        LEAKS.clear();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        collect();
        if (!LEAKS.isEmpty()) {
            throw new AssertionError(LEAKS.size() + " buffers were not released, the first: " + LEAKS.peek());
        }
    }

    private static void collect() {
        var probe = new PooledByteBufAllocator(true);
        for (int i = 0; i < 5; i++) {
            System.gc();
            System.runFinalization();
            // A leak is reported when the next buffer of its kind is made.
            ByteBuf direct = probe.directBuffer(16);
            ByteBuf composite = probe.compositeBuffer();
            direct.release();
            composite.release();
        }
    }

    /** How many have been reported; for the test of this check itself. */
    static int reported() {
        return LEAKS.size();
    }

    static void forget() {
        LEAKS.clear();
    }

    /** Public, as are its constructors, because Netty makes it by name. */
    public static final class Recorder<T> extends ResourceLeakDetector<T> {
        public Recorder(Class<?> resource, int interval) {
            super(resource, interval);
        }

        @Override
        protected boolean needReport() {
            return true;
        }

        @Override
        protected void reportTracedLeak(String type, String records) {
            LEAKS.add(type + records);
        }

        @Override
        protected void reportUntracedLeak(String type) {
            LEAKS.add(type);
        }
    }
}
