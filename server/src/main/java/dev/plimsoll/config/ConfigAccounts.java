package dev.plimsoll.config;

import dev.plimsoll.vitals.Account;

/**
 * The parts of the memory line that configurations live in.
 *
 * @param index one entry per configuration, contents excluded
 * @param contents the cache of contents, contents being read from disk, and publishes waiting for their turn
 * @param listeners who watches what
 */
public record ConfigAccounts(Account index, Account contents, Account listeners) {}
