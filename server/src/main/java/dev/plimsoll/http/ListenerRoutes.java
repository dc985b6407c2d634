package dev.plimsoll.http;

import dev.plimsoll.config.Caller;
import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.config.Configs;
import dev.plimsoll.net.HttpAnswer;
import dev.plimsoll.net.HttpAnswer.Header;
import dev.plimsoll.net.HttpCall;
import dev.plimsoll.net.Router;
import dev.plimsoll.session.ClientInfo;
import dev.plimsoll.session.LongPolls;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How 1.x clients hear of changes: a request that is answered when there is one. Called on the connection's loop. */
final class ListenerRoutes {
    static final Duration SHORTEST = Duration.ofSeconds(10);
    /** Answered so much earlier than the client's own time is up, as the reference does. */
    static final Duration EARLY = Duration.ofMillis(500);

    /** From version 2.0.4 on, clients that do not wait do not look at the headers either. */
    private static final int HEADERS_UNREAD = 204;

    /** Clients take 8 KB of headers. */
    private static final int MAX_IN_HEADERS = 10;

    private static final List<Header> NEVER_CACHED = List.of(
            new Header("Pragma", "no-cache"),
            new Header("Expires", "Thu, 01 Jan 1970 00:00:00 GMT"),
            new Header("Cache-Control", "no-cache,no-store"));

    private final Configs configs;
    private final LongPolls polls;
    private final Errors errors;

    ListenerRoutes(Configs configs, LongPolls polls, Errors errors) {
        this.configs = configs;
        this.polls = polls;
        this.errors = errors;
    }

    void addTo(Router router) {
        router.post("/v1/cs/configs/listener", this::listen);
    }

    private void listen(HttpCall call) {
        var asked = ListeningConfigs.parse(new Form(call).asIs("Listening-Configs"));
        String waits = call.header("Long-Pulling-Timeout");
        var caller = new Caller(
                call.remoteIp(), ConfigRoutes.header(call, ClientInfo.TAG).trim());
        List<ConfigKey> outdated = configs.outdated(asked.watches(), caller);
        if (waits == null) {
            call.answer(atOnce(asked, outdated, call.header("Client-Version")));
        } else if (!outdated.isEmpty()) {
            call.answer(changed(asked.encoded(outdated)));
        } else if ("true".equalsIgnoreCase(call.header("Long-Pulling-Timeout-No-Hangup"))) {
            call.answer(HttpAnswer.empty(200));
        } else {
            hold(call, caller, asked, patience(waits));
        }
    }

    private void hold(HttpCall call, Caller caller, ListeningConfigs asked, Duration patience) {
        call.hold();
        // The poll must not keep the records: its watches hold the names once more.
        var names = new ListeningConfigs(List.of(), asked.spelled());
        LongPolls.Poll poll =
                polls.hold(caller, asked.watches(), patience, names.spelledBytes(), (changed, failure) -> {
                    if (failure != null) {
                        errors.failed(call, failure);
                    } else {
                        call.answer(changed.isEmpty() ? HttpAnswer.empty(200) : changed(names.encoded(changed)));
                    }
                });
        call.whenGone(poll::gone);
    }

    private static HttpAnswer changed(String names) {
        return new HttpAnswer(200, HttpAnswer.JSON, NEVER_CACHED, (names + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    /** For who does not wait: in headers, of which the first has the form of before there were namespaces. */
    private static HttpAnswer atOnce(ListeningConfigs asked, List<ConfigKey> outdated, @Nullable String version) {
        var headers = new ArrayList<>(NEVER_CACHED);
        if (number(version) < HEADERS_UNREAD) {
            // The client asks for the others again when it has read these.
            List<ConfigKey> first = outdated.subList(0, Math.min(MAX_IN_HEADERS, outdated.size()));
            var old = new StringBuilder();
            for (ConfigKey key : first) {
                old.append(key.dataId()).append(':').append(key.group()).append(';');
            }
            headers.add(new Header("Probe-Modify-Response", old.toString()));
            headers.add(new Header("Probe-Modify-Response-New", asked.encoded(first)));
        }
        return new HttpAnswer(200, null, headers, new byte[0]);
    }

    /** A version's digits as one number; 200 for none, as for a client of 2.0.0. */
    private static int number(@Nullable String version) {
        String digits = version == null ? "" : version.replace(".", "");
        return digits.matches("[0-9]{1,9}") ? Integer.parseInt(digits) : 200;
    }

    /** How long the client is willing to wait, less what the way back may take. */
    private static Duration patience(String millis) {
        String digits = millis.trim();
        if (!digits.matches("[0-9]{1,9}")) {
            return SHORTEST;
        }
        Duration asked = Duration.ofMillis(Long.parseLong(digits)).minus(EARLY);
        return asked.compareTo(SHORTEST) < 0 ? SHORTEST : asked;
    }
}
