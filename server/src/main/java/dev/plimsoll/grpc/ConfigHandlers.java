package dev.plimsoll.grpc;

import dev.plimsoll.config.Caller;
import dev.plimsoll.config.ConfigContent;
import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.config.Configs;
import dev.plimsoll.config.GrayRule;
import dev.plimsoll.config.Publish;
import dev.plimsoll.config.Watch;
import dev.plimsoll.refusal.Conflict;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.NotFound;
import dev.plimsoll.session.Session;
import dev.plimsoll.store.Write.Author;
import dev.plimsoll.wire.ConfigMessages.ConfigBatchListenRequest;
import dev.plimsoll.wire.ConfigMessages.ConfigChangeBatchListenResponse;
import dev.plimsoll.wire.ConfigMessages.ConfigKeyInfo;
import dev.plimsoll.wire.ConfigMessages.ConfigListenContext;
import dev.plimsoll.wire.ConfigMessages.ConfigPublishRequest;
import dev.plimsoll.wire.ConfigMessages.ConfigPublishResponse;
import dev.plimsoll.wire.ConfigMessages.ConfigQueryRequest;
import dev.plimsoll.wire.ConfigMessages.ConfigQueryResponse;
import dev.plimsoll.wire.ConfigMessages.ConfigRemoveRequest;
import dev.plimsoll.wire.ConfigMessages.ConfigRemoveResponse;
import dev.plimsoll.wire.ErrorCodes;
import dev.plimsoll.wire.Message.ClientRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** Requests about configurations. Called on the connection's loop. */
final class ConfigHandlers {
    private final Configs configs;

    ConfigHandlers(Configs configs) {
        this.configs = configs;
    }

    /**
     * Answers the request; false when it is not about configurations.
     *
     * @param author who sends it, "" when nobody had to prove that, and from which address, whatever it says of its own
     * @param tag that its header gives its sender, in the way of clients of 2.x; "" for that of the connection's labels
     */
    boolean handle(ClientRequest request, Session session, Author author, String tag, Reply reply) {
        if (request instanceof ConfigQueryRequest query) {
            query(query, caller(session, tag), reply);
        } else if (request instanceof ConfigPublishRequest publish) {
            publish(publish, author, reply);
        } else if (request instanceof ConfigRemoveRequest remove) {
            remove(remove, author, reply);
        } else if (request instanceof ConfigBatchListenRequest listen) {
            session.listensAs(caller(session, tag));
            listen(listen, session, reply);
        } else {
            return false;
        }
        return true;
    }

    private static Caller caller(Session session, String tag) {
        Caller labelled = session.client().caller();
        return tag.isBlank() ? labelled : new Caller(labelled.ip(), tag.trim());
    }

    private void query(ConfigQueryRequest request, Caller caller, Reply reply) {
        ConfigKey key = ConfigKey.of(request.tenant(), request.group(), request.dataId());
        String tag = request.tag().trim();
        configs.content(key, versions -> tag.isEmpty() ? versions.seenBy(caller) : versions.taggedFor(caller, tag))
                .whenComplete((content, failure) -> {
                    if (failure == null) {
                        reply.send(answer(content, reply));
                    } else if (cause(failure) instanceof NotFound notFound) {
                        reply.fail(ErrorCodes.CONFIG_NOT_FOUND, notFound.reason());
                    } else {
                        reply.fail(failure);
                    }
                });
    }

    private static ConfigQueryResponse answer(ConfigContent content, Reply reply) {
        GrayRule gray = content.entry().gray();
        return new ConfigQueryResponse(
                reply.requestId(),
                new String(content.utf8(), StandardCharsets.UTF_8),
                content.entry().type(),
                content.entry().md5(),
                content.entry().modifiedMillis(),
                content.entry().encryptedDataKey(),
                gray instanceof GrayRule.Beta,
                gray instanceof GrayRule.Tag tag ? tag.tag() : null); // its characters need no URL encoding
    }

    private void publish(ConfigPublishRequest request, Author author, Reply reply) {
        GrayRule rule = GrayRule.of(request.addition("betaIps"), request.addition("tag"));
        var command = new Publish(
                ConfigKey.of(request.tenant(), request.group(), request.dataId()),
                request.content().getBytes(StandardCharsets.UTF_8),
                request.addition("type"),
                request.given("appName"),
                request.addition("desc"),
                request.given("config_tags"),
                request.addition("use"),
                request.addition("effect"),
                request.addition("schema"),
                request.addition("encryptedDataKey"),
                request.casMd5(),
                author.user().isEmpty() ? new Author(request.addition("src_user"), author.ip()) : author);
        var published = rule == null ? configs.publish(command) : configs.publish(command, rule);
        published.whenComplete((entry, failure) -> {
            if (failure == null) {
                reply.send(new ConfigPublishResponse(reply.requestId()));
            } else if (cause(failure) instanceof Conflict conflict) {
                // What clients know a lost compare-and-set by.
                reply.fail(ErrorCodes.SERVER_ERROR, conflict.reason());
            } else {
                reply.fail(failure);
            }
        });
    }

    private void remove(ConfigRemoveRequest request, Author author, Reply reply) {
        ConfigKey key = ConfigKey.of(request.tenant(), request.group(), request.dataId());
        String tag = request.tag().trim();
        reply.when(
                configs.remove(key, versions -> tag.isEmpty() ? versions.formal() : versions.tagged(tag), author),
                removed -> new ConfigRemoveResponse(reply.requestId()));
    }

    private void listen(ConfigBatchListenRequest request, Session session, Reply reply) {
        // A name that cannot exist is one that does not: it must not keep the others of the call from being listened
        // to.
        var unknown = new ArrayList<ConfigListenContext>();
        Map<ConfigKey, ConfigListenContext> contexts = new HashMap<>();
        for (ConfigListenContext context : request.configListenContexts()) {
            try {
                contexts.put(ConfigKey.of(context.tenant(), context.group(), context.dataId()), context);
            } catch (InvalidRequest e) {
                unknown.add(context);
            }
        }
        if (!request.listen()) {
            contexts.keySet().forEach(session::listensNoMore);
            reply.when(
                    configs.unlisten(session, contexts.keySet()),
                    done -> new ConfigChangeBatchListenResponse(reply.requestId(), List.of()));
            return;
        }
        // Before the listening: a notice needs to know how this client spells the tenant.
        var fresh = new HashSet<ConfigKey>();
        contexts.forEach((key, context) -> {
            if (session.listens(key, context.tenant())) {
                fresh.add(key);
            }
        });
        List<Watch> watches = contexts.entrySet().stream()
                .map(entry -> new Watch(entry.getKey(), entry.getValue().md5()))
                .toList();
        CompletionStage<List<ConfigKey>> outdated = configs.listen(session, watches);
        outdated.whenComplete((keys, failure) -> {
            if (failure != null) {
                session.loop().execute(() -> fresh.forEach(session::listensNoMore));
            }
        });
        reply.when(outdated, keys -> {
            Stream<ConfigListenContext> changed = Stream.concat(
                    keys.stream().map(contexts::get),
                    unknown.stream().filter(context -> !context.md5().isEmpty()));
            return new ConfigChangeBatchListenResponse(
                    reply.requestId(),
                    changed.map(context -> new ConfigKeyInfo(context.dataId(), context.group(), context.tenant()))
                            .toList());
        });
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
