package dev.plimsoll.doctor;

import java.util.List;
import java.util.Map;

/**
 * The outcome of an examination.
 *
 * @param subject what was examined
 * @param facts what is known of it, in this order
 * @param diagnoses the worst first
 * @param plan what to do about all of them, in this order
 * @param fine checks that found nothing wrong, and what they looked at
 * @param unknown checks that could not be made, and why
 */
public record Report(
        String subject,
        Map<String, String> facts,
        List<Diagnosis> diagnoses,
        List<String> plan,
        List<Note> fine,
        List<Note> unknown,
        List<Plot> plots,
        List<Table> tables) {

    record Note(String check, String text) {}

    /**
     * Numbers over time.
     *
     * @param from milliseconds, in the clock of the server examined, which is shown as it is
     * @param step milliseconds a value covers
     * @param marks moments to be pointed out, at most a few
     */
    record Plot(String title, String unit, long from, long step, List<Series> series, List<Mark> marks) {}

    /**
     * @param bad is drawn as a failure
     */
    record Series(String name, boolean bad, long[] values) {}

    record Mark(long at, String name) {}

    /**
     * @param note below the table; may be empty
     */
    record Table(String title, List<String> columns, List<List<String>> rows, String note) {}

    public Severity severity() {
        return diagnoses.stream().map(Diagnosis::severity).reduce(Severity.HEALTHY, Severity::worse);
    }
}
