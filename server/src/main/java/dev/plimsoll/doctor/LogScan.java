package dev.plimsoll.doctor;

import dev.plimsoll.doctor.LogFolder.LogFile;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * Reads the logs of a reference server once, from the first byte to the last, and keeps what {@link PushHistory}, {@link
 * LoginHistory} and {@link ServerLog} keep: a size that does not depend on how long the logs are.
 */
final class LogScan {
    static final int LONGEST_LINE = 8 * 1024;

    private static final int MOST_NOTES = 20;
    private static final long MOST_UNZIPPED = 64 * Size.GIB; // of one file: one that unpacks to more is no log

    private final StartOut start = new StartOut();
    private final PushHistory pushes = new PushHistory();
    private final PushHistory configPushes = new PushHistory();
    private final LoginHistory logins = new LoginHistory();
    private final ServerLog server = new ServerLog();
    private final List<String> notes = new ArrayList<>();
    private long lines;

    /** What the logs are read for, one line at a time. */
    private interface Reading {
        void line(LineReader line);
    }

    void read(LogFolder folder, ScanProgress progress) {
        if (folder.left() > 0) {
            note(folder.left() + " older log files were not read (at most " + LogFolder.MOST_FILES + " are)");
        }
        for (LogFile file : folder.files()) {
            read(file, progress);
        }
        server.endSecond();
        progress.done();
    }

    private void read(LogFile file, ScanProgress progress) {
        server.begin();
        Reading reading =
                switch (file.kind()) {
                    case START ->
                        line -> {
                            start.add(line.text());
                            server.add(line.text());
                        };
                    case SERVER ->
                        line -> {
                            if (isWorth(line)) {
                                server.add(line.text());
                            }
                        };
                    case PUSH -> line -> push(line, pushes);
                    case CONFIG_PUSH -> line -> push(line, configPushes);
                    case ACCESS -> line -> logins.add(line.text());
                };
        int longest = file.kind() == LogFolder.Kind.START ? StartOut.LONGEST_LINE : LONGEST_LINE;
        progress.file(file.path().getFileName().toString());
        try (InputStream raw = new Counted(Files.newInputStream(file.path()), progress);
                InputStream in =
                        file.zipped() ? new Limited(new GZIPInputStream(raw, 64 * 1024), MOST_UNZIPPED) : raw) {
            var reader = new LineReader(in, longest);
            while (reader.next()) {
                lines++;
                reading.line(reader);
            }
        } catch (IOException e) {
            // A file may be rotated away, cut short or unreadable; the others still tell their part.
            note(Foreign.text(file.path().getFileName() + ": read in part: " + e));
        }
    }

    private static void push(LineReader line, PushHistory history) {
        if (line.first() < '0' || line.first() > '9') {
            return; // stack traces, which are most of it
        }
        PushLine parsed = PushLine.parse(line.text());
        if (parsed != null) {
            history.add(parsed);
        }
    }

    private static boolean isWorth(LineReader line) {
        return line.first() != '\t' && line.first() != ' ' && line.first() >= 0;
    }

    private void note(String text) {
        if (notes.size() < MOST_NOTES) {
            notes.add(text);
        }
    }

    StartOut start() {
        return start;
    }

    PushHistory pushes() {
        return pushes;
    }

    PushHistory configPushes() {
        return configPushes;
    }

    LoginHistory logins() {
        return logins;
    }

    ServerLog server() {
        return server;
    }

    /** What could not be read. */
    List<String> notes() {
        return List.copyOf(notes);
    }

    long lines() {
        return lines;
    }

    /** Tells how much of the file on disk has been read, zipped or not. */
    private static final class Counted extends FilterInputStream {
        private final ScanProgress progress;

        Counted(InputStream in, ScanProgress progress) {
            super(in);
            this.progress = progress;
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            if (read >= 0) {
                progress.read(1);
            }
            return read;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int read = super.read(into, offset, length);
            if (read > 0) {
                progress.read(read);
            }
            return read;
        }
    }

    /** Ends a file that unpacks to more than any log. */
    private static final class Limited extends FilterInputStream {
        private long left;

        Limited(InputStream in, long most) {
            super(in);
            this.left = most;
        }

        @Override
        public int read() throws IOException {
            throw new UnsupportedOperationException("only whole blocks are read");
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int read = super.read(into, offset, length);
            left -= Math.max(0, read);
            if (left < 0) {
                throw new IOException("unpacks to more than " + Size.text(MOST_UNZIPPED));
            }
            return read;
        }
    }
}
