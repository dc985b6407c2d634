package dev.plimsoll.session;

import dev.plimsoll.vitals.Account;
import dev.plimsoll.wire.LedgerMessages;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Connections that ended before there was a client: refused, or of no sense. Counted by address and reason, so that one
 * address that comes again and again takes one place; the one not seen for longest makes way. Any thread, under the lock of
 * this object.
 */
final class TurnedAway {
    static final int MAX = 128;

    private static final long PLACE_BYTES = 256; // without the texts

    private final Account account;
    private final Map<Key, Times> places = new LinkedHashMap<>(16, 0.75f, true); // the one seen last comes last

    /** @param account pays for the places */
    TurnedAway(Account account) {
        this.account = account;
    }

    private record Key(String ip, String reason) {
        long bytes() {
            return PLACE_BYTES + 2L * (ip.length() + reason.length());
        }
    }

    private static final class Times {
        long count;
        final long first;
        long last;

        Times(long first) {
            this.first = first;
        }
    }

    synchronized void enter(String ip, String reason, long nowMillis) {
        var key = new Key(ip, reason);
        Times times = places.get(key);
        if (times == null) {
            while (places.size() >= MAX || !account.tryReserve(key.bytes())) {
                if (places.isEmpty()) {
                    return;
                }
                forgetOldest();
            }
            times = new Times(nowMillis);
            places.put(key, times);
        }
        times.count++;
        times.last = nowMillis;
    }

    /** The last one first; of one address, or of all when it is "". */
    synchronized List<LedgerMessages.TurnedAway> of(String ip) {
        var all = new ArrayList<LedgerMessages.TurnedAway>(places.size());
        places.forEach((key, times) -> {
            if (ip.isEmpty() || ip.equals(key.ip)) {
                all.add(new LedgerMessages.TurnedAway(key.ip, key.reason, times.count, times.first, times.last));
            }
        });
        Collections.reverse(all);
        return all;
    }

    private void forgetOldest() {
        var eldest = places.entrySet().iterator();
        account.release(eldest.next().getKey().bytes());
        eldest.remove();
    }
}
