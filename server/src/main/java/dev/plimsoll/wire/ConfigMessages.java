package dev.plimsoll.wire;

import static dev.plimsoll.wire.WireJson.orEmpty;
import static dev.plimsoll.wire.WireJson.present;

import io.avaje.jsonb.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The messages about configs. A listener's tenant is kept as it came, absent or "" or a name, because clients look an
 * answer up by the form they sent; elsewhere a text left out is "".
 */
public final class ConfigMessages {
    private ConfigMessages() {}

    /**
     * Asks for the content of a config.
     *
     * @param tag the variant wanted, or ""
     */
    @Json
    public record ConfigQueryRequest(@Nullable String requestId, String dataId, String group, String tenant, String tag)
            implements Message.ClientRequest {
        public ConfigQueryRequest {
            dataId = orEmpty(dataId);
            group = orEmpty(group);
            tenant = orEmpty(tenant);
            tag = orEmpty(tag);
        }
    }

    /** What was found; "not found" is a failure with {@link ErrorCodes#CONFIG_NOT_FOUND}. */
    @Json
    public record ConfigQueryResponse(
            @Nullable String requestId,
            String content,
            @Nullable String contentType,
            String md5,
            long lastModified,
            @Nullable String encryptedDataKey,
            boolean beta,
            @Nullable String tag)
            implements Message.Response {}

    /**
     * Creates or replaces a config or one of its variants.
     *
     * @param casMd5 "" publishes without condition
     */
    @Json
    public record ConfigPublishRequest(
            @Nullable String requestId,
            String dataId,
            String group,
            String tenant,
            @Json.Serializer(LongText.class) String content,
            String casMd5,
            Map<String, String> additionMap)
            implements Message.ClientRequest {
        public ConfigPublishRequest {
            dataId = orEmpty(dataId);
            group = orEmpty(group);
            tenant = orEmpty(tenant);
            content = orEmpty(content);
            casMd5 = orEmpty(casMd5);
            additionMap = present(additionMap);
        }

        /** The addition of this name, or "". */
        public String addition(String name) {
            return additionMap.getOrDefault(name, "");
        }

        /** The addition of this name; null when there is none, which is not the same as an empty one. */
        public @Nullable String given(String name) {
            return additionMap.get(name);
        }
    }

    @Json
    public record ConfigPublishResponse(@Nullable String requestId) implements Message.Response {}

    @Json
    public record ConfigRemoveRequest(
            @Nullable String requestId, String dataId, String group, String tenant, String tag)
            implements Message.ClientRequest {
        public ConfigRemoveRequest {
            dataId = orEmpty(dataId);
            group = orEmpty(group);
            tenant = orEmpty(tenant);
            tag = orEmpty(tag);
        }
    }

    @Json
    public record ConfigRemoveResponse(@Nullable String requestId) implements Message.Response {}

    /**
     * Starts or stops listening to many configs.
     *
     * @param listen false: stop listening; a client that leaves it out listens
     */
    @Json
    public record ConfigBatchListenRequest(
            @Nullable String requestId, Boolean listen, List<ConfigListenContext> configListenContexts)
            implements Message.ClientRequest {
        public ConfigBatchListenRequest {
            listen = listen == null || listen;
            configListenContexts = present(configListenContexts);
        }
    }

    /**
     * One config listened to, and what the client has of it.
     *
     * @param md5 of what the client has, "" for nothing
     */
    @Json
    public record ConfigListenContext(
            String dataId, String group, @Nullable String tenant, String md5) {
        public ConfigListenContext {
            dataId = orEmpty(dataId);
            group = orEmpty(group);
            md5 = orEmpty(md5);
        }
    }

    /** Those listened to that differ from what the client has. */
    @Json
    public record ConfigChangeBatchListenResponse(@Nullable String requestId, List<ConfigKeyInfo> changedConfigs)
            implements Message.Response {}

    /** A config named to a client, the tenant in the client's own form. */
    @Json
    public record ConfigKeyInfo(
            String dataId, String group, @Nullable String tenant) {}

    /** Something changed; the client asks what. The tenant has the form in which this connection listens. */
    @Json
    public record ConfigChangeNotifyRequest(
            String requestId,
            String dataId,
            String group,
            @Nullable String tenant) implements Message.ServerRequest {
        @Override
        public String module() {
            return "config";
        }
    }
}
