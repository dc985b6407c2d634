package dev.plimsoll;

import dev.plimsoll.registry.HealthChecker;
import dev.plimsoll.registry.Probes;
import java.util.function.Consumer;

/** Has the network look at what the registry asks about. */
final class CheckedAddresses implements Probes {
    private final dev.plimsoll.net.Probes net;

    CheckedAddresses(dev.plimsoll.net.Probes net) {
        this.net = net;
    }

    @Override
    public void probe(HealthChecker checker, String ip, int port, Consumer<Outcome> done) {
        Consumer<dev.plimsoll.net.Probes.Result> told = result -> done.accept(outcome(result));
        if (checker instanceof HealthChecker.Http http) {
            net.http(ip, port, http.path(), http.lines(), told);
        } else if (checker instanceof HealthChecker.Mysql mysql) {
            net.mysql(ip, port, mysql.user(), mysql.password(), mysql.command(), told);
        } else if (checker instanceof HealthChecker.Tcp) {
            net.tcp(ip, port, told);
        } else {
            done.accept(Outcome.NOT_TRIED);
        }
    }

    private static Outcome outcome(dev.plimsoll.net.Probes.Result result) {
        return switch (result) {
            case OK -> Outcome.OK;
            case FAILED -> Outcome.FAILED;
            case DOWN -> Outcome.DOWN;
            case NOT_TRIED -> Outcome.NOT_TRIED;
        };
    }
}
