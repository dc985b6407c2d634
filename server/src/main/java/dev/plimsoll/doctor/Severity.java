package dev.plimsoll.doctor;

/** How bad it is. The worst of a report is the command's exit status. */
public enum Severity {
    HEALTHY(0),
    WARNING(1),
    CRITICAL(2);

    private final int exitStatus;

    Severity(int exitStatus) {
        this.exitStatus = exitStatus;
    }

    public int exitStatus() {
        return exitStatus;
    }

    Severity worse(Severity other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
