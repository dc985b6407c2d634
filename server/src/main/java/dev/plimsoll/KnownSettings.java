package dev.plimsoll;

import dev.plimsoll.net.RefusedAddresses;
import java.nio.file.Path;
import java.util.List;

/** The table of settings. docs/SETTINGS.md shows the same one; a test compares them. */
final class KnownSettings {
    static final Setting<Integer> PORT = new Setting<>(
            "port",
            List.of("nacos.server.main.port", "server.port", "NACOS_APPLICATION_PORT"),
            Kind.integer(0, 64_535), // gRPC needs port + 1000
            "8848",
            "HTTP listens here, gRPC on this port + 1000; 0 picks free ports");

    static final Setting<String> HOST = new Setting<>(
            "host",
            List.of("server.address"),
            Kind.text(),
            "127.0.0.1",
            "Address to listen on; 0.0.0.0 for all of this machine's");

    static final Setting<Path> DATA =
            new Setting<>("data", List.of(), Kind.path(), "./data", "Directory of everything the server keeps");

    static final Setting<Long> MEMORY = new Setting<>(
            "memory",
            List.of(),
            Kind.bytes(MemoryLine.MINIMUM, MemoryLine.MAXIMUM),
            "256m",
            "Resident size of the whole process");

    static final Setting<String> CONTEXT_PATH = new Setting<>(
            "context-path",
            List.of("nacos.server.contextPath", "server.servlet.contextPath"),
            Kind.contextPath(),
            "/nacos",
            "First part of every HTTP path; / for none");

    static final Setting<AuthMode> AUTH = new Setting<>(
            "auth",
            List.of("nacos.core.auth.enabled", "NACOS_AUTH_ENABLE"),
            Kind.authMode(),
            "auto",
            "Whether callers must log in; auto: yes, unless host is this machine alone");

    static final Setting<Integer> TOKEN_SECONDS = new Setting<>(
            "auth.token-seconds",
            List.of(
                    "nacos.core.auth.plugin.nacos.token.expire.seconds",
                    "nacos.core.auth.default.token.expire.seconds"),
            Kind.integer(10, 31_536_000),
            "18000",
            "How long a login is good, at most; up to a tenth is taken off at random");

    static final Setting<String> TOKEN_KEY = new Setting<>(
            "auth.token-key",
            List.of(
                    "nacos.core.auth.plugin.nacos.token.secret.key",
                    "nacos.core.auth.default.token.secret.key",
                    "NACOS_AUTH_TOKEN"),
            Kind.optionalText(),
            "",
            "What tokens are signed with, in Base64, from 32 bytes on; empty: a key made at the first start");

    static final Setting<String> FORMER_TOKEN_KEY = new Setting<>(
            "auth.former-token-key",
            List.of(),
            Kind.optionalText(),
            "",
            "The key before auth.token-key: tokens signed with it are still good");

    static final Setting<Path> METRICS_TOKEN = new Setting<>(
            "metrics.token-file",
            List.of(),
            Kind.path(),
            "",
            "File with a token that opens the pages of metrics to a scraper and nothing else; read at start");

    static final Setting<Boolean> METRICS_OPEN = new Setting<>(
            "metrics.open",
            List.of(),
            Kind.truth(),
            "false",
            "Whether the pages of metrics are for everybody, though callers must log in");

    static final Setting<String> TLS = new Setting<>(
            "tls",
            List.of("nacos.remote.server.rpc.tls.enableTls"),
            Kind.oneOf(List.of("auto", "on", "off", "true", "false")),
            "auto",
            "Whether connections may be encrypted, on both ports; auto: if tls.certificate is set");

    static final Setting<Path> TLS_CERTIFICATE = new Setting<>(
            "tls.certificate",
            List.of("nacos.remote.server.rpc.tls.certChainFile", "server.ssl.certificate"),
            Kind.path(),
            "",
            "PEM file: the server's certificate, then those that vouch for it; read again when it changes");

    static final Setting<Path> TLS_KEY = new Setting<>(
            "tls.key",
            List.of("nacos.remote.server.rpc.tls.certPrivateKey", "server.ssl.certificate-private-key"),
            Kind.path(),
            "",
            "PEM file: its private key, in PKCS#8; read again when it changes");

    static final Setting<String> TLS_KEY_PASSWORD = new Setting<>(
            "tls.key-password",
            List.of("nacos.remote.server.rpc.tls.certPrivateKeyPassword"),
            Kind.optionalText(),
            "",
            "Of an encrypted key");

    static final Setting<String> TLS_PLAINTEXT = new Setting<>(
            "tls.plaintext",
            List.of("nacos.remote.server.rpc.tls.compatibility"),
            Kind.oneOf(List.of("on", "http", "off", "true", "false")),
            "on",
            "Whether connections without TLS are still served: on both ports, on the HTTP port alone, or on none");

    static final Setting<String> TLS_CLIENTS = new Setting<>(
            "tls.client-certificates",
            List.of("nacos.remote.server.rpc.tls.mutualAuthEnable"),
            Kind.oneOf(List.of("off", "optional", "required", "true", "false")),
            "off",
            "Whether clients must show a certificate that tls.trust vouches for");

    static final Setting<Path> TLS_TRUST = new Setting<>(
            "tls.trust",
            List.of("nacos.remote.server.rpc.tls.trustCollectionCertFile"),
            Kind.path(),
            "",
            "PEM file: certificates that vouch for clients; read again when it changes");

    static final Setting<List<String>> TLS_PROTOCOLS = new Setting<>(
            "tls.protocols",
            List.of("nacos.remote.server.rpc.tls.protocols"),
            Kind.words(),
            "TLSv1.3,TLSv1.2",
            "Versions of TLS that are spoken; none before 1.2");

    static final Setting<List<String>> TLS_CIPHERS = new Setting<>(
            "tls.ciphers",
            List.of("nacos.remote.server.rpc.tls.ciphers"),
            Kind.words(),
            "",
            "Cipher suites by their standard names; empty: those that HTTP/2 allows");

    static final Setting<Integer> TLS_RELOAD = new Setting<>(
            "tls.reload-seconds", List.of(), Kind.integer(1, 86_400), "30", "How often the files of TLS are looked at");

    static final Setting<Integer> USERS =
            new Setting<>("limit.users", List.of(), Kind.integer(1, 100_000), "10000", "Users there may be");

    static final Setting<Integer> PERMISSIONS = new Setting<>(
            "limit.permissions",
            List.of(),
            Kind.integer(1, 100_000),
            "10000",
            "Permissions there may be, and as many roles given to users");

    static final Setting<Integer> CONNECTIONS = new Setting<>(
            "limit.connections",
            List.of(),
            Kind.integer(1, 1_000_000),
            "20000",
            "Open connections in all, as far as memory allows; more are closed at accept");

    static final Setting<Integer> CONNECTIONS_PER_ADDRESS = new Setting<>(
            "limit.connections-per-address",
            List.of(),
            Kind.integer(1, 1_000_000),
            "10000",
            "Open connections of one IP address; behind a proxy many clients share one");

    static final Setting<Integer> CALLS_PER_CONNECTION = new Setting<>(
            "limit.calls-per-connection",
            List.of(),
            Kind.integer(16, 10_000),
            "256",
            "Calls under way on one HTTP/2 connection; a client keeps further ones back");

    static final Setting<Integer> INSTANCES_PER_CONNECTION = new Setting<>(
            "limit.instances-per-connection",
            List.of(),
            Kind.integer(1, 1_000_000),
            "10000",
            "Instances one connection may register, over all services");

    static final Setting<Integer> SUBSCRIPTIONS_PER_CONNECTION = new Setting<>(
            "limit.subscriptions-per-connection",
            List.of(),
            Kind.integer(1, 1_000_000),
            "10000",
            "Services one connection may subscribe to");

    static final Setting<Integer> LISTENERS_PER_CONNECTION = new Setting<>(
            "limit.listeners-per-connection",
            List.of(),
            Kind.integer(1, 1_000_000),
            "10000",
            "Configs one connection may listen to");

    static final Setting<Integer> GRAY_VERSIONS_PER_CONFIG = new Setting<>(
            "limit.gray-versions-per-config",
            List.of("nacos.config.gray.version.max.count"),
            Kind.integer(1, 100),
            "10",
            "Versions of one config for some clients, beta and tags together");

    static final Setting<Integer> UDP_SUBSCRIBERS = new Setting<>(
            "limit.udp-subscribers",
            List.of(),
            Kind.integer(0, 1_000_000),
            "10000",
            "Clients of version 1.x that are told of changes by UDP; 0 for none, and they poll");

    static final Setting<Integer> HEALTH_CHECKS = new Setting<>(
            "limit.health-checks",
            List.of(),
            Kind.integer(1, 10_000),
            "256",
            "Health checks of persistent instances under way at one time");

    static final Setting<RefusedAddresses> HEALTH_REFUSED = new Setting<>(
            "health.refused-addresses",
            List.of(),
            Kind.addresses(),
            "169.254.0.0/16,fe80::/10,100.100.100.200,168.63.129.16,192.0.0.192,fd00:ec2::254,fd20:ce::254,"
                    + "loopback",
            "What health checks do not connect to; loopback is left to a server that only this machine reaches");

    static final Setting<Integer> METADATA_LENGTH = new Setting<>(
            "limit.metadata-length",
            List.of("nacos.naming.service.metadata.length"),
            Kind.integer(1, 65_536),
            "8192",
            "Characters in the metadata of one instance or service, keys and values together");

    static final Setting<Integer> SERVICES_PER_NAMESPACE = new Setting<>(
            "limit.services-per-namespace",
            List.of(),
            Kind.integer(1, 10_000_000),
            "50000",
            "Services in one namespace");

    static final Setting<String> ALERT_WEBHOOK = new Setting<>(
            "alert.webhook",
            List.of(),
            Kind.optionalText(),
            "",
            "http or https address that critical findings and their ends are posted to; empty: nobody is told");

    static final Setting<Integer> ALERT_TIMEOUT = new Setting<>(
            "alert.timeout-seconds",
            List.of(),
            Kind.integer(1, 60),
            "5",
            "How long one attempt to tell the webhook may take");

    static final Setting<Integer> ALERT_ATTEMPTS = new Setting<>(
            "alert.attempts",
            List.of(),
            Kind.integer(1, 20),
            "5",
            "How often an alert is sent until it is taken; the pauses double, from 1 s");

    static final Setting<String> LOG_LEVEL = new Setting<>(
            "log.level",
            List.of(),
            Kind.oneOf(List.of("error", "warn", "info", "debug")),
            "info",
            "The least severe event that is logged");

    static final Setting<Long> LOG_FILE_SIZE = new Setting<>(
            "log.file-size",
            List.of(),
            Kind.bytes(64 * 1024, 1024 * Bytes.MIB),
            "10m",
            "Size at which a log file is put aside and a new one begun");

    static final Setting<Integer> LOG_FILES =
            new Setting<>("log.files", List.of(), Kind.integer(1, 20), "5", "How many full files of each log are kept");

    /** In the order they are shown. */
    static final List<Setting<?>> ALL = List.of(
            PORT,
            HOST,
            DATA,
            MEMORY,
            CONTEXT_PATH,
            AUTH,
            TOKEN_SECONDS,
            TOKEN_KEY,
            FORMER_TOKEN_KEY,
            METRICS_TOKEN,
            METRICS_OPEN,
            TLS,
            TLS_CERTIFICATE,
            TLS_KEY,
            TLS_KEY_PASSWORD,
            TLS_PLAINTEXT,
            TLS_CLIENTS,
            TLS_TRUST,
            TLS_PROTOCOLS,
            TLS_CIPHERS,
            TLS_RELOAD,
            CONNECTIONS,
            CONNECTIONS_PER_ADDRESS,
            CALLS_PER_CONNECTION,
            INSTANCES_PER_CONNECTION,
            SUBSCRIPTIONS_PER_CONNECTION,
            LISTENERS_PER_CONNECTION,
            GRAY_VERSIONS_PER_CONFIG,
            UDP_SUBSCRIBERS,
            HEALTH_CHECKS,
            HEALTH_REFUSED,
            METADATA_LENGTH,
            SERVICES_PER_NAMESPACE,
            USERS,
            PERMISSIONS,
            ALERT_WEBHOOK,
            ALERT_TIMEOUT,
            ALERT_ATTEMPTS,
            LOG_LEVEL,
            LOG_FILE_SIZE,
            LOG_FILES);

    private KnownSettings() {}
}
