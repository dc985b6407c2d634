package dev.plimsoll.http;

import dev.plimsoll.net.HttpAnswer;
import dev.plimsoll.net.HttpCall;
import dev.plimsoll.net.Router;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.DirectWatch;
import dev.plimsoll.vitals.Host;
import dev.plimsoll.vitals.Memory;
import dev.plimsoll.vitals.Vitals;
import dev.plimsoll.wire.HttpMessages;
import dev.plimsoll.wire.VitalsMessages.AccountReport;
import dev.plimsoll.wire.VitalsMessages.MemoryReport;
import dev.plimsoll.wire.VitalsMessages.ProcessReport;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where the memory is: the line, its accounts, what the allocator says, and what is wrong. */
final class MemoryRoutes {
    private static final int HOLDERS = 10;

    private final Memory memory;
    private final Vitals vitals;
    private final TopHolders holders;
    private final Executor reads;
    private final Errors errors;

    MemoryRoutes(Memory memory, Vitals vitals, TopHolders holders, Executor reads, Errors errors) {
        this.memory = memory;
        this.vitals = vitals;
        this.holders = holders;
        this.reads = reads;
        this.errors = errors;
    }

    void addTo(Router context) {
        context.always().get("/v3/admin/plimsoll/memory", this::report);
    }

    private void report(HttpCall call) {
        int most = new Form(call).number("top", HOLDERS);
        if (most < 0 || most > TopHolders.MAX) {
            throw new InvalidRequest("top: " + most + " (expected: 0 to " + TopHolders.MAX + ")");
        }
        errors.answer(
                call,
                holders(most).thenCompose(found -> vitals.loop().call(() -> report(found.orElse(null)))),
                report -> HttpAnswer.json(200, HttpMessages.envelope(report.json())));
    }

    /** Empty when nobody wants to know, or nobody has time to look. */
    private CompletionStage<Optional<TopHolders.Found>> holders(int most) {
        if (most > 0) {
            try {
                return CompletableFuture.supplyAsync(() -> Optional.of(holders.find(most)), reads);
            } catch (RejectedExecutionException e) {
                // the page is served all the same: it is asked for in times like these
            }
        }
        return CompletableFuture.completedFuture(Optional.empty());
    }

    /** On the sampler's loop: reading the process takes its time. */
    private MemoryReport report(TopHolders.@Nullable Found found) {
        DirectWatch.Sample sample = memory.directWatch().last();
        List<AccountReport> accounts = Stream.concat(
                        memory.budget().heapAccounts().stream().map(account -> report(account, "heap")),
                        memory.budget().directAccounts().stream().map(account -> report(account, "direct")))
                .toList();
        return new MemoryReport(
                memory.line(),
                memory.heap(),
                Host.heapUsed(),
                memory.direct(),
                sample.direct().taken(),
                sample.direct().used(),
                sample.accounted(),
                sample.drift(),
                memory.directWatch().tolerance(sample.accounted()),
                memory.admission().refusedQueries(),
                process(),
                accounts,
                found == null ? null : found.holders(),
                found == null ? null : found.complete(),
                VitalsRoutes.reports(memory.findings().current()));
    }

    private ProcessReport process() {
        Host host = vitals.host();
        return new ProcessReport(
                orNull(host.resident()),
                host.heapLive(),
                host.metaspace(),
                host.threads(),
                orNull(host.openFiles()),
                orNull(host.maxFiles()),
                Runtime.getRuntime().availableProcessors(),
                orNull(host.machineMemory()),
                orNull(host.cgroupMemory()),
                orNull(host.diskFree()),
                vitals.startedMillis(),
                vitals.loop().currentTimeMillis());
    }

    private static @Nullable Long orNull(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }

    private static AccountReport report(Account account, String kind) {
        return new AccountReport(
                account.name(), kind, account.share(), account.limit(), account.held(), account.refused());
    }
}
