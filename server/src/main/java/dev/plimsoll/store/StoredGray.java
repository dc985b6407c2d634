package dev.plimsoll.store;

import dev.plimsoll.store.Write.Author;

/**
 * A gray version with its content.
 *
 * @param author who published it last
 * @param content UTF-8. The array is not copied and must not be changed
 */
public record StoredGray(GrayHead head, Author author, byte[] content) {}
