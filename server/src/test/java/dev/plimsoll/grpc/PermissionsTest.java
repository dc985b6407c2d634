package dev.plimsoll.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.auth.Auth;
import dev.plimsoll.auth.AuthSettings;
import dev.plimsoll.auth.Identity;
import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.loop.ManualLoop;
import dev.plimsoll.refusal.Forbidden;
import dev.plimsoll.registry.ServiceKey;
import dev.plimsoll.session.Rights;
import dev.plimsoll.store.SqliteJournal;
import dev.plimsoll.store.StoreSettings;
import dev.plimsoll.vitals.MemoryBudget;
import dev.plimsoll.wire.ConfigMessages.ConfigBatchListenRequest;
import dev.plimsoll.wire.ConfigMessages.ConfigListenContext;
import dev.plimsoll.wire.ConfigMessages.ConfigPublishRequest;
import dev.plimsoll.wire.ConfigMessages.ConfigQueryRequest;
import dev.plimsoll.wire.ConfigMessages.ConfigRemoveRequest;
import dev.plimsoll.wire.Message.ClientRequest;
import dev.plimsoll.wire.NamingMessages.ServiceQueryRequest;
import dev.plimsoll.wire.NamingMessages.SubscribeServiceRequest;
import dev.plimsoll.wire.Payload;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.helpers.NOPLogger;

class PermissionsTest {
    @TempDir
    Path data;

    private final ManualLoop loop = new ManualLoop();
    private SqliteJournal journal;
    private Auth auth;
    private Permissions permissions;
    private String token; // of one who may read and publish in group G of namespace dev

    @BeforeEach
    void openStore() {
        var budget = new MemoryBudget(1 << 24, 0);
        journal = SqliteJournal.open(StoreSettings.in(data), budget.heap("journal", 0.5), InstantSource.system());
        auth = new Auth(
                new AuthSettings(true, Duration.ofHours(5), 10, 10),
                List.of(new byte[32]),
                loop,
                Runnable::run,
                journal,
                budget.heap("auth", 0.5),
                InstantSource.system(),
                new SecureRandom(),
                NOPLogger.NOP_LOGGER,
                NOPLogger.NOP_LOGGER);
        done(auth.users().create("dev", "secret"));
        done(auth.users().giveRole("devs", "dev"));
        done(auth.users().permit("devs", "dev:G:*", "rp"));
        token = done(auth.logins().login("dev", "secret", "127.0.0.1")).text();
        permissions = new Permissions(auth, InstantSource.system());
    }

    @AfterEach
    void closeStore() {
        journal.close();
    }

    private <T> T done(CompletionStage<T> stage) {
        Awaitility.await().until(() -> {
            loop.runAll();
            return stage.toCompletableFuture().isDone();
        });
        return stage.toCompletableFuture().join();
    }

    private static Payload payload(String... headers) {
        Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 0; i < headers.length; i += 2) {
            all.put(headers[i], headers[i + 1]);
        }
        return new Payload("X", all, "", new byte[0]);
    }

    private void passes(ClientRequest request) {
        assertThat(permissions.check(payload("accessToken", token), request)).isEqualTo(new Identity("dev"));
    }

    private void isDenied(ClientRequest request) {
        assertThatThrownBy(() -> permissions.check(payload("accessToken", token), request))
                .isInstanceOf(Forbidden.class)
                .hasMessage("authorization failed!");
    }

    private static ConfigBatchListenRequest listen(boolean listen, String... namespaces) {
        return new ConfigBatchListenRequest(
                null,
                listen,
                java.util.Arrays.stream(namespaces)
                        .map(namespace -> new ConfigListenContext("d", "G", namespace, ""))
                        .toList());
    }

    @Test
    void every_request_is_in_the_table() {
        for (Class<?> request : ClientRequest.class.getPermittedSubclasses()) {
            assertThat(permissions.names(request))
                    .as("%s in Permissions", request)
                    .isTrue();
        }
    }

    @Test
    void a_request_passes_when_its_sender_may_do_that_to_that() {
        passes(new ConfigQueryRequest(null, "d", "G", "dev", ""));
        passes(new ConfigPublishRequest(null, "d", "G", "dev", "x", "", Map.of()));
        passes(new ServiceQueryRequest(null, "dev", "s", "G", "", false));
        passes(listen(true, "dev", "dev"));
        passes(listen(false, "prod"));

        isDenied(new ConfigQueryRequest(null, "d", "H", "dev", ""));
        isDenied(new ConfigQueryRequest(null, "d", "G", "", ""));
        isDenied(new ConfigRemoveRequest(null, "d", "G", "dev", ""));
        isDenied(new SubscribeServiceRequest(null, "prod", "s", "G", true, ""));
        isDenied(listen(true, "dev", "prod"));
    }

    @Test
    void who_is_not_known_passes_nowhere() {
        var query = new ConfigQueryRequest(null, "d", "G", "dev", "");
        assertThatThrownBy(() -> permissions.check(payload(), query)).hasMessage("user not found!");
        assertThatThrownBy(() -> permissions.check(payload("accessToken", "x"), query))
                .hasMessage("token invalid!");
        assertThatThrownBy(() -> permissions.check(payload("username", "dev", "password", "secret"), query))
                .hasMessage("user not found!");
        assertThat(permissions.check(payload("authorization", "Bearer " + token), query))
                .isEqualTo(new Identity("dev"));
    }

    @Test
    void what_a_client_is_told_of_ends_with_its_right_and_with_its_user() {
        Rights told = permissions.rights(new Identity("dev"));
        var orders = new ServiceKey("dev", "G", "orders");
        var config = new ConfigKey("dev", "G", "d");
        assertThat(told.service(orders)).isTrue();
        assertThat(told.config(config)).isTrue();
        assertThat(told.service(new ServiceKey("prod", "G", "orders"))).isFalse();
        assertThat(told.config(new ConfigKey("dev", "H", "d"))).isFalse();

        done(auth.users().setPassword("dev", "another"));
        assertThat(told.service(orders))
                .as("a new password takes no right away")
                .isTrue();
        done(auth.users().forbid("devs", "dev:G:*", "rp"));
        assertThat(told.service(orders)).isFalse();
        assertThat(told.config(config)).isFalse();
        done(auth.users().permit("devs", "dev:G:*", "r"));
        assertThat(told.service(orders)).isTrue();
        done(auth.users().takeRole("devs", "dev"));
        assertThat(told.service(orders)).isFalse();
        done(auth.users().giveRole("devs", "dev"));
        done(auth.users().permit("devs", "dev:G:*", "r"));
        assertThat(told.service(orders)).isTrue();

        done(auth.users().delete("dev"));
        assertThat(told.service(orders)).isFalse();
        done(auth.users().create("dev", "secret"));
        done(auth.users().giveRole("devs", "dev"));
        done(auth.users().permit("devs", "dev:G:*", "r"));
        assertThat(told.service(orders)).as("this is somebody else").isFalse();
        assertThat(permissions.rights(new Identity("dev")).service(orders)).isTrue();
    }
}
