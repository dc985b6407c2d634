package dev.plimsoll.doctor;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A version of the reference server, and what it does with the pushes of a client that does not read.
 *
 * @param text as it says it
 */
record NacosVersion(int major, int minor, int patch, String text) {
    private static final Pattern FORM = Pattern.compile("v?([0-9]{1,4})\\.([0-9]{1,4})(?:\\.([0-9]{1,4}))?.*");

    /** What becomes of pushes that a client does not read. */
    enum Queue {
        /** 1.x: told by UDP, nothing waits. */
        DATAGRAMS,
        /** 2.0 to 2.3.0: every push, and every repetition of one, waits in direct memory. */
        UNBOUNDED,
        /** 2.3.1 to 3.0.2: refused while earlier ones wait; but each refusal fails twice. */
        GATED_NOISY,
        /** From 3.0.3: refused while earlier ones wait. */
        GATED
    }

    static Optional<NacosVersion> parse(String text) {
        var form = FORM.matcher(text.strip());
        if (!form.matches()) {
            return Optional.empty();
        }
        return Optional.of(new NacosVersion(
                Integer.parseInt(form.group(1)),
                Integer.parseInt(form.group(2)),
                form.group(3) == null ? 0 : Integer.parseInt(form.group(3)),
                Foreign.text(text.strip(), 40)));
    }

    Queue queue() {
        if (major < 2) {
            return Queue.DATAGRAMS;
        }
        if (isBefore(2, 3, 1)) {
            return Queue.UNBOUNDED;
        }
        return isBefore(3, 0, 3) ? Queue.GATED_NOISY : Queue.GATED;
    }

    boolean isBefore(int otherMajor, int otherMinor, int otherPatch) {
        if (major != otherMajor) {
            return major < otherMajor;
        }
        return minor != otherMinor ? minor < otherMinor : patch < otherPatch;
    }

    @Override
    public String toString() {
        return text;
    }
}
