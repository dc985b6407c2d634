package dev.plimsoll.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.plimsoll.compat.sdk.Host;
import dev.plimsoll.compat.sdk.Naming;
import dev.plimsoll.compat.sdk.ServicePage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

@EveryClient
class RegistrationTest {

    private static final String GROUP = "DEFAULT_GROUP";
    private static final List<String> ALL = List.of();

    @Parameter
    ClientRun run;

    @Test
    void a_registered_instance_is_found_with_all_its_properties() {
        String service = ClientRun.unique("orders");
        Host host = Host.of("10.1.2.3", 8080)
                .withWeight(2.5)
                .withCluster("HZ-1")
                .withMetadata(Map.of("version", "1.4", "zone", "\u6d59\u6c5f"));

        run.publisher().register(service, GROUP, host);

        assertThat(run.observer().query(service, GROUP, ALL)).containsExactly(host);
    }

    @Test
    void a_deregistered_instance_is_gone_and_the_other_stays() {
        String service = ClientRun.unique("orders");
        Host mine = Host.of("10.1.2.3", 8080);
        Host theirs = Host.of("10.1.2.4", 8080);
        run.publisher().register(service, GROUP, mine);
        run.peer().register(service, GROUP, theirs);
        assertThat(run.observer().query(service, GROUP, ALL)).containsExactlyInAnyOrder(mine, theirs);

        run.publisher().deregister(service, GROUP, mine);

        assertThat(run.observer().query(service, GROUP, ALL)).containsExactly(theirs);
    }

    @Test
    void registering_again_changes_the_instance() {
        String service = ClientRun.unique("orders");
        Host host = Host.of("10.1.2.3", 8080);
        run.publisher().register(service, GROUP, host);

        Host heavier = host.withWeight(7.0).withMetadata(Map.of("version", "2"));
        run.publisher().register(service, GROUP, heavier);

        assertThat(run.observer().query(service, GROUP, ALL)).containsExactly(heavier);
    }

    @Test
    void a_batch_registers_many_and_a_batch_deregisters_some() {
        assumeTrue(run.version().hasBatch(), "the client has no batch call");
        String service = ClientRun.unique("orders");
        List<Host> hosts = hosts(5);

        run.publisher().registerBatch(service, GROUP, hosts);
        assertThat(run.observer().query(service, GROUP, ALL)).containsExactlyInAnyOrderElementsOf(hosts);

        run.publisher().deregisterBatch(service, GROUP, hosts.subList(0, 2));
        assertThat(run.observer().query(service, GROUP, ALL)).containsExactlyInAnyOrderElementsOf(hosts.subList(2, 5));

        run.publisher().deregisterBatch(service, GROUP, hosts.subList(2, 5));
        assertThat(run.observer().query(service, GROUP, ALL)).isEmpty();
    }

    @Test
    void three_hundred_instances_of_one_service_are_all_seen() {
        String service = ClientRun.unique("fleet");
        List<Host> hosts = hosts(300);
        // A client without the batch call sees what a newer one registers.
        ClientVersion batching = run.version().hasBatch() ? run.version() : ClientVersion.V2_2_3;
        run.servers().run(run.javaHome(), batching).publisher().registerBatch(service, GROUP, hosts);

        assertThat(run.observer().query(service, GROUP, ALL)).containsExactlyInAnyOrderElementsOf(hosts);
        await().untilAsserted(() ->
                assertThat(run.observer().cached(service, GROUP)).containsExactlyInAnyOrderElementsOf(hosts));
    }

    @Test
    void selection_knows_health_weight_and_enabled() {
        String service = ClientRun.unique("orders");
        Host healthy = Host.of("10.1.2.3", 8080);
        // A client that beats does so for the ill one too, which makes it well; here not within a minute.
        Host ill = Host.of("10.1.2.4", 8080)
                .withHealthy(false)
                .withMetadata(Map.of(
                        "preserved.heart.beat.interval", "60000",
                        "preserved.heart.beat.timeout", "90000",
                        "preserved.ip.delete.timeout", "90000"));
        Host idle = Host.of("10.1.2.5", 8080).withWeight(0);
        Host disabled = Host.of("10.1.2.6", 8080).withEnabled(false);
        try (Naming third = run.newNaming("");
                Naming fourth = run.newNaming("")) {
            run.publisher().register(service, GROUP, healthy);
            run.peer().register(service, GROUP, ill);
            third.register(service, GROUP, idle);
            fourth.register(service, GROUP, disabled);

            assertThat(run.observer().select(service, GROUP, true)).containsExactly(healthy);
            assertThat(run.observer().select(service, GROUP, false)).containsExactly(ill);
            assertThat(run.observer().query(service, GROUP, ALL)).containsExactlyInAnyOrder(healthy, ill, idle);
        }
    }

    @Test
    void one_healthy_instance_is_drawn_by_weight() {
        String service = ClientRun.unique("orders");
        Host light = Host.of("10.1.2.3", 8080);
        Host heavy = Host.of("10.1.2.4", 8080).withWeight(9);
        run.publisher().register(service, GROUP, light);
        run.peer().register(service, GROUP, heavy);
        await().until(() -> run.observer().cached(service, GROUP).size() == 2);

        int draws = 1000;
        long heavyDraws = IntStream.range(0, draws)
                .filter(i -> run.observer().selectOneHealthy(service, GROUP).equals(heavy))
                .count();

        // 900 expected, standard deviation 9.5: these bounds are ten of them away.
        assertThat(heavyDraws).isBetween(800L, 990L);
    }

    @Test
    void groups_keep_services_of_one_name_apart() {
        String service = ClientRun.unique("orders");
        Host red = Host.of("10.1.2.3", 8080);
        Host blue = Host.of("10.1.2.4", 8080);
        run.publisher().register(service, "RED", red);
        run.publisher().register(service, "BLUE", blue);

        assertThat(run.observer().query(service, "RED", ALL)).containsExactly(red);
        assertThat(run.observer().query(service, "BLUE", ALL)).containsExactly(blue);
        assertThat(run.observer().query(service, GROUP, ALL)).isEmpty();
    }

    @Test
    void clusters_are_parts_of_a_service_that_can_be_asked_for() {
        String service = ClientRun.unique("orders");
        Host east = Host.of("10.1.2.3", 8080).withCluster("EAST");
        Host west = Host.of("10.1.2.4", 8080).withCluster("WEST");
        run.publisher().register(service, GROUP, east);
        run.peer().register(service, GROUP, west);

        assertThat(run.observer().query(service, GROUP, List.of("EAST"))).containsExactly(east);
        assertThat(run.observer().query(service, GROUP, List.of("WEST"))).containsExactly(west);
        assertThat(run.observer().query(service, GROUP, List.of("EAST", "WEST")))
                .containsExactlyInAnyOrder(east, west);
        assertThat(run.observer().query(service, GROUP, List.of("NORTH"))).isEmpty();
    }

    @Test
    void namespaces_do_not_see_each_other() {
        String service = ClientRun.unique("orders");
        Host inside = Host.of("10.1.2.3", 8080);
        try (Naming one = run.newNaming("space-one");
                Naming other = run.newNaming("space-two")) {
            one.register(service, GROUP, inside);

            assertThat(one.query(service, GROUP, ALL)).containsExactly(inside);
            assertThat(other.query(service, GROUP, ALL)).isEmpty();
            assertThat(run.observer().query(service, GROUP, ALL)).isEmpty();
        }
    }

    @Test
    void services_are_listed_page_by_page() {
        String group = ClientRun.unique("LIST");
        List<String> names = IntStream.range(0, 7).mapToObj(i -> "service-" + i).toList();
        for (int i = 0; i < names.size(); i++) {
            run.publisher().register(names.get(i), group, Host.of("10.1.2.3", 8000 + i));
        }

        List<String> paged = new ArrayList<>();
        for (int page = 1; page <= 3; page++) {
            ServicePage part = run.observer().services(page, 3, group);
            assertThat(part.count()).isEqualTo(7);
            paged.addAll(part.names());
        }

        assertThat(paged).containsExactlyInAnyOrderElementsOf(names);
        assertThat(run.observer().services(1, 10, ClientRun.unique("EMPTY"))).isEqualTo(new ServicePage(0, List.of()));
    }

    @Test
    void a_service_nobody_published_is_empty_and_not_an_error() {
        assertThat(run.observer().query(ClientRun.unique("nobody"), GROUP, ALL)).isEmpty();
    }

    private static List<Host> hosts(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Host.of("10.9." + i / 100 + "." + (i % 100 + 1), 8000 + i))
                .toList();
    }
}
