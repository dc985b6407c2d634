package dev.plimsoll.doctor;

import java.util.List;

/**
 * Something that is wrong. Its texts may hold words of log files and clients; {@link Foreign} made them harmless.
 *
 * @param check the check that found it, in one word
 * @param cause one sentence
 * @param evidence numbers, times, addresses
 * @param advice what to do, in this order
 */
record Diagnosis(Severity severity, String check, String cause, List<String> evidence, List<String> advice) {
    Diagnosis {
        evidence = List.copyOf(evidence);
        advice = List.copyOf(advice);
    }
}
