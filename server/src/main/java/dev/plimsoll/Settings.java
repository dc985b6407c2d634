package dev.plimsoll;

import java.nio.file.Path;

/**
 * How this server runs, one record per area.
 *
 * @param port of HTTP; gRPC takes the next thousandth; 0 for free ports
 * @param contextPath first part of every HTTP path: empty, or such as {@code /nacos}
 */
public record Settings(String host, int port, Path data, MemoryLine memory, String contextPath, LogSettings logs) {
    static Settings of(Values values, MemoryLine memory) {
        return new Settings(
                values.get(KnownSettings.HOST),
                values.get(KnownSettings.PORT),
                values.get(KnownSettings.DATA),
                memory,
                values.get(KnownSettings.CONTEXT_PATH),
                new LogSettings(
                        values.get(KnownSettings.LOG_LEVEL),
                        values.get(KnownSettings.LOG_FILE_SIZE),
                        values.get(KnownSettings.LOG_FILES)));
    }
}
