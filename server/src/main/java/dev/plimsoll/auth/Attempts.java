package dev.plimsoll.auth;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts logins by user and address, by address, and by user. Wrong passwords shut out the address that sends them, for
 * this user or for all; never a user whom others guess at, whose logins only wait a little. An entry of
 * so many, the one unused longest makes way. Confined to the loop of {@link Logins}.
 */
final class Attempts {
    /** Of one entry: the object, its texts, a map node. */
    static final int ENTRY_BYTES = 400;

    static final int WRONG_FOR_USER = 10;
    static final int WRONG_FOR_ADDRESS = 100;

    private static final Duration FORGOTTEN = Duration.ofMinutes(15);
    private static final Duration SHUT_OUT = Duration.ofSeconds(30);
    private static final int MOST_DOUBLINGS = 5; // 16 minutes
    private static final Duration USER_SLOWED = Duration.ofSeconds(1);
    private static final int IPV6_NETWORK = 8; // one customer has the 64 bits behind it all to himself

    private final Map<Key, Standing> standings;

    /** Either may be null: all users of an address, or all addresses of a user. A login may well name nobody, by "". */
    private record Key(@Nullable String user, @Nullable String network) {}

    private static final class Standing {
        private long right;
        private long wrong;
        private long refused;
        private int wrongInRow;
        private long lastNanos;
        private long lastMillis;
        private long shutUntilNanos;
        private boolean shut;
    }

    Attempts(int most) {
        this.standings = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Key, Standing> eldest) {
                return size() > most;
            }
        };
    }

    /** How much longer this address is shut out; zero when it is not. */
    Duration shutOut(String user, String address, long nowNanos) {
        String network = network(address);
        return max(
                left(standings.get(new Key(user, network)), nowNanos),
                left(standings.get(new Key(null, network)), nowNanos));
    }

    /** How long a login of this user waits before it is looked at, because many guess at the password. */
    Duration slowed(String user, long nowNanos) {
        Standing of = standings.get(new Key(user, null));
        return of == null || isForgotten(of, nowNanos) || of.wrongInRow < WRONG_FOR_ADDRESS
                ? Duration.ZERO
                : USER_SLOWED;
    }

    /** What is to be thought of a password for this user from there. */
    HashQueue.Comer comer(String user, String address, long nowNanos) {
        Standing fromThere = standings.get(new Key(user, network(address)));
        if (fromThere != null && fromThere.right > 0 && fromThere.wrongInRow == 0) {
            return HashQueue.Comer.KNOWN;
        }
        Standing of = standings.get(new Key(user, null));
        return of == null || isForgotten(of, nowNanos) || of.wrongInRow == 0
                ? HashQueue.Comer.STRANGER
                : HashQueue.Comer.SUSPECT;
    }

    void right(String user, String address, long nowNanos, long nowMillis) {
        Standing standing = standing(new Key(user, network(address)), nowNanos, nowMillis);
        standing.right++;
        standing.wrongInRow = 0;
        standing.shut = false;
    }

    /** How many wrong ones of this user came from there in a row, this one included. */
    int wrong(String user, String address, long nowNanos, long nowMillis) {
        String network = network(address);
        int inRow = wrong(new Key(user, network), WRONG_FOR_USER, nowNanos, nowMillis);
        wrong(new Key(null, network), WRONG_FOR_ADDRESS, nowNanos, nowMillis);
        wrong(new Key(user, null), Integer.MAX_VALUE, nowNanos, nowMillis);
        return inRow;
    }

    void refused(String user, String address, long nowNanos, long nowMillis) {
        standing(new Key(user, network(address)), nowNanos, nowMillis).refused++;
    }

    int size() {
        return standings.size();
    }

    /** The latest first. */
    List<Logins.Row> rows(int most) {
        var rows = new ArrayList<Logins.Row>();
        standings.forEach((key, of) -> {
            String user = key.user();
            String network = key.network();
            if (user != null && network != null) {
                rows.add(new Logins.Row(user, network, of.right, of.wrong, of.refused, of.lastMillis));
            }
        });
        rows.sort(Comparator.comparingLong(Logins.Row::lastMillis).reversed());
        return List.copyOf(rows.subList(0, Math.min(most, rows.size())));
    }

    private int wrong(Key key, int bearable, long nowNanos, long nowMillis) {
        Standing of = standing(key, nowNanos, nowMillis);
        of.wrong++;
        of.wrongInRow++;
        if (of.wrongInRow >= bearable) {
            int doublings = Math.min(MOST_DOUBLINGS, of.wrongInRow - bearable);
            of.shut = true;
            of.shutUntilNanos = nowNanos + SHUT_OUT.toNanos() * (1L << doublings);
        }
        return of.wrongInRow;
    }

    private Standing standing(Key key, long nowNanos, long nowMillis) {
        Standing of = standings.computeIfAbsent(key, k -> new Standing());
        if (isForgotten(of, nowNanos)) {
            of.wrongInRow = 0;
        }
        of.lastNanos = nowNanos;
        of.lastMillis = nowMillis;
        return of;
    }

    private static boolean isForgotten(Standing of, long nowNanos) {
        return of.lastMillis != 0 && nowNanos - of.lastNanos > FORGOTTEN.toNanos();
    }

    private static Duration left(@Nullable Standing of, long nowNanos) {
        return of == null || !of.shut
                ? Duration.ZERO
                : max(Duration.ZERO, Duration.ofNanos(of.shutUntilNanos - nowNanos));
    }

    private static Duration max(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    private static String network(String address) {
        if (address.indexOf(':') < 0) {
            return address;
        }
        try {
            byte[] bytes = InetAddress.getByName(address).getAddress(); // a literal: nobody is asked for its name
            if (bytes.length == 16) {
                var text = new StringBuilder();
                for (int i = 0; i < IPV6_NETWORK; i += 2) {
                    text.append(Integer.toHexString(((bytes[i] & 0xff) << 8) | (bytes[i + 1] & 0xff)))
                            .append(':');
                }
                return text.append(":/64").toString();
            }
            return address;
        } catch (UnknownHostException e) {
            return address;
        }
    }
}
