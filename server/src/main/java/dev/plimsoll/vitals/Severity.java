package dev.plimsoll.vitals;

import java.util.Locale;

/** How bad a finding is, worse ones last. */
public enum Severity {
    INFO,
    WARNING,
    /** Something fails now, or will within hours. */
    CRITICAL;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
