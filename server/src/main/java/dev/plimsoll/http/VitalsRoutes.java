package dev.plimsoll.http;

import dev.plimsoll.net.HttpAnswer;
import dev.plimsoll.net.HttpCall;
import dev.plimsoll.net.Router;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.vitals.Curves;
import dev.plimsoll.vitals.Finding;
import dev.plimsoll.vitals.Vitals;
import dev.plimsoll.wire.HttpMessages;
import dev.plimsoll.wire.Values;
import dev.plimsoll.wire.VitalsMessages.CheckReport;
import dev.plimsoll.wire.VitalsMessages.FindingReport;
import dev.plimsoll.wire.VitalsMessages.FindingsReport;
import dev.plimsoll.wire.VitalsMessages.SeriesReport;
import dev.plimsoll.wire.VitalsMessages.VitalsReport;
import java.util.List;
import java.util.Locale;

/** How the server was and is: what was sampled, and what its own checks found. */
final class VitalsRoutes {
    private static final int MAX_NAMES = 4_096; // characters
    /** Of one value while it is shown: as a number, as text, and the text's copy in the envelope. */
    private static final long VALUE_BYTES = 4 + 3 * 12;

    private final Vitals vitals;
    private final Errors errors;
    private final String version;

    VitalsRoutes(Vitals vitals, Errors errors, String version) {
        this.vitals = vitals;
        this.errors = errors;
        this.version = version;
    }

    void addTo(Router router) {
        router.get("/v3/admin/plimsoll/vitals", this::vitals).get("/v3/admin/plimsoll/findings", this::findings);
    }

    private void vitals(HttpCall call) {
        var form = new Form(call);
        String names = form.text("names");
        if (names.length() > MAX_NAMES) {
            throw new InvalidRequest("names: " + names.length() + " characters (expected: at most " + MAX_NAMES + ")");
        }
        List<String> chosen = names.isEmpty() ? List.of() : List.of(names.split(",", -1));
        errors.answer(
                call,
                vitals.sampler()
                        .read(moment(form, "from"), moment(form, "to"), moment(form, "step"), chosen)
                        .thenApply(this::json),
                json -> HttpAnswer.json(200, json));
    }

    /** On the sampler's loop. */
    private byte[] json(Curves curves) {
        long bytes = (long) curves.points() * curves.curves().size() * VALUE_BYTES;
        vitals.account().reserve(bytes);
        try {
            List<SeriesReport> series = curves.curves().stream()
                    .map(curve -> new SeriesReport(
                            curve.name(),
                            curve.unit(),
                            curve.fold().name().toLowerCase(Locale.ROOT),
                            new Values(curve.values())))
                    .toList();
            var report = new VitalsReport(
                    version,
                    vitals.loop().currentTimeMillis(),
                    vitals.startedMillis(),
                    curves.fromMillis(),
                    curves.toMillis(),
                    curves.stepMillis() / 1_000,
                    curves.points(),
                    series);
            return HttpMessages.envelope(report.json());
        } finally {
            vitals.account().release(bytes);
        }
    }

    private void findings(HttpCall call) {
        var findings = vitals.findings();
        var report = new FindingsReport(
                vitals.loop().currentTimeMillis(),
                findings.worst().map(severity -> severity.word()).orElse("ok"),
                vitals.checkup().reports().stream()
                        .map(seen -> new CheckReport(seen.check(), seen.ranMillis(), seen.known(), seen.measured()))
                        .toList(),
                reports(findings.current()),
                reports(findings.ended()));
        call.answer(HttpAnswer.json(200, HttpMessages.envelope(report.json())));
    }

    static List<FindingReport> reports(List<Finding> findings) {
        return findings.stream().map(VitalsRoutes::report).toList();
    }

    static FindingReport report(Finding finding) {
        return new FindingReport(
                finding.condition().check(),
                finding.severity().word(),
                finding.condition().cause(),
                finding.subject(),
                finding.evidence(),
                finding.condition().advice(),
                finding.sinceMillis(),
                finding.untilMillis());
    }

    /** A moment or a span; 0 when it is left to the server. */
    private static long moment(Form form, String name) {
        String text = form.text(name);
        if (text.isEmpty()) {
            return 0;
        }
        if (text.length() > 15 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new InvalidRequest(name + ": '" + Form.echo(text) + "' (expected: a whole number, not negative)");
        }
        return Long.parseLong(text);
    }
}
