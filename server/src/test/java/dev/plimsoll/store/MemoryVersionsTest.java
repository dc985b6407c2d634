package dev.plimsoll.store;

import java.nio.file.Path;

class MemoryVersionsTest extends VersionsContract {
    @Override
    Journal open(Path directory) {
        var journal = new MemoryJournal();
        journal.commitAtOnce();
        return journal;
    }
}
