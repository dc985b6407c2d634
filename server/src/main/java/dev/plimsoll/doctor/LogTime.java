package dev.plimsoll.doctor;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/**
 * Moments as a server's logs tell them: its local time, in milliseconds as if it were UTC. The logs do not say which
 * zone it was; so moments are shown as they were written.
 */
final class LogTime {
    static final long NONE = Long.MIN_VALUE;

    private static final List<String> MONTHS =
            List.of("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec");
    private static final DateTimeFormatter MILLIS = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT);
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

    private LogTime() {}

    /** {@code 2026-11-22 16:53:47} with or without {@code ,917} at {@code at}, or {@link #NONE}. */
    static long parse(String line, int at) {
        if (line.length() < at + 19
                || line.charAt(at + 4) != '-'
                || line.charAt(at + 7) != '-'
                || (line.charAt(at + 10) != ' ' && line.charAt(at + 10) != 'T')
                || line.charAt(at + 13) != ':'
                || line.charAt(at + 16) != ':') {
            return NONE;
        }
        long seconds = seconds(
                number(line, at, 4),
                number(line, at + 5, 2),
                number(line, at + 8, 2),
                number(line, at + 11, 2),
                number(line, at + 14, 2),
                number(line, at + 17, 2));
        if (seconds == NONE) {
            return NONE;
        }
        boolean fraction = line.length() >= at + 23 && (line.charAt(at + 19) == ',' || line.charAt(at + 19) == '.');
        int millis = fraction ? number(line, at + 20, 3) : 0;
        return seconds * 1000 + Math.max(0, millis);
    }

    /** {@code 22/Nov/2026:16:51:55} at {@code at}, or {@link #NONE}. */
    static long parseAccess(String line, int at) {
        if (line.length() < at + 20 || line.charAt(at + 2) != '/' || line.charAt(at + 6) != '/') {
            return NONE;
        }
        long seconds = seconds(
                number(line, at + 7, 4),
                MONTHS.indexOf(line.substring(at + 3, at + 6)) + 1,
                number(line, at, 2),
                number(line, at + 12, 2),
                number(line, at + 15, 2),
                number(line, at + 18, 2));
        return seconds == NONE ? NONE : seconds * 1000;
    }

    private static int number(String line, int at, int digits) {
        int value = 0;
        for (int i = at; i < at + digits; i++) {
            int digit = line.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    /** Days are counted by hand: this runs for every line of gigabytes. */
    private static long seconds(int year, int month, int day, int hour, int minute, int second) {
        if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31 || hour < 0 || hour > 23) {
            return NONE;
        }
        if (minute < 0 || minute > 59 || second < 0 || second > 60) {
            return NONE;
        }
        int y = month <= 2 ? year - 1 : year;
        int era = y / 400;
        int ofEra = y - era * 400;
        int ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1; // years begin in March
        long days = era * 146_097L + ofEra * 365L + ofEra / 4 - ofEra / 100 + ofYear - 719_468L;
        return days * 86_400 + hour * 3_600L + minute * 60L + second;
    }

    /** {@code 2026-11-22 16:53:47.917}. */
    static String text(long millis) {
        return moment(millis).format(MILLIS);
    }

    /** {@code 2026-11-22 16:53:47}. */
    static String toTheSecond(long millis) {
        return moment(millis).format(SECONDS);
    }

    /** {@code 16:53:47} when it is of the same day as {@code other}. */
    static String near(long millis, long other) {
        boolean sameDay = Math.floorDiv(millis, 86_400_000L) == Math.floorDiv(other, 86_400_000L);
        return sameDay ? toTheSecond(millis).substring(11) : toTheSecond(millis);
    }

    private static LocalDateTime moment(long millis) {
        return LocalDateTime.ofEpochSecond(
                Math.floorDiv(millis, 1000L), Math.floorMod(millis, 1000) * 1_000_000, ZoneOffset.UTC);
    }

    /** {@code 45 s}, {@code 2 min 11 s}, {@code 3 h 20 min}, {@code 2 d 4 h}. */
    static String duration(long millis) {
        long seconds = Math.round(millis / 1000.0);
        if (seconds < 1) {
            return millis + " ms";
        }
        if (seconds < 60) {
            return seconds + " s";
        }
        long minutes = seconds / 60;
        if (minutes < 60) {
            return minutes + " min" + rest(seconds % 60, " s");
        }
        long hours = minutes / 60;
        return hours < 48 ? hours + " h" + rest(minutes % 60, " min") : hours / 24 + " d" + rest(hours % 24, " h");
    }

    private static String rest(long number, String unit) {
        return number == 0 ? "" : " " + number + unit;
    }
}
