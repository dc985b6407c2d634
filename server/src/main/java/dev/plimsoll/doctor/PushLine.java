package dev.plimsoll.doctor;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A line of the reference's {@code naming-push.log} or {@code remote-push.log} that tells what became of a push. The
 * forms, of 2.x and 3.x alike:
 *
 * <pre>
 * 2026-11-22 16:53:44,747 INFO [PUSH-SUCC] 17ms, all delay time 547ms for subscriber 10.0.0.1, Service{...}, DataSize=5
 * 2026-11-22 16:53:44,875 INFO [PUSH-SUCC] 51ms, all delay time 664ms, SLA 130ms, Service{...}, DataSize=5, target=10.0.0.1
 * 2026-11-22 16:53:47,917 ERROR [PUSH-FAIL] 5012ms, Service{...}, reason=Timeout After 5000 ..., target=10.0.0.1
 * 2026-11-22 16:53:48,001 WARN max re-push times reached, retry times 2, key: 10.0.0.1,44044,21423454882111356
 * 2026-11-22 16:53:49,120 WARN Push fail, dataId=app.yml, group=G, tenant=, clientId=1695364278792_10.0.0.1_50580
 * </pre>
 *
 * @param at when the line was written
 * @param costMillis from sending to the answer or the end of patience; 0 when the line does not tell
 * @param topic the service as {@code namespace group@@name}, or the configuration; "" when the line does not tell
 * @param target the client's address
 */
record PushLine(long at, boolean ok, long costMillis, String topic, String target, Reason reason) {
    private static final int LONGEST_PART = 128;

    /** Why a push failed, as far as its line tells. */
    enum Reason {
        NONE("-"),
        TIMEOUT("no answer in time"),
        UDP("no answer by UDP (1.x client)"),
        BUSY("refused: earlier pushes are still unread"),
        NO_MEMORY("no direct memory left"),
        CLOSED("connection already closed"),
        OTHER("other");

        final String says;

        Reason(String says) {
            this.says = says;
        }

        /** @param text of the exception, as the reference writes it */
        static Reason of(String text, long costMillis) {
            String lower = text.toLowerCase(Locale.ROOT);
            if (lower.contains("direct memory") || lower.contains("directmemory")) {
                return NO_MEMORY;
            }
            if (lower.startsWith("timeout")) {
                return TIMEOUT;
            }
            if (lower.equals("null")) {
                return costMillis >= 10_000 ? UDP : TIMEOUT; // a UDP push fails so after 20 s
            }
            if (lower.contains("busy") || lower.contains("not ready")) {
                return BUSY;
            }
            return lower.contains("clos") || lower.contains("completed") || lower.contains("cancel") ? CLOSED : OTHER;
        }
    }

    /** Null when the line is none of these. */
    static @Nullable PushLine parse(String line) {
        long at = LogTime.parse(line, 0);
        if (at == LogTime.NONE) {
            return null;
        }
        int tag = line.indexOf("[PUSH-");
        if (tag >= 0 && tag < 40) {
            return ofService(line, at, tag);
        }
        if (line.contains(" max re-push times reached")) {
            int key = line.indexOf("key: ");
            int comma = line.indexOf(',', Math.max(0, key));
            return key < 0 || comma < 0
                    ? null
                    : new PushLine(at, false, 0, "", part(line.substring(key + 5, comma)), Reason.UDP);
        }
        int config = line.indexOf("Push fail, dataId=");
        return config < 0 || config > 40 ? null : ofConfig(line, at, config);
    }

    private static @Nullable PushLine ofService(String line, long at, int tag) {
        boolean ok = line.startsWith("[PUSH-SUCC]", tag);
        if (!ok && !line.startsWith("[PUSH-FAIL]", tag)) {
            return null;
        }
        long cost = millis(line, tag + 12);
        int service = line.indexOf("Service{", tag);
        if (service < 0) {
            return null;
        }
        String topic =
                part(between(line, "namespace='", "'", service)) + " " + part(between(line, "group='", "'", service))
                        + "@@" + part(between(line, "name='", "'", service + 20));
        int target = line.lastIndexOf("target="); // the last one: a reason may hold anything
        String address;
        if (target > service) {
            address = line.substring(target + 7);
        } else {
            address = between(line, "for subscriber ", ",", tag);
        }
        Reason reason = Reason.NONE;
        if (!ok) {
            int from = line.indexOf("reason=", service);
            int to = line.lastIndexOf(", target=");
            reason = from < 0 || to < from + 7 ? Reason.OTHER : Reason.of(line.substring(from + 7, to), cost);
        }
        return new PushLine(at, ok, cost, topic, part(address.strip()), reason);
    }

    private static PushLine ofConfig(String line, long at, int config) {
        String topic = part(between(line, "tenant=", ",", config)) + " " + part(between(line, "group=", ",", config))
                + "@@" + part(between(line, "dataId=", ",", config));
        int id = line.lastIndexOf("clientId=");
        return new PushLine(at, false, 0, topic, addressOf(id < 0 ? "" : line.substring(id + 9)), Reason.TIMEOUT);
    }

    /** The address within a connection's id, such as {@code 1695364278792_10.0.0.1_50580}. */
    static String addressOf(String connectionId) {
        int from = connectionId.indexOf('_');
        int to = connectionId.lastIndexOf('_');
        return part(from < 0 || to <= from ? connectionId.strip() : connectionId.substring(from + 1, to));
    }

    private static String between(String line, String before, String after, int from) {
        int start = line.indexOf(before, from);
        if (start < 0) {
            return "";
        }
        start += before.length();
        int end = line.indexOf(after, start);
        return end < 0 ? "" : line.substring(start, end);
    }

    private static String part(String text) {
        return text.length() <= LONGEST_PART ? text : text.substring(0, LONGEST_PART);
    }

    private static long millis(String line, int from) {
        long value = 0;
        for (int i = from; i < line.length() && i < from + 12; i++) {
            int digit = line.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                break;
            }
            value = value * 10 + digit;
        }
        return value;
    }
}
