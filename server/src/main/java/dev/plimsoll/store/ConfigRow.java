package dev.plimsoll.store;

import dev.plimsoll.store.Write.Author;

/**
 * A configuration without its content, and what only consoles ask for.
 *
 * @param id by which consoles name it; never given again
 * @param author of its present content
 */
public record ConfigRow(long id, ConfigHead head, Author author) {}
