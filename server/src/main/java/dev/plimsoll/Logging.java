package dev.plimsoll;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.filter.ThresholdFilter;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.util.Duration;
import ch.qos.logback.core.util.FileSize;
import dev.plimsoll.refusal.Unavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * Sets logback up in code: no file to find and no XML to read at start. Logback finds it as a service and calls
 * {@link #configure} at the first use of a logger; from then on warnings go to stderr. {@link #open} adds the files
 * once it is known where they belong. Writing to a file or to stderr can block, so a queue stands before each, and
 * what does not fit into it is dropped.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class Logging extends ContextAwareBase implements Configurator {
    private static final int QUEUED = 1024; // events

    /**
     * @param logger whose events go there, and nowhere else when it has a file of its own
     */
    private record LogFile(String name, String logger) {}

    /**
     * A message is one line: names and reasons that came from outside are parts of some, and could else end it and begin one
     * of their own, or speak to the terminal it is read on. So may the messages of exceptions: each further line of those is
     * set in, as the lines of a stack are.
     */
    private static final String PATTERN = "%d{\"yyyy-MM-dd'T'HH:mm:ss.SSSXXX\"} %-5level [%thread] %logger{0} - "
            + "%replace(%msg){'[\\p{Cntrl}\\u0080-\\u009f\\u2028\\u2029]', '?'}%n"
            + "%replace(%replace(%ex{30}){'[\\p{Cntrl}\\u0080-\\u009f\\u2028\\u2029&&[^\\n\\t]]', '?'}){'\\n(?=[^\\t])', '\n\t'}";

    /** What becomes of messages about services. */
    static final String NAMING_PUSH = "naming-push";

    /** What becomes of everything else that clients are told or asked. */
    static final String REMOTE_PUSH = "remote-push";

    /** Who logged in, or tried to. */
    static final String LOGINS = "core-auth";

    /** Who changed what. */
    static final String AUDIT = "audit";

    private static final List<LogFile> FILES = List.of(
            new LogFile("plimsoll.log", org.slf4j.Logger.ROOT_LOGGER_NAME),
            new LogFile(NAMING_PUSH + ".log", NAMING_PUSH),
            new LogFile(REMOTE_PUSH + ".log", REMOTE_PUSH),
            new LogFile(LOGINS + ".log", LOGINS),
            new LogFile(AUDIT + ".log", AUDIT));

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        var console = new ConsoleAppender<ILoggingEvent>();
        console.setTarget("System.err");
        var filter = new ThresholdFilter();
        filter.setLevel("WARN");
        filter.start();
        console.addFilter(filter);
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        attach(context, root, console, "stderr");
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Starts the log files in {@code directory}. */
    static void open(Path directory, LogSettings settings) {
        open(context(), directory, settings);
    }

    static void open(LoggerContext context, Path directory, LogSettings settings) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new Unavailable("log directory: " + directory + " (expected: writable; " + e.getMessage() + ")");
        }
        if (!Files.isWritable(directory)) {
            throw new Unavailable("log directory: " + directory + " (expected: writable)");
        }
        for (LogFile file : FILES) {
            Logger logger = context.getLogger(file.logger());
            logger.setLevel(Level.toLevel(settings.level()));
            logger.setAdditive(false);
            attach(context, logger, rolling(context, directory.resolve(file.name()), settings), file.name());
        }
    }

    /** Writes what is queued and closes the files. */
    static void close() {
        context().stop();
    }

    private static LoggerContext context() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            return context;
        }
        throw new IllegalStateException("slf4j is bound to " + LoggerFactory.getILoggerFactory());
    }

    private static RollingFileAppender<ILoggingEvent> rolling(LoggerContext context, Path path, LogSettings settings) {
        var appender = new RollingFileAppender<ILoggingEvent>();
        appender.setContext(context);
        appender.setFile(path.toString());
        var rolling = new FixedWindowRollingPolicy();
        rolling.setContext(context);
        rolling.setParent(appender);
        rolling.setFileNamePattern(path + ".%i");
        rolling.setMinIndex(1);
        rolling.setMaxIndex(settings.files());
        rolling.start();
        var trigger = new SizeBasedTriggeringPolicy<ILoggingEvent>();
        trigger.setContext(context);
        trigger.setMaxFileSize(new FileSize(settings.fileBytes()));
        trigger.setCheckIncrement(Duration.buildByMilliseconds(0)); // else a burst outgrows the size for a minute
        trigger.start();
        appender.setRollingPolicy(rolling);
        appender.setTriggeringPolicy(trigger);
        return appender;
    }

    private static void attach(
            LoggerContext context, Logger logger, OutputStreamAppender<ILoggingEvent> appender, String name) {
        var encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(PATTERN);
        encoder.start();
        appender.setContext(context);
        appender.setName(name);
        appender.setEncoder(encoder);
        appender.start();
        var queue = new AsyncAppender();
        queue.setContext(context);
        queue.setName(name + " queue");
        queue.setQueueSize(QUEUED);
        queue.setNeverBlock(true);
        queue.setMaxFlushTime(1000);
        queue.addAppender(appender);
        queue.start();
        logger.addAppender(queue);
    }
}
