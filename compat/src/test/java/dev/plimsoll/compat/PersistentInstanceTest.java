package dev.plimsoll.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.compat.sdk.Host;
import dev.plimsoll.compat.sdk.Naming;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** Clients from 2.3 on register these over gRPC, older ones over HTTP; both have to end in the same registry. */
@EveryClient
class PersistentInstanceTest {

    private static final String GROUP = "DEFAULT_GROUP";
    private static final List<String> ALL = List.of();
    private static final Host HOST =
            Host.of("10.1.2.3", 3306).withMetadata(Map.of("role", "primary")).persistent();

    @Parameter
    ClientRun run;

    @Test
    void a_persistent_instance_stays_when_its_client_leaves() {
        String service = ClientRun.unique("database");
        String fence = ClientRun.unique("fence");
        // A client without a connection is gone when its beats have been missing.
        Host ephemeral = Host.of("10.1.2.4", 8080)
                .withMetadata(Map.of("preserved.heart.beat.interval", "1000", "preserved.ip.delete.timeout", "3000"));
        try (Naming leaving = run.newNaming("")) {
            leaving.register(service, GROUP, HOST);
            leaving.register(fence, GROUP, ephemeral);
            await().until(() -> addresses(service).equals(List.of("10.1.2.3:3306")));
        }
        // When the client's ephemeral instance has gone, the server knows that the client has.
        await().until(() -> run.observer().query(fence, GROUP, ALL).isEmpty());

        assertThat(run.observer().query(service, GROUP, ALL)).singleElement().satisfies(host -> {
            assertThat(host.ip()).isEqualTo(HOST.ip());
            assertThat(host.ephemeral()).isFalse();
            assertThat(host.metadata()).isEqualTo(HOST.metadata());
        });
    }

    @Test
    void persistent_instances_come_and_go_before_a_subscriber() {
        String service = ClientRun.unique("database");
        Heard<List<Host>> heard = new Heard<>();
        run.observer().subscribe(service, GROUP, ALL, heard);
        run.publisher().register(service, GROUP, HOST);
        heard.awaitLast(
                "registered", hosts -> hosts.size() == 1 && hosts.get(0).ip().equals(HOST.ip()));

        run.publisher().deregister(service, GROUP, HOST);
        heard.awaitLast("deregistered", List::isEmpty);
    }

    @Test
    void one_client_registers_many_persistent_instances_of_one_service() {
        String service = ClientRun.unique("database");
        for (int port = 1; port <= 3; port++) {
            run.publisher().register(service, GROUP, Host.of("10.1.2.3", port).persistent());
        }
        await().untilAsserted(() ->
                assertThat(addresses(service)).containsExactlyInAnyOrder("10.1.2.3:1", "10.1.2.3:2", "10.1.2.3:3"));
    }

    private List<String> addresses(String service) {
        return run.observer().query(service, GROUP, ALL).stream()
                .map(host -> host.ip() + ":" + host.port())
                .toList();
    }
}
