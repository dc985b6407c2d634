package dev.plimsoll.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.vitals.Account;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.openjdk.jol.info.GraphLayout;

/** What the accounts say against what the registry's objects measure, for each way to make it grow. */
class HeapBytesTest {
    private static final int COUNT = 300;

    private final RegistryFixture fixture = new RegistryFixture();

    /** The account is charged at least what is retained, and not so much more that the line is wasted. */
    private void assertCharged(Account account, double atMostTimes, IntConsumer grow) {
        grow.accept(-1); // what is there only once
        long before = GraphLayout.parseInstance(fixture.registry).totalSize();
        long heldBefore = account.held();
        for (int i = 0; i < COUNT; i++) {
            grow.accept(i);
        }
        fixture.notices.clear();
        long measured = GraphLayout.parseInstance(fixture.registry).totalSize() - before;
        long charged = account.held() - heldBefore;
        assertThat(charged / COUNT).as("charged against measured bytes each").isBetween(measured / COUNT, (long)
                (measured * atMostTimes / COUNT));
    }

    private static String unique(String text) {
        return new String(text.toCharArray());
    }

    private static ServiceKey service(int i, String pad) {
        return new ServiceKey(unique("public"), unique("DEFAULT_GROUP"), pad + "service-" + (1_000 + i));
    }

    private static OwnerId connection(int i) {
        return OwnerId.connection("1700000000000_10.1.1.1_" + (50_000 + i));
    }

    private static Instance instance(int i) {
        return new Instance(
                "10.20.30." + i,
                8080,
                1,
                true,
                true,
                "",
                "",
                Map.of(unique("version"), "1.0." + i, unique("zone"), "z" + i));
    }

    private static Instance large(int i, char letter) {
        var metadata = new HashMap<String, String>();
        for (int k = 0; k < 40; k++) {
            metadata.put("key-" + i + "-" + k, String.valueOf(letter).repeat(150));
        }
        return new Instance("10.20.30." + i, 8080, 1, true, true, "cluster-" + i, "id-" + i, metadata);
    }

    private void register(OwnerId owner, ServiceKey service, Instance instance) {
        fixture.register(owner, service, instance);
        fixture.notices.clear();
    }

    @Test
    void an_instance_of_each_connection_in_one_service() {
        assertCharged(fixture.account, 2.5, i -> register(connection(i), service(0, ""), instance(i)));
    }

    @Test
    void large_instances() {
        assertCharged(fixture.account, 1.5, i -> register(connection(i), service(0, ""), large(i, 'x')));
    }

    @Test
    void large_instances_in_the_last_letters_that_take_one_byte() {
        assertCharged(fixture.account, 1.5, i -> register(connection(i), service(0, ""), large(i, '\u00ff')));
    }

    @Test
    void large_instances_in_the_first_letters_that_take_two() {
        assertCharged(fixture.account, 1.5, i -> register(connection(i), service(0, ""), large(i, '\u0100')));
    }

    @Test
    void large_instances_in_letters_of_two_bytes() {
        assertCharged(fixture.account, 1.5, i -> register(connection(i), service(0, ""), large(i, '\u0416')));
    }

    @Test
    void services_with_one_instance_of_one_connection() {
        assertCharged(fixture.account, 2.5, i -> register(connection(0), service(i, ""), instance(i)));
    }

    @Test
    void services_in_groups_and_namespaces_of_their_own() {
        assertCharged(
                fixture.account,
                2.5,
                i -> register(connection(i), new ServiceKey("namespace-" + i, "group-" + i, "a-" + i), instance(i)));
    }

    @Test
    void empty_publications() {
        assertCharged(fixture.account, 2.5, i -> fixture.register(connection(i), service(0, "")));
    }

    @Test
    void beating_instances() {
        assertCharged(
                fixture.account,
                2.5,
                i -> register(OwnerId.beating("10.20.30." + i, 8080), service(i, "s".repeat(400)), instance(i)));
    }

    @Test
    void beating_instances_with_times_of_their_own() {
        assertCharged(
                fixture.account,
                2.5,
                i -> register(
                        OwnerId.beating("10.20.30." + i, 8080),
                        service(0, ""),
                        TestObjects.with(
                                TestObjects.host("10.20.30." + i),
                                Map.of(
                                        "preserved.heart.beat.timeout", String.valueOf(100_000 + 2_000 * i),
                                        "preserved.ip.delete.timeout", String.valueOf(100_000 + 2_000 * i)))));
    }

    @Test
    void persistent_instances() {
        assertCharged(fixture.account, 2.5, i -> fixture.registerPersistent(service(0, ""), instance(i)));
    }

    @Test
    void services_with_properties_only() {
        assertCharged(
                fixture.account,
                2.5,
                i -> fixture.putService(
                        service(i, ""), true, new ServiceProperties(0.5, Map.of("owner", "team-" + i))));
    }

    @Test
    void clusters_with_checkers_of_their_own() {
        fixture.register(connection(0), service(0, ""), instance(0));
        assertCharged(fixture.account, 2.5, i -> {
            if (i < 200) { // as many as a service may have, and some
                var target = new HealthTarget(new HealthChecker.Http("/up/" + i, "a:" + i), 80, true);
                fixture.submit(new RegistryCommand.PutCluster(
                        service(0, ""), "cluster-" + i, new ClusterProperties(target, Map.of("owner", "team-" + i))));
            } else {
                fixture.registerPersistent(service(1, ""), instance(i));
            }
            fixture.notices.clear();
        });
    }

    @Test
    void overlays_of_instances_that_are_there() {
        for (int i = -1; i < COUNT; i++) {
            register(connection(i), service(0, ""), instance(i < 0 ? 999 : i));
        }
        assertCharged(fixture.account, 2.5, i -> lay("10.20.30." + (i < 0 ? 999 : i), i));
    }

    @Test
    void overlays_of_instances_that_are_yet_to_come() {
        register(connection(0), service(0, ""), instance(0));
        assertCharged(fixture.account, 2.5, i -> lay("10.20.31." + i, i));
    }

    private void lay(String ip, int i) {
        fixture.submit(new OverlayChange.Replace(
                service(0, ""),
                new Address(unique(ip), 8080, ""),
                new Overlay(1.0 + i, true, Map.of("owner", "team-" + i, unique("zone"), "z" + i))));
        fixture.notices.clear();
    }

    @Test
    void watchers_of_one_service() {
        assertCharged(fixture.watchAccount, 2.5, i -> fixture.watch(new Watcher() {}, service(0, ""), "cluster-" + i));
    }

    @Test
    void watches_of_one_watcher() {
        var watcher = new Watcher() {};
        assertCharged(fixture.watchAccount, 2.5, i -> fixture.watch(watcher, service(i, ""), ""));
    }

    @Test
    void watchers_of_one_service_each() {
        assertCharged(
                fixture.watchAccount, 2.5, i -> fixture.watch(new Watcher() {}, service(i, "s".repeat(400)), "c" + i));
    }
}
