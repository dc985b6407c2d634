package dev.plimsoll;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What becomes of the reference server's names that are no setting of ours. A name ending in {@code *} stands for all
 * that begin so.
 */
final class ReferenceKeys {
    enum Treatment {
        /** Has no meaning here. */
        IGNORED,
        /** Means something this server does not do yet; said at start, unless its value asks for what is done anyway. */
        NOT_YET,
        /** Would weaken the server; stops the start, unless its value turns it off. */
        REFUSED
    }

    /**
     * @param idle the value that asks for nothing; empty when every value asks for something
     * @param reason why it is refused
     */
    record ReferenceKey(String name, Treatment treatment, String idle, String reason) {}

    // name | idle value: features of the reference that are not here yet
    private static final String NOT_YET = """
            nacos.console.port
            nacos.console.contextPath
            nacos.console.ui.enabled | true
            nacos.deployment.type | merged
            server.error.include-message | always
            server.tomcat.accesslog.enabled | false
            server.tomcat.accesslog.pattern
            server.tomcat.accesslog.max-days
            server.tomcat.accesslog.rotate | true
            server.tomcat.accesslog.file-date-format
            server.tomcat.max-http-form-post-size
            server.max-http-header-size
            server.max-http-request-header-size
            spring.servlet.multipart.max-file-size
            spring.servlet.multipart.max-request-size
            server.ssl.*
            nacos.inetutils.ip-address
            nacos.inetutils.prefer-hostname-over-ip | false
            nacos.inetutils.use-only-site-local-interfaces | false
            nacos.inetutils.preferred-networks
            nacos.inetutils.ignored-interfaces
            nacos.remote.grpc.listen.ip
            nacos.server.ip
            nacos.preferHostnameOverIp | false
            nacos.standalone | true
            nacos.functionMode | all
            embeddedStorage | false
            spring.sql.init.platform | derby
            spring.datasource.platform | derby
            db.num | 0
            db.url.*
            db.user*
            db.password*
            db.pool.config.connectionTimeout
            db.pool.config.validationTimeout
            db.pool.config.maximumPoolSize
            db.pool.config.minimumIdle
            db.pool.config.driverClassName
            nacos.core.member.lookup.type
            nacos.member.list
            address.server.domain
            address.server.port
            address.server.url
            nacos.core.address-server.retry
            nacos.core.member.fail-access-cnt
            nacos.core.snowflake.worker-id | -1
            nacos.naming.expireInstance | true
            nacos.naming.data.warmup
            nacos.naming.client.expired.time
            nacos.naming.clean.empty-service.interval
            nacos.naming.clean.empty-service.expired-time
            nacos.naming.clean.expired-metadata.interval
            nacos.naming.clean.expired-metadata.expired-time
            nacos.naming.push.pushTaskDelay
            nacos.naming.push.pushTaskTimeout
            nacos.naming.push.pushTaskRetryDelay
            nacos.naming.fuzzy.watch.max.pattern.count
            nacos.naming.fuzzy.watch.match.service.count
            nacos.prometheus.metrics.enabled | false
            maxContent
            isManageCapacity | true
            isCapacityLimitCheck | false
            defaultClusterQuota
            defaultGroupQuota
            defaultTenantQuota
            defaultMaxSize
            nacos.config.retention.days
            nacos.config.push.maxRetryTime
            nacos.config.namespace.compatible.mode
            nacos.config.gray.compatible.model
            nacos.config.fuzzy.watch.max.pattern.count
            nacos.config.fuzzy.watch.match.config.count
            nacos.core.auth.admin.enabled | true
            nacos.core.auth.console.enabled | true
            nacos.core.auth.system.type | nacos
            nacos.core.auth.caching.enabled | true
            nacos.core.auth.server.identity.key
            nacos.core.auth.server.identity.value
            nacos.core.auth.plugin.nacos.token.cache.enable | false
            nacos.core.auth.ldap.*
            nacos.core.protocol.raft.data.election_timeout_ms
            nacos.core.protocol.raft.data.snapshot_interval_secs
            nacos.remote.server.grpc.sdk.max-inbound-message-size
            nacos.remote.server.grpc.maxinbound.message.size
            nacos.remote.server.grpc.sdk.keep-alive-time
            nacos.remote.server.grpc.sdk.keep-alive-timeout
            nacos.remote.server.grpc.sdk.permit-keep-alive-time
            nacos.remote.server.grpc.cluster.*
            nacos.server.grpc.port.offset | 1000
            nacos.remote.peer.rpc.tls.*
            nacos.core.param.check.enabled
            nacos.core.namespace.validation.enabled | false
            nacos.plugin.control.manager.type
            nacos.plugin.control.rule.local.basedir
            nacos.core.api.compatibility.client.enabled | true
            nacos.core.api.compatibility.admin.enabled
            nacos.core.api.compatibility.console.enabled
            nacos.extension.ai.enabled
            nacos.ai.mcp.registry.enabled | false
            nacos.ai.mcp.registry.port
            nacos.lock.default_expire_time
            nacos.lock.max_expire_time
            nacos.istio.mcp.server.enabled | false
            nacos.k8s.sync.enabled | false
            NACOS_AUTH_ADMIN_ENABLE | true
            NACOS_AUTH_CONSOLE_ENABLE | true
            NACOS_AUTH_IDENTITY_KEY
            NACOS_AUTH_IDENTITY_VALUE
            NACOS_SERVERS
            NACOS_CONSOLE_PORT
            NACOS_CONSOLE_CONTEXTPATH
            MYSQL_SERVICE_HOST
            SPRING_DATASOURCE_PLATFORM | derby
            """;

    // internal tuning of the reference, removed features, plug-ins
    private static final String IGNORED = """
            nacos.home
            loader.path
            nacos.custom.environment.enabled
            nacos.console.remote.server.context-path
            server.tomcat.*
            nacos.local.ip
            nacos.web.charset.filter
            nacos.security.ignore.urls
            db.pool.config.*
            nacos.plugin.datasource.*
            nacos.plugin.auth.*
            nacos.plugin.encryption*
            nacos.persistence.sql.derby.limit.enabled
            nacos.core.member.meta.*
            nacos.member-change-event.queue.size
            nacos.core.support.upgrade.from.1x
            nacos.core.inet.*
            nacos.core.notify.*
            nacos.core.sys.*
            nacos.watch-file.max-dirs
            nacos.server.port
            nacos.naming.use-new-raft.first
            nacos.naming.empty-service.*
            nacos.naming.distro.*
            nacos.namespace.migrate.*
            dumpChangeOn
            dumpChangeWorkerInterval
            defaultMaxAggrCount
            defaultMaxAggrSize
            initialExpansionPercent
            correctUsageDelay
            notifyConnectTimeout
            notifySocketTimeout
            isHealthCheck
            maxHealthCheckFailCount
            nacos.config.cache.type
            nacos.config.query.chain.*
            nacos.core.config.plugin.*
            nacos.core.auth.plugin.*
            nacos.core.auth.ldap.userdn
            ldap.default.password
            spring.security.enabled
            nacos.core.protocol.*
            nacos.core.ability.*
            nacos.core.remote.connection.generator
            remote.executor.*
            nacos.remote.server.rpc.tls.sslProvider
            nacos.remote.server.rpc.tls.sslContextRefresher
            nacos.remote.server.rpc.protocol.negotiator.type
            nacos.remote.cluster.server.rpc.protocol.negotiator.type
            nacos.core.param.check.checker
            nacos.plugin.control.rule.external.storage
            management.*
            nacos.core.monitor.topn.*
            nacos.metric.*
            logging.*
            nacos.logging.*
            nacos.cmdb.*
            nacos.istio.*
            nacos.extension.naming.istio.enabled
            nacos.k8s.sync.*
            nacos.mcp.cache.*
            spring.*
            """;

    // name | idle value | why
    private static final String REFUSED = """
            nacos.core.auth.enable.userAgentAuthWhite | false | a client could pass for a server by its User-Agent
            nacos.config.derby.ops.enabled | false | it lets any caller run SQL
            nacos.remote.server.rpc.tls.trustAll | false | anybody's certificate would pass for a client's; tls.trust says whose may
            """;

    private final Map<String, ReferenceKey> exact = new HashMap<>();
    private final Map<String, ReferenceKey> prefixes = new LinkedHashMap<>(); // canonical, without the star

    ReferenceKeys() {
        add(REFUSED, Treatment.REFUSED);
        add(NOT_YET, Treatment.NOT_YET);
        add(IGNORED, Treatment.IGNORED);
    }

    private void add(String table, Treatment treatment) {
        table.lines().forEach(line -> {
            String[] cells = line.split("\\|", 3);
            String name = cells[0].trim();
            var key = new ReferenceKey(
                    name,
                    treatment,
                    cells.length > 1 ? cells[1].trim().toLowerCase(Locale.ROOT) : "",
                    cells.length > 2 ? cells[2].trim() : "");
            Map<String, ReferenceKey> home = name.endsWith("*") ? prefixes : exact;
            home.put(Setting.canonical(name.replace("*", "")), key);
        });
    }

    /** By canonical name; an exact name wins over a prefix, a longer prefix over a shorter one. */
    Optional<ReferenceKey> find(String canonical) {
        ReferenceKey found = exact.get(canonical);
        int length = 0;
        if (found == null) {
            for (Map.Entry<String, ReferenceKey> prefix : prefixes.entrySet()) {
                if (prefix.getKey().length() > length && canonical.startsWith(prefix.getKey())) {
                    found = prefix.getValue();
                    length = prefix.getKey().length();
                }
            }
        }
        return Optional.ofNullable(found);
    }

    /** Exact names only: an environment holds much that is nobody's setting. */
    Optional<ReferenceKey> findExact(String canonical) {
        return Optional.ofNullable(exact.get(canonical));
    }

    /** The names that stand for themselves alone. */
    List<String> names() {
        return exact.values().stream().map(ReferenceKey::name).toList();
    }
}
