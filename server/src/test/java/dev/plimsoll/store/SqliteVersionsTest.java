package dev.plimsoll.store;

import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;

class SqliteVersionsTest extends VersionsContract {
    @Override
    Journal open(Path directory) {
        return SqliteJournal.open(
                StoreSettings.in(directory),
                JournalContract.account(64L << 20),
                InstantSource.fixed(Instant.EPOCH)); // or all that the tests write would be old
    }
}
