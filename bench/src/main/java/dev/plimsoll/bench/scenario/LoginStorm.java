package dev.plimsoll.bench.scenario;

import dev.plimsoll.bench.client.ClientLoops;
import dev.plimsoll.bench.client.HttpConnection;
import dev.plimsoll.bench.client.WireException;
import dev.plimsoll.bench.measure.Latency;
import dev.plimsoll.bench.measure.Probe;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Many log in at once, each over a connection and from an address of its own, and some do not know the password. An open
 * loop: logins start by the clock, whatever became of those before, as long as fewer than {@code --in-flight} are
 * under way. Inert where the target has no logins.
 */
final class LoginStorm implements Scenario {
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final double SECOND = 1e9;
    private static final double TIMES_UNDISTURBED = 2;

    /** Flat: buffers of the sockets, code that is compiled, and the bounded books of logins. */
    private static final double GROWTH = 16;

    private static final double RIGHT_P50_MILLIS = 1;

    @Override
    public String name() {
        return "loginstorm";
    }

    @Override
    public String summary() {
        return "password logins of many, some wrong; others must not notice. Inert where the target has no login";
    }

    @Override
    public Options options() {
        return new Options()
                .option("path", "/nacos/v1/auth/login", "of the login")
                .option("username", "admin", "who logs in")
                .option("password", "", "with what")
                .option("rate", "2000", "logins a second")
                .option("wrong", "10", "of a hundred, how many with a wrong password, each another")
                .option("addresses", "20000", "of 127.0.0.0/8 they come from; right and wrong from different ones")
                .option("in-flight", "2000", "most under way at a time; who would be one more is counted and not sent")
                .option("baseline", "10", "undisturbed time before")
                .option("seconds", "30", "of the storm")
                .option("line", "256m", "resident size the server must keep to");
    }

    @Override
    public void run(Run run) throws InterruptedException {
        Options options = run.options();
        InetSocketAddress http = run.target().http();
        String path = options.text("path");
        var first = new CompletableFuture<HttpConnection.Answered>();
        HttpConnection.post(run.loops(), null, http, path, form(options, options.text("password")), first::complete);
        HttpConnection.Answered answered = run.await(first);
        run.report().count("login answered with status", answered.status());
        String token = token(answered);
        if (answered.status() == NOT_FOUND || token.equals("AUTH_DISABLED")) {
            run.report()
                    .note("this target has no login at " + path + ", or none is needed: nothing was loaded, and"
                            + " nothing is claimed");
            return;
        }
        if (token.isEmpty()) {
            throw new WireException("login of " + options.text("username") + ": "
                    + (answered.error().isEmpty() ? "status " + answered.status() : answered.error())
                    + " (expected: a token; --username, --password)");
        }
        run.loggedIn(token);
        storm(run, http, path);
    }

    private static void storm(Run run, InetSocketAddress http, String path) throws InterruptedException {
        Options options = run.options();
        boolean local = http.getAddress().isLoopbackAddress();
        Bystanders others = new Bystanders(run);
        Bystanders.Phase undisturbed = others.undisturbed(options.duration("baseline"));
        Bystanders.Phase disturbed = others.phase();
        var logins = new Logins(run, http, path, local);
        Probe.Span span = run.probe().begin();
        logins.start();
        run.pass("storm", options.duration("seconds"), () -> logins.state() + "  " + disturbed.state());
        logins.stop();
        span.end();
        others.phase();
        boolean all = run.until("last answers", Duration.ofSeconds(20), logins::state, logins::idle);
        logins.report(all, span.seconds());
        others.report(undisturbed, disturbed, "in the storm", TIMES_UNDISTURBED);
        run.process(span, GROWTH);
        run.line(span);
        others.finish();
        run.alive();
        run.report()
                .note("open loop of " + options.integer("rate") + " logins/s, a new connection each, at most "
                        + options.integer("in-flight") + " under way, from "
                        + (local ? options.integer("addresses") + " addresses" : "one address: the target is elsewhere")
                        + "; " + options.integer("wrong") + " of 100 with a wrong password");
    }

    private static String form(Options options, String password) {
        return "username=" + encoded(options.text("username")) + "&password=" + encoded(password);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String token(HttpConnection.Answered answered) {
        String key = "\"accessToken\":\"";
        int from = answered.body().indexOf(key) + key.length();
        int to = answered.body().indexOf('"', from);
        return answered.status() != OK || from < key.length() || to < 0
                ? ""
                : answered.body().substring(from, to);
    }

    /** Those who log in. Started by one loop's clock, answered on any. */
    private static final class Logins {
        private final ClientLoops loops;
        private final InetSocketAddress http;
        private final String path;
        private final Options options;
        private final Run run;
        private final boolean local;
        private final int rate;
        private final int wrongOfHundred;
        private final int addresses;
        private final int mostInFlight;
        private final String right;
        private final Latency rightTimes = new Latency();
        private final Latency wrongTimes = new Latency();
        private final Map<String, AtomicLong> answers = new ConcurrentSkipListMap<>();
        private final Faults unanswered = new Faults();
        private final Faults refused = new Faults();
        private final Faults granted = new Faults();
        private final AtomicInteger inFlight = new AtomicInteger();
        private final AtomicLong sent = new AtomicLong();
        private final AtomicLong notSent = new AtomicLong();
        private volatile boolean stopped;
        private long begun; // of the clock's turn, as are the next two
        private long due;
        private long address;

        Logins(Run run, InetSocketAddress http, String path, boolean local) {
            this.run = run;
            this.loops = run.loops();
            this.http = http;
            this.path = path;
            this.local = local;
            this.options = run.options();
            this.rate = options.integer("rate");
            this.wrongOfHundred = options.integer("wrong");
            this.addresses = Math.max(1, options.integer("addresses"));
            this.mostInFlight = options.integer("in-flight");
            this.right = form(options, options.text("password"));
        }

        void start() {
            begun = System.nanoTime();
            loops.after(0, this::tick);
        }

        private void tick() {
            if (stopped) {
                return;
            }
            long shouldBe = (long) ((System.nanoTime() - begun) / SECOND * rate);
            for (; due < shouldBe; due++) {
                if (inFlight.get() >= mostInFlight) {
                    notSent.incrementAndGet();
                } else {
                    login(due % 100 < wrongOfHundred);
                }
            }
            loops.after(TICK_NANOS, this::tick);
        }

        private void login(boolean wrong) {
            inFlight.incrementAndGet();
            sent.incrementAndGet();
            String form = wrong ? form(options, "wrong-" + due) : right;
            HttpConnection.post(loops, from(wrong), http, path, form, answered -> {
                inFlight.decrementAndGet();
                count(wrong, answered);
            });
        }

        private void count(boolean wrong, HttpConnection.Answered answered) {
            answers.computeIfAbsent(
                            (wrong ? "wrong" : "right") + " passwords answered with "
                                    + (answered.status() == 0 ? "nothing" : answered.status()),
                            what -> new AtomicLong())
                    .incrementAndGet();
            if (answered.status() == 0) {
                unanswered.add(answered.error());
                return;
            }
            (wrong ? wrongTimes : rightTimes).record(answered.nanos());
            boolean hasToken = !token(answered).isEmpty();
            if (wrong && hasToken) {
                granted.add("status " + answered.status());
            } else if (!wrong && !hasToken) {
                refused.add("status " + answered.status());
            }
        }

        /** Each from the next address; who guesses comes from others than who knows. */
        private @Nullable InetAddress from(boolean wrong) {
            if (!local) {
                return null;
            }
            long number = address++ % addresses;
            byte[] bytes = {
                127,
                (byte) ((wrong ? 128 : 1) + number / (250 * 250) % 100),
                (byte) (number / 250 % 250),
                (byte) (1 + number % 250)
            };
            try {
                return InetAddress.getByAddress(bytes);
            } catch (UnknownHostException e) {
                throw new IllegalStateException("four bytes are an address", e);
            }
        }

        void stop() {
            stopped = true;
        }

        boolean idle() {
            return inFlight.get() == 0;
        }

        String state() {
            return String.format("%,d logins, %d under way", sent.get(), inFlight.get());
        }

        void report(boolean all, double seconds) {
            run.report().figure("logins sent", sent.get() / seconds, "/s");
            run.report().count("logins not sent: too many under way", notSent.get());
            answers.forEach((what, count) -> run.report().count(what, count.get()));
            run.report().atMost("login, right password p50", rightTimes.percentileMillis(50), "ms", RIGHT_P50_MILLIS);
            run.report().figure("login, right password p99", rightTimes.percentileMillis(99), "ms");
            run.report().figure("login, wrong password p50", wrongTimes.percentileMillis(50), "ms");
            run.report().figure("login, wrong password p99", wrongTimes.percentileMillis(99), "ms");
            run.report().require("every login answered", all && unanswered.count() == 0, unanswered.toString());
            run.report().require("who knows the password got in", refused.count() == 0, refused.toString());
            run.report().require("who does not, did not", granted.count() == 0, granted.toString());
        }
    }
}
