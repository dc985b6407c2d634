package dev.plimsoll.net;

import dev.plimsoll.vitals.Account;

/**
 * The parts of the memory line that the network lives in.
 *
 * @param connections heap of open connections and calls
 * @param inbound direct memory for what arrives in pieces
 * @param unfinished direct memory for parts of heads, frames and records, whose rest is to come
 * @param outbound direct memory for what is on its way out
 */
public record NetAccounts(Account connections, Account inbound, Account unfinished, Account outbound) {
    /**
     * Heap that every connection costs from its accept on, and all that one of HTTP/1.1 costs between requests: the channel
     * and its pipeline, the gate, the places in our maps: 1.8 KB on JDK 17. ConnectionBytesTest measures it.
     */
    public static final long CONNECTION_BYTES = 2_048;
}
