package dev.plimsoll.vitals;

import dev.plimsoll.loop.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Has each check look at its time. Works on {@code loop}, the sampler's; {@link #reports} is for any thread. */
public final class Checkup {
    /** Accounts that are full when all is well: what they hold makes way. */
    private static final Set<String> CACHES = Set.of("config contents", "ledger");

    private static final List<String> LOAD =
            List.of("clients", "connections", "instances", "subscriptions", "udp-subscribers", "configs", "listeners");

    private final Loop loop;
    private final List<Check> checks;
    private final Findings findings;
    private final Map<String, Report> reports = new ConcurrentSkipListMap<>();

    /**
     * What a check last saw.
     *
     * @param ranMillis when it looked; 0 before its first look
     */
    public record Report(String check, long ranMillis, boolean known, String measured) {}

    public Checkup(Loop loop, List<Check> checks, Findings findings) {
        this.loop = loop;
        this.checks = List.copyOf(checks);
        this.findings = findings;
    }

    /**
     * All checks of a server.
     *
     * @param troubles clients that have been in trouble for a minute or longer
     * @param crowds services that are nearly too large, a few
     * @param clients connected ones
     * @param refusals requests and connections refused for want of room, so far
     */
    public static Checkup of(
            Loop loop,
            Memory memory,
            Sampler sampler,
            Traffic traffic,
            Host host,
            Supplier<List<Trouble>> troubles,
            Supplier<List<Crowd>> crowds,
            IntSupplier clients,
            LongSupplier refusals) {
        var subjects = new ArrayList<>(List.of(
                new GrowthCheck.Subject("resident", memory::line),
                new GrowthCheck.Subject("direct-used", memory::direct),
                new GrowthCheck.Subject("heap-live", memory::heap)));
        for (Account account : memory.budget().accounts()) {
            if (!CACHES.contains(account.name())) {
                subjects.add(new GrowthCheck.Subject(Gauge.Level.nameOf(account), account::limit));
            }
        }
        var line = new LimitsCheck.Line(memory.line(), memory.heap(), memory.direct());
        return new Checkup(
                loop,
                List.of(
                        memory.directWatch(),
                        new LimitsCheck(line, host::resident, host::machineMemory, host::cgroupMemory),
                        new GrowthCheck(sampler, subjects, LOAD),
                        new AccountsCheck(memory.budget(), CACHES, refusals, traffic::lastRefusal),
                        new ServicesCheck(crowds),
                        new SurgeCheck(sampler, traffic),
                        new ClientsCheck(troubles, clients),
                        new LoginsCheck(sampler, traffic),
                        new AccessCheck(traffic::deniedCount, traffic.deniedTo()),
                        ScarceCheck.files(host::openFiles, host::maxFiles),
                        ScarceCheck.disk(host::diskFree),
                        new ClockCheck(loop)),
                memory.findings());
    }

    /** In the order they were given. */
    List<String> names() {
        return checks.stream().map(Check::name).toList();
    }

    /** Looks from now on, for the first time when each check's time has passed once. */
    public void start() {
        for (Check check : checks) {
            String words = "looks for the first time in " + check.every().toSeconds() + " s or less";
            reports.put(check.name(), new Report(check.name(), 0, false, words));
            next(check);
        }
    }

    /** In the order of their names. */
    public List<Report> reports() {
        return List.copyOf(reports.values());
    }

    private void next(Check check) {
        loop.schedule(check.every(), () -> {
            next(check); // first, whatever becomes of this look
            Check.Measured seen = check.look(findings);
            reports.put(check.name(), new Report(check.name(), loop.currentTimeMillis(), seen.known(), seen.words()));
        });
    }
}
