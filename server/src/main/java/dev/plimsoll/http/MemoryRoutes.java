package dev.plimsoll.http;

import dev.plimsoll.net.HttpAnswer;
import dev.plimsoll.net.HttpCall;
import dev.plimsoll.net.Router;
import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.DirectWatch;
import dev.plimsoll.vitals.Memory;
import dev.plimsoll.wire.HttpMessages;
import dev.plimsoll.wire.VitalsMessages.AccountReport;
import dev.plimsoll.wire.VitalsMessages.FindingReport;
import dev.plimsoll.wire.VitalsMessages.MemoryReport;
import java.util.List;
import java.util.stream.Stream;

/** Where the memory is: the line, its accounts, what the allocator says, and what is wrong. */
final class MemoryRoutes {
    private final Memory memory;

    MemoryRoutes(Memory memory) {
        this.memory = memory;
    }

    void addTo(Router context) {
        context.always().get("/v3/admin/plimsoll/memory", this::report);
    }

    private void report(HttpCall call) {
        DirectWatch.Sample sample = memory.directWatch().last();
        Runtime jvm = Runtime.getRuntime();
        List<AccountReport> accounts = Stream.concat(
                        memory.budget().heapAccounts().stream().map(account -> report(account, "heap")),
                        memory.budget().directAccounts().stream().map(account -> report(account, "direct")))
                .toList();
        List<FindingReport> findings = memory.findings().current().stream()
                .map(finding -> new FindingReport(finding.what(), finding.evidence(), finding.sinceMillis()))
                .toList();
        var report = new MemoryReport(
                memory.line(),
                memory.heap(),
                jvm.totalMemory() - jvm.freeMemory(),
                memory.direct(),
                sample.direct().taken(),
                sample.direct().used(),
                sample.accounted(),
                sample.drift(),
                memory.directWatch().tolerance(sample.accounted()),
                memory.admission().refusedQueries(),
                accounts,
                findings);
        call.answer(HttpAnswer.json(200, HttpMessages.envelope(report.json())));
    }

    private static AccountReport report(Account account, String kind) {
        return new AccountReport(
                account.name(), kind, account.share(), account.limit(), account.held(), account.refused());
    }
}
