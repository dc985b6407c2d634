package dev.plimsoll.http;

import dev.plimsoll.net.HttpAnswer;
import dev.plimsoll.net.HttpCall;
import dev.plimsoll.net.Router;
import dev.plimsoll.refusal.NotFound;
import dev.plimsoll.registry.Instance;
import dev.plimsoll.registry.Registry;
import dev.plimsoll.registry.ServiceKey;
import dev.plimsoll.registry.ServiceSnapshot;
import dev.plimsoll.registry.Standing;
import dev.plimsoll.registry.Standings;
import dev.plimsoll.registry.Withdrawn;
import dev.plimsoll.session.Session;
import dev.plimsoll.session.Sessions;
import dev.plimsoll.store.StoredOverlay.Laying;
import dev.plimsoll.wire.HttpMessages;
import dev.plimsoll.wire.LedgerMessages.Client;
import dev.plimsoll.wire.StandingMessages.InstanceReport;
import dev.plimsoll.wire.StandingMessages.Instances;
import dev.plimsoll.wire.StandingMessages.OverlayReport;
import dev.plimsoll.wire.StandingMessages.OwnerReport;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Why an instance is here, and why it is here no more; for operators. */
final class StandingRoutes {
    private final Registry registry;
    private final Sessions sessions;
    private final InstantSource clock;
    private final Executor reads;
    private final Errors errors;

    StandingRoutes(Registry registry, Sessions sessions, InstantSource clock, Executor reads, Errors errors) {
        this.registry = registry;
        this.sessions = sessions;
        this.clock = clock;
        this.reads = reads;
        this.errors = errors;
    }

    void addTo(Router router) {
        router.get("/v3/admin/plimsoll/instance", this::instance);
    }

    private void instance(HttpCall call) {
        var form = new NamingForm(call, Dialect.V3);
        ServiceKey service = form.service();
        String ip = form.text("ip");
        int port = Form.port(form.number("port", 0));
        errors.answer(
                call,
                registry.standing(service, ip, port, form.text("clusterName"))
                        .thenCompose(found -> onReads(() -> answer(service, ip, port, found))),
                answer -> answer);
    }

    /** There may be a thousand of them: not on the registry's loop. */
    private CompletionStage<HttpAnswer> onReads(Supplier<HttpAnswer> work) {
        try {
            return CompletableFuture.supplyAsync(work, reads);
        } catch (RejectedExecutionException e) {
            throw Errors.readsAreBusy();
        }
    }

    private HttpAnswer answer(ServiceKey service, String ip, int port, Standings.Found found) {
        if (found.count() == 0) {
            throw new NotFound(missing(service, ip, port));
        }
        return HttpAnswer.json(200, HttpMessages.envelope(report(service, found).json()));
    }

    private Instances report(ServiceKey key, Standings.Found found) {
        ServiceSnapshot snapshot = registry.snapshot(key);
        boolean protection = snapshot.select("", false).protectionReached();
        return new Instances(
                key.namespace(),
                key.group(),
                key.name(),
                found.count(),
                protection,
                found.standings().stream()
                        .map(standing -> report(standing, snapshot, protection))
                        .toList());
    }

    private InstanceReport report(Standing standing, ServiceSnapshot snapshot, boolean protection) {
        Instance instance = standing.instance();
        Session session = sessions.find(standing.owner().id());
        boolean persistent = standing.owner().isChecked();
        Standing.Beats beats = standing.beats();
        long now = clock.millis();
        return new InstanceReport(
                instance.ip(),
                instance.port(),
                instance.cluster(),
                snapshot.ephemeral(),
                instance.healthy(),
                instance.enabled(),
                instance.weight(),
                persistent ? "store" : beats != null ? "beats" : "connection",
                standing.owner().id(),
                standing.sinceMillis(),
                session == null ? null : owner(session, now),
                beats == null ? null : now - beats.silentMillis(),
                beats == null ? null : instance.beatTimeout(),
                beats == null ? null : instance.deleteTimeout(),
                standing.checker() == null ? null : standing.checker().fields().get("type"),
                standing.look() == null ? null : standing.look().atMillis(),
                outcome(standing),
                overlay(standing.laid()),
                instance.enabled(),
                why(standing, session, now),
                seen(standing, protection),
                goes(standing));
    }

    private static OwnerReport owner(Session session, long now) {
        return new OwnerReport(
                session.ip(), session.app(), session.agent(), session.connectedMillis(), now - session.silentMillis());
    }

    private static @Nullable OverlayReport overlay(Standing.@Nullable Laid laid) {
        if (laid == null) {
            return null;
        }
        var overlay = laid.overlay();
        return new OverlayReport(
                overlay.weight(),
                overlay.enabled(),
                overlay.metadata(),
                laid.laying() == null ? null : laid.laying().atMillis(),
                laid.laying() == null ? null : laid.laying().by().user(),
                laid.laying() == null ? null : laid.laying().by().ip());
    }

    private static @Nullable String outcome(Standing standing) {
        return standing.look() == null
                ? null
                : switch (standing.look().outcome()) {
                    case OK -> "ok";
                    case FAILED -> "failed";
                    case DOWN -> "refused";
                    case NOT_TRIED -> "not tried";
                };
    }

    private static String why(Standing standing, @Nullable Session session, long now) {
        Standing.Beats beats = standing.beats();
        if (standing.owner().isChecked()) {
            String check = standing.checker() == null
                    ? "nobody looks whether it lives"
                    : standing.look() == null
                            ? "it was not looked at yet"
                            : "its last check " + seconds(now - standing.look().atMillis()) + " ago: "
                                    + outcome(standing);
            return "it is persistent: it stays until somebody deregisters it; " + check;
        } else if (beats != null) {
            return "its own address keeps it by heart beats, the last one " + seconds(beats.silentMillis()) + " ago";
        } else if (session == null) {
            return "it was registered by the connection " + standing.owner().id()
                    + ", which is no client's: it is about to go, and if it stays, report it";
        }
        return "it was registered by the connection " + session.id() + " of "
                + who(session.ip(), session.app(), session.agent())
                + ", open for " + seconds(now - session.connectedMillis()) + ", last heard of "
                + seconds(session.silentMillis()) + " ago";
    }

    private static String seen(Standing standing, boolean protection) {
        Instance instance = standing.instance();
        Standing.Laid laid = standing.laid();
        if (!instance.enabled()) {
            return "not shown: disabled by "
                    + (laid != null && Boolean.FALSE.equals(laid.overlay().enabled())
                            ? operator(laid.laying())
                            : "its client");
        }
        String weight = instance.weight() > 0 ? "" : "; its weight is 0, so that callers who balance send it nothing";
        if (instance.healthy()) {
            return "shown as healthy" + weight;
        }
        return (protection
                        ? "shown as healthy though it is not: so few instances are that the protection threshold shows all"
                        : "shown as unhealthy: callers who want healthy ones pass it over")
                + weight;
    }

    /** Who laid something last, be it that or another part of the overlay. */
    private static String operator(@Nullable Laying laying) {
        if (laying == null) {
            return "an operator; who and when is not known, as it was laid before that was kept";
        }
        String who = laying.by().user().isEmpty()
                ? "an operator without a login"
                : laying.by().user();
        return who + " from " + laying.by().ip() + " at " + Instant.ofEpochMilli(laying.atMillis());
    }

    private static String goes(Standing standing) {
        Standing.Beats beats = standing.beats();
        if (standing.owner().isChecked()) {
            return "only a deregistration removes it; failing checks make it unhealthy";
        } else if (beats == null) {
            return "the end of that connection, or a deregistration by it, removes it; a client that is silent for "
                    + Sessions.IDLE.toSeconds() + " s and does not answer within "
                    + Sessions.DETECTION_WAIT.toSeconds() + " s more is closed";
        } else if (beats.outlivesSilence()) {
            return "no silence removes it, as its metadata or its service's says; a deregistration does";
        }
        Instance instance = standing.instance();
        return seconds(instance.beatTimeout()) + " without a beat make it unhealthy, "
                + seconds(instance.deleteTimeout()) + " remove it, as a deregistration does";
    }

    /** What the past knows of it. */
    private String missing(ServiceKey service, String ip, int port) {
        String of = service.namespace() + " " + service.joined();
        if (ip.isEmpty() && port == 0) {
            return "no instances of " + of;
        }
        String what = "no instance at " + Form.echo(ip) + ":" + port + " of " + of;
        List<Withdrawn> past = registry.withdrawn(service, ip, port);
        return past.isEmpty()
                ? what + "; none is known to have gone from there lately"
                : what + "; it went at " + Instant.ofEpochMilli(past.get(0).atMillis()) + ": " + wentFor(past.get(0));
    }

    private String wentFor(Withdrawn gone) {
        return switch (gone.cause()) {
            case DEREGISTERED -> "it was deregistered" + (gone.owner().isConnection() ? " by " + who(gone) : "");
            case REPLACED -> who(gone) + " registered others in its place";
            case FELL_SILENT -> "no beat came from its address for as long as it may stay";
            case CONNECTION_ENDED -> {
                List<Client> closed =
                        sessions.closed(gone.owner().id(), "", 1, 1).pageItems();
                yield who(gone) + " ended"
                        + (closed.isEmpty() ? "" : ": " + closed.get(0).goneFor());
            }
        };
    }

    private String who(Withdrawn gone) {
        String id = gone.owner().id();
        Session session = sessions.find(id);
        List<Client> closed = session == null ? sessions.closed(id, "", 1, 1).pageItems() : List.of();
        String client = session != null
                ? " of " + who(session.ip(), session.app(), session.agent())
                : closed.isEmpty()
                        ? ""
                        : " of "
                                + who(
                                        closed.get(0).ip(),
                                        closed.get(0).app(),
                                        closed.get(0).version());
        return (gone.owner().isConnection() ? "the connection " : "") + id + client;
    }

    private static String who(String ip, String app, String version) {
        return ip + " (" + app + ", " + version + ")";
    }

    private static String seconds(long millis) {
        return millis < 10_000 && millis % 1_000 != 0
                ? String.format(Locale.ROOT, "%.1f s", millis / 1_000.0)
                : millis / 1_000 + " s";
    }
}
