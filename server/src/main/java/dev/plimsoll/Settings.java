package dev.plimsoll;

import dev.plimsoll.net.NetSettings;
import dev.plimsoll.net.RefusedAddresses;
import dev.plimsoll.registry.RegistrySettings;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How this server runs, one record per area.
 *
 * @param contextPath first part of every HTTP path: empty, or such as {@code /nacos}
 * @param listenersPerConnection configurations one connection may listen to
 * @param grayVersionsPerConfig beta and tags together
 * @param udpSubscribers clients that are told by UDP
 * @param healthChecks of persistent instances, under way at one time
 */
public record Settings(
        NetSettings net,
        Path data,
        MemoryLine memory,
        String contextPath,
        RegistrySettings registry,
        AuthOptions auth,
        MetricsOptions metrics,
        TlsOptions tls,
        int listenersPerConnection,
        int grayVersionsPerConfig,
        int udpSubscribers,
        int healthChecks,
        AlertOptions alerts,
        LogSettings logs) {
    static Settings of(Values values, MemoryLine memory) {
        int port = values.get(KnownSettings.PORT);
        NetSettings net =
                NetSettings.at(values.get(KnownSettings.HOST), port, port == 0 ? 0 : port + NetSettings.GRPC_OFFSET);
        return new Settings(
                net.with(net.limits()
                                .withConnections(
                                        values.get(KnownSettings.CONNECTIONS),
                                        values.get(KnownSettings.CONNECTIONS_PER_ADDRESS))
                                .withCalls(values.get(KnownSettings.CALLS_PER_CONNECTION)))
                        .with(refused(values)),
                values.get(KnownSettings.DATA),
                memory,
                values.get(KnownSettings.CONTEXT_PATH),
                new RegistrySettings(
                        values.get(KnownSettings.METADATA_LENGTH),
                        values.get(KnownSettings.INSTANCES_PER_CONNECTION),
                        values.get(KnownSettings.SUBSCRIPTIONS_PER_CONNECTION),
                        values.get(KnownSettings.SERVICES_PER_NAMESPACE),
                        RegistrySettings.DEFAULT.maxStateBytes(),
                        RegistrySettings.DEFAULT.emptyServiceLife()),
                new AuthOptions(
                        values.get(KnownSettings.AUTH),
                        values.get(KnownSettings.TOKEN_SECONDS),
                        values.get(KnownSettings.TOKEN_KEY),
                        values.get(KnownSettings.FORMER_TOKEN_KEY),
                        values.get(KnownSettings.USERS),
                        values.get(KnownSettings.PERMISSIONS)),
                new MetricsOptions(values.get(KnownSettings.METRICS_OPEN), values.get(KnownSettings.METRICS_TOKEN)),
                new TlsOptions(
                        values.get(KnownSettings.TLS),
                        values.get(KnownSettings.TLS_CERTIFICATE),
                        values.get(KnownSettings.TLS_KEY),
                        values.get(KnownSettings.TLS_KEY_PASSWORD),
                        values.get(KnownSettings.TLS_PLAINTEXT),
                        values.get(KnownSettings.TLS_CLIENTS),
                        values.get(KnownSettings.TLS_TRUST),
                        values.get(KnownSettings.TLS_PROTOCOLS),
                        values.get(KnownSettings.TLS_CIPHERS),
                        Duration.ofSeconds(values.get(KnownSettings.TLS_RELOAD))),
                values.get(KnownSettings.LISTENERS_PER_CONNECTION),
                values.get(KnownSettings.GRAY_VERSIONS_PER_CONFIG),
                values.get(KnownSettings.UDP_SUBSCRIBERS),
                values.get(KnownSettings.HEALTH_CHECKS),
                AlertOptions.of(
                        values.get(KnownSettings.ALERT_WEBHOOK),
                        values.get(KnownSettings.ALERT_TIMEOUT),
                        values.get(KnownSettings.ALERT_ATTEMPTS)),
                new LogSettings(
                        values.get(KnownSettings.LOG_LEVEL),
                        values.get(KnownSettings.LOG_FILE_SIZE),
                        values.get(KnownSettings.LOG_FILES)));
    }

    private static RefusedAddresses refused(Values values) {
        RefusedAddresses refused = values.get(KnownSettings.HEALTH_REFUSED);
        return AuthOptions.isLoopback(values.get(KnownSettings.HOST)) ? refused.withoutLoopback() : refused;
    }
}
