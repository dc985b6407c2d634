package dev.plimsoll.doctor;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the reference prints when it starts: its command line, its version and its port. The last start counts. */
final class StartOut {
    static final int LONGEST_LINE = 64 * 1024;

    private static final Pattern BANNER = Pattern.compile(".*\\sNacos ([0-9][0-9A-Za-z.+-]{0,40})\\s*");
    private static final Pattern PORT = Pattern.compile(".*\\sPort: ([0-9]{1,5})\\s*");
    private static final Pattern PID = Pattern.compile(".*\\sPid: ([0-9]{1,9})\\s*");

    private @Nullable JvmFlags flags;
    private String version = "";
    private String port = "";
    private String pid = "";
    private String mode = "";

    void add(String line) {
        if (line.contains("-jar ") && line.contains("nacos") && line.contains("java")) {
            flags = JvmFlags.ofLine(line);
            return;
        }
        var banner = BANNER.matcher(line);
        if (banner.matches()) {
            version = banner.group(1);
        }
        var its = PORT.matcher(line);
        if (its.matches()) {
            port = its.group(1);
        }
        its = PID.matcher(line);
        if (its.matches()) {
            pid = its.group(1);
        }
        if (line.contains("Running in stand alone mode")) {
            mode = "stand-alone";
        } else if (line.contains("Running in cluster mode")) {
            mode = "cluster";
        }
    }

    Optional<JvmFlags> flags() {
        return Optional.ofNullable(flags);
    }

    Optional<NacosVersion> version() {
        return NacosVersion.parse(version);
    }

    String port() {
        return port;
    }

    String pid() {
        return pid;
    }

    String mode() {
        return mode;
    }
}
