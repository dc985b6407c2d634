package dev.plimsoll.store;

import dev.plimsoll.refusal.Unavailable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/** The database file of a data directory: loads the native library, opens connections, brings the schema up to date. */
final class SqliteDatabase {
    /** The newest {@code N.sql} beside this class. */
    static final int SCHEMA_VERSION = 7;

    private static final int PAGE_BYTES = 4096;
    private static final Logger log = LoggerFactory.getLogger(SqliteDatabase.class);

    private final DataDirectory directory;
    private final Path file;
    private final StoreSettings settings;

    SqliteDatabase(DataDirectory directory, StoreSettings settings) {
        this.directory = directory;
        this.file = directory.file("plimsoll.db");
        this.settings = settings;
    }

    /** Makes library and schema ready, and opens the writer; what stands in the way is refused in one line. */
    SqliteWriter prepare() {
        loadLibrary();
        keepPrivate();
        try {
            Connection connection = openWriter();
            try {
                migrate(connection);
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
            return new SqliteWriter(connection, settings.historyRowsPerConfig());
        } catch (SQLException e) {
            throw unavailable("open", e);
        }
    }

    /** Password hashes are in it. SQLite gives its log the rights of the database. */
    private void keepPrivate() {
        try {
            if (!Files.exists(file)) {
                Files.createFile(file);
            }
            PosixFileAttributeView rights = Files.getFileAttributeView(file, PosixFileAttributeView.class);
            if (rights != null) {
                rights.setPermissions(PosixFilePermissions.fromString("rw-------"));
            }
        } catch (IOException e) {
            throw unavailable("open", e);
        }
    }

    /** The one connection that writes. */
    Connection openWriter() throws SQLException {
        var config = common(settings.writerCacheBytes());
        Connection connection = JDBC.createConnection("jdbc:sqlite:" + file, config.toProperties());
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = FULL");
            // The log is synced and copied once it has this many pages; often enough to stay small, seldom enough
            // that the two extra syncs vanish among the commits.
            statement.execute("PRAGMA wal_autocheckpoint = " + settings.walBytes() / 4 / PAGE_BYTES);
            statement.execute("PRAGMA journal_size_limit = " + settings.walBytes());
            statement.execute(
                    "PRAGMA max_page_count = " + Math.min(settings.maxDatabaseBytes() / PAGE_BYTES, 0xfffffffeL));
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        return connection;
    }

    Connection openReader() throws SQLException {
        var config = common(settings.readerCacheBytes());
        config.setReadOnly(true);
        return JDBC.createConnection("jdbc:sqlite:" + file, config.toProperties());
    }

    private static SQLiteConfig common(int cacheBytes) {
        var config = new SQLiteConfig(new Properties());
        config.setCacheSize(-cacheBytes / 1024); // negative: KiB, not pages
        config.setTempStore(SQLiteConfig.TempStore.MEMORY); // nothing outside the data directory
        config.setBusyTimeout(5_000);
        return config;
    }

    /** Size of the write-ahead log. */
    long walBytes() throws IOException {
        Path wal = file.resolveSibling(file.getFileName() + "-wal");
        return Files.exists(wal) ? Files.size(wal) : 0;
    }

    /** What to tell a client whose request met {@code e}. */
    Unavailable unavailable(String doing, Throwable e) {
        return new Unavailable("database " + file + ": cannot " + doing + ": " + e.getMessage());
    }

    private void migrate(Connection connection) throws SQLException {
        int version = version(connection);
        if (version > SCHEMA_VERSION) {
            throw new Unavailable("database " + file + ": schema version " + version + " (expected: at most "
                    + SCHEMA_VERSION + "); it was written by a newer Plimsoll");
        }
        if (version == SCHEMA_VERSION) {
            return;
        }
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("CREATE TEMP TABLE note (text TEXT NOT NULL)"); // what a script has to say
            for (int next = version + 1; next <= SCHEMA_VERSION; next++) {
                statement.executeUpdate("BEGIN IMMEDIATE");
                statement.executeUpdate(script(next));
                statement.executeUpdate("PRAGMA user_version = " + next);
                statement.executeUpdate("COMMIT");
            }
            try (var notes = statement.executeQuery("SELECT text FROM note")) {
                while (notes.next()) {
                    log.warn("database {}: {}", file, notes.getString(1));
                }
            }
            statement.executeUpdate("DROP TABLE note");
        }
    }

    private static int version(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                var row = statement.executeQuery("PRAGMA user_version")) {
            row.next();
            return row.getInt(1);
        }
    }

    private static String script(int version) {
        try (InputStream in = SqliteDatabase.class.getResourceAsStream(version + ".sql")) {
            if (in == null) {
                throw new IllegalStateException("schema script " + version + ".sql is missing from the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("schema script " + version + ".sql cannot be read", e);
        }
    }

    /**
     * Has the driver load its library from the data directory, where one copy per version is kept from start to start.
     * Left to itself the driver unpacks and compares a fresh copy into the system's temporary directory each time, and
     * leaves it there when the process is killed. System properties are the only way to tell it; an operator's win.
     */
    private void loadLibrary() {
        if (System.getProperty("org.sqlite.lib.path") == null) {
            try {
                Path folder = Files.createDirectories(directory.file("native"));
                String library = unpackLibrary(folder);
                System.setProperty("org.sqlite.lib.path", folder.toString());
                System.setProperty("org.sqlite.lib.name", library);
                System.setProperty("org.sqlite.tmpdir", folder.toString()); // where it would fall back to
            } catch (IOException e) {
                throw unavailable("unpack its library", e);
            }
        }
        try {
            SQLiteJDBCLoader.initialize();
        } catch (Exception e) { // declared so by the driver
            throw unavailable("load its library", e);
        }
    }

    /** The library's name in {@code folder}: a file of that name was put there whole, so it need not be compared. */
    static String unpackLibrary(Path folder) throws IOException {
        String path = LibraryLoaderUtil.getNativeLibResourcePath(); // .../native/Linux/x86_64
        String platform =
                path.substring(path.indexOf("/native/") + "/native/".length()).replace('/', '-');
        String name = SQLiteJDBCLoader.getVersion() + "-" + platform + "-" + LibraryLoaderUtil.getNativeLibName();
        Path library = folder.resolve(name);
        if (Files.exists(library)) {
            return name;
        }
        try (DirectoryStream<Path> old = Files.newDirectoryStream(folder)) {
            for (Path leftover : old) { // of another version, or of a start that was killed
                Files.delete(leftover);
            }
        }
        Path part = folder.resolve("part");
        String resource = path + "/" + LibraryLoaderUtil.getNativeLibName();
        try (InputStream in = SQLiteJDBCLoader.class.getResourceAsStream(resource);
                var out = FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            if (in == null) {
                throw new IOException("no SQLite for this operating system and processor: " + resource);
            }
            in.transferTo(Channels.newOutputStream(out));
            out.force(true);
        }
        Files.move(part, library, StandardCopyOption.ATOMIC_MOVE);
        return name;
    }
}
