package dev.plimsoll;

import dev.plimsoll.auth.Logins;
import dev.plimsoll.config.Configs;
import dev.plimsoll.net.NetServer;
import dev.plimsoll.registry.Registry;
import dev.plimsoll.session.Ledger;
import dev.plimsoll.session.LongPolls;
import dev.plimsoll.session.Sessions;
import dev.plimsoll.vitals.Gauge;
import dev.plimsoll.vitals.Gauge.Level;
import dev.plimsoll.vitals.Gauge.Rate;
import dev.plimsoll.vitals.Gauge.Slowest;
import dev.plimsoll.vitals.Host;
import dev.plimsoll.vitals.MemoryBudget;
import dev.plimsoll.vitals.RequestKind;
import dev.plimsoll.vitals.Traffic;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;

/** All that is sampled, by the names docs/OPERATING.md tells. */
public final class Gauges {
    private Gauges() {}

    public static List<Gauge> of(
            Host host,
            NetServer net,
            MemoryBudget budget,
            Traffic traffic,
            Registry registry,
            Configs configs,
            LongPolls polls,
            Sessions sessions,
            Ledger ledger,
            Logins logins) {
        var all = new ArrayList<Gauge>(List.of(
                Level.bytes("resident", "Physical memory of the process", () -> orNan(host.resident())),
                Level.bytes("heap-used", "Objects on the heap, dead ones too", Host::heapUsed),
                Level.bytes("heap-live", "Objects that were live at the last collection", host::heapLive),
                Level.bytes("metaspace", "Classes", host::metaspace),
                Level.bytes("direct-used", "Buffers outside the heap in use", net::directMemoryInUse),
                Level.bytes("direct-taken", "Chunks the allocator has from the system", net::directMemory),
                Level.count("threads", "Threads", host::threads),
                Level.count("open-files", "Open file descriptors", () -> orNan(host.openFiles())),
                new Rate("cpu", "cores", 1e-9, "Processor time used", host::processorNanos),
                new Rate("gc", "ms per second", 1, "Time the collector stopped the process", host::collectionMillis)));
        budget.accounts().forEach(account -> all.add(Level.of(account)));
        all.addAll(List.of(
                Level.count("connections", "Open TCP connections", net::connectionCount),
                Level.count("clients", "Clients set up by gRPC", sessions::count),
                Level.count("udp-subscribers", "Clients that are told by UDP", ledger::udpSubscribers),
                Level.count("services", "Services, empty ones too", registry::serviceCount),
                Level.count("instances", "Instances", registry::instanceCount),
                Level.count("beating", "Instances that live by heart beats", registry::beatingCount),
                Level.count("subscriptions", "Services watched, once for each watcher", registry::watchCount),
                Level.count("udp-subscriptions", "Those of clients that are told by UDP", ledger::udpSubscriptions),
                Level.count("configs", "Configurations", configs::size),
                Level.count("listeners", "Configurations watched, once for each watcher", configs::watches),
                Level.count("long-polls", "Long polls that wait", polls::waiting),
                Level.count("parked", "Clients that cannot be sent anything now", ledger::parked)));
        for (RequestKind kind : RequestKind.values()) {
            var latency = traffic.of(kind);
            all.add(Rate.perSecond("requests." + kind.word(), "Requests answered", latency::count));
        }
        for (RequestKind kind : RequestKind.values()) {
            all.add(new Slowest("p99." + kind.word(), "From arrival to answer, 99 of 100", traffic.of(kind)));
        }
        all.addAll(List.of(
                new Slowest("p99.push", "From a push to the client's answer, 99 of 100", traffic.pushes()),
                Rate.perSecond("refused", "Requests there was no room for", traffic::refusedCount),
                Rate.perSecond("failed", "Requests answered by an error", traffic::failedCount),
                Rate.perSecond(
                        "pushes.services-ok", "Pushes", () -> ledger.services().ok()),
                Rate.perSecond("pushes.services-failed", "Pushes", () -> ledger.services()
                        .failed()),
                Rate.perSecond(
                        "pushes.configs-ok", "Pushes", () -> ledger.configs().ok()),
                Rate.perSecond("pushes.configs-failed", "Pushes", () -> ledger.configs()
                        .failed()),
                login("ok", logins, Logins.Totals::ok),
                login("wrong", logins, Logins.Totals::wrong),
                login("refused", logins, Logins.Totals::refused),
                login("hashed", logins, Logins.Totals::hashed)));
        return List.copyOf(all);
    }

    private static Gauge login(String outcome, Logins logins, ToLongFunction<Logins.Totals> count) {
        return Rate.perSecond("logins." + outcome, "Logins", () -> count.applyAsLong(logins.totals()));
    }

    private static double orNan(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : Double.NaN;
    }
}
