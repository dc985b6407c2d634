package dev.plimsoll.store;

import dev.plimsoll.refusal.Unavailable;
import dev.plimsoll.store.Write.Author;
import dev.plimsoll.store.Write.PutConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A process that publishes into a journal from many threads. {@code DIR} alone: 8 threads, for ever, each acknowledged
 * key on stdout, to be killed. {@code DIR THREADS SECONDS}: measures durable publishes of 1 KB a second.
 */
final class JournalLoad {
    private JournalLoad() {}

    static Process start(Path directory) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        JournalLoad.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    public static void main(String[] args) throws InterruptedException {
        long start = System.nanoTime();
        Journal journal;
        try {
            journal = SqliteJournal.open(
                    StoreSettings.in(Path.of(args[0])), JournalContract.account(16 << 20), SqliteJournalTest.EARLY);
        } catch (Unavailable e) {
            System.out.println(e.reason());
            System.exit(1);
            return;
        }
        if (args.length == 3) {
            double millis = (System.nanoTime() - start) / 1e6;
            measure(journal, millis, Integer.parseInt(args[1]), Integer.parseInt(args[2]));
        } else {
            for (int i = 0; i < 8; i++) {
                int thread = i;
                new Thread(() -> publishForEver(journal, thread)).start();
            }
        }
    }

    /** What {@code key} holds: derived from the key, so that whoever reads it can tell whether it is whole. */
    static byte[] contentOf(String key) {
        var random = new Random(key.hashCode());
        byte[] content = new byte[random.nextInt(8_000)];
        random.nextBytes(content);
        return content;
    }

    private static void publishForEver(Journal journal, int thread) {
        long run = ProcessHandle.current().pid();
        for (int i = 0; ; i++) {
            String key = run + "-" + thread + "-" + i;
            publish(journal, key, contentOf(key));
            acknowledge(key);
        }
    }

    /** One write call a line, straight to the pipe: a kill may cut the last line, never lose one. */
    private static void acknowledge(String key) {
        PrintStream out = System.out;
        byte[] line = (key + "\n").getBytes(StandardCharsets.US_ASCII);
        synchronized (out) {
            out.write(line, 0, line.length);
            out.flush();
        }
    }

    private static void publish(Journal journal, String key, byte[] content) {
        JournalContract.await(journal.append(new PutConfig(
                JournalContract.head(key, Integer.toHexString(Arrays.hashCode(content)), content.length),
                content,
                new Author("load", "127.0.0.1"))));
    }

    private static void measure(Journal journal, double openMillis, int threads, int seconds)
            throws InterruptedException {
        var count = new AtomicLong();
        for (int i = 0; i < threads; i++) {
            int thread = i;
            var publisher = new Thread(() -> {
                byte[] content = new byte[1024];
                for (int n = 0; ; n++) {
                    publish(journal, thread + "-" + n % 100, content);
                    count.incrementAndGet();
                }
            });
            publisher.setDaemon(true);
            publisher.start();
        }
        TimeUnit.SECONDS.sleep(seconds);
        System.out.println(String.format(
                Locale.ROOT,
                "opened in %.0f ms, %d publishers, %d durable publishes a second",
                openMillis,
                threads,
                count.get() / seconds));
        System.exit(0);
    }
}
