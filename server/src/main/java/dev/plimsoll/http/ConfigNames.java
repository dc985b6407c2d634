package dev.plimsoll.http;

import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.net.HttpCall;
import dev.plimsoll.store.NamespaceId;
import dev.plimsoll.store.Write.Author;

/**
 * What the parameters of configurations are called in an interface.
 *
 * @param enveloped whether its answers are
 */
record ConfigNames(boolean enveloped, String namespace, String group, String tags, String user) {
    static final ConfigNames V1 = new ConfigNames(false, "tenant", "group", "config_tags", "src_user");
    static final ConfigNames V2 = new ConfigNames(true, "namespaceId", "group", "configTags", "srcUser");
    static final ConfigNames V3 = new ConfigNames(true, "namespaceId", "groupName", "configTags", "srcUser");

    ConfigKey key(Form form) {
        String dataId = required(form, "dataId");
        return ConfigKey.of(form.asIs(namespace), required(form, group), dataId);
    }

    /** A namespace as 2.x shows it: the public one has no name there. */
    static String tenant(String namespace) {
        return namespace.equals(NamespaceId.PUBLIC) ? "" : namespace;
    }

    String required(Form form, String name) {
        return enveloped ? form.present(name) : form.bound(name);
    }

    /** Who is entered in the history. The name is what the caller has proved, or else what it says of itself. */
    Author author(HttpCall call, Form form) {
        // The address is the peer's own: anyone can send an X-Forwarded-For, and no proxy is named that may be
        // trusted.
        return new Author(call.user().isEmpty() ? form.asIs(user).trim() : call.user(), call.remoteIp());
    }
}
