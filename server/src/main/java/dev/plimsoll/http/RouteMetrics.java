package dev.plimsoll.http;

import dev.plimsoll.vitals.Answers;
import java.util.List;

/** The answers of routes by the names that Spring's metrics give them, which dashboards of the reference ask for. */
final class RouteMetrics {
    private static final String NAME = "http_server_requests_seconds";

    /** Three lines: names, labels without method and route, and a number. */
    private static final int LINES_BYTES = 3 * 190;

    private static final int HEADS_BYTES = 400;

    private RouteMetrics() {}

    /** What {@link #write} adds to a page at most. */
    static int bytes(List<Answers.Series> routes) {
        return routes.isEmpty()
                ? 0
                : HEADS_BYTES
                        + routes.stream()
                                .mapToInt(series -> LINES_BYTES + 3 * (series.method() + series.uri()).length())
                                .sum();
    }

    static void write(Exposition page, List<Answers.Series> routes) {
        if (routes.isEmpty()) {
            return;
        }
        page.family(NAME, Exposition.SUMMARY, "From a call's arrival to its answer, by route");
        for (Answers.Series series : routes) {
            String[] labels = labels(series);
            page.part("_sum", series.seconds(), labels).part("_count", series.count(), labels);
        }
        page.family(NAME + "_max", Exposition.GAUGE, "The longest of the last one or two minutes");
        routes.forEach(series -> page.sample(series.longestSeconds(), labels(series)));
    }

    private static String[] labels(Answers.Series series) {
        return new String[] {
            "method",
            series.method(),
            "outcome",
            outcome(series.status()),
            "status",
            series.status() == 0 ? Answers.UNKNOWN : Integer.toString(series.status()),
            "uri",
            series.uri()
        };
    }

    private static String outcome(int status) {
        return switch (status / 100) {
            case 1 -> "INFORMATIONAL";
            case 2 -> "SUCCESS";
            case 3 -> "REDIRECTION";
            case 4 -> "CLIENT_ERROR";
            case 5 -> "SERVER_ERROR";
            default -> Answers.UNKNOWN;
        };
    }
}
