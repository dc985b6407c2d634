package dev.plimsoll.net;

import dev.plimsoll.vitals.Account;

/**
 * The parts of the memory line that the network lives in.
 *
 * @param connections heap of open connections and calls
 * @param inbound direct memory for what arrives in pieces
 * @param outbound direct memory for what is on its way out
 */
public record NetAccounts(Account connections, Account inbound, Account outbound) {}
