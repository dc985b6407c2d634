package dev.plimsoll.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.plimsoll.compat.sdk.Host;
import dev.plimsoll.compat.sdk.Naming;
import dev.plimsoll.compat.sdk.Stop;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

@EveryClient
class SubscriptionTest {

    private static final String GROUP = "DEFAULT_GROUP";
    private static final List<String> ALL = List.of();
    private static final Host FIRST = Host.of("10.1.2.3", 8080);
    private static final Host SECOND = Host.of("10.1.2.4", 8080);

    @Parameter
    ClientRun run;

    private final Heard<List<Host>> heard = new Heard<>();

    @Test
    void a_subscriber_hears_of_additions_changes_and_removals() {
        String service = ClientRun.unique("orders");
        run.observer().subscribe(service, GROUP, ALL, heard);
        run.publisher().register(service, GROUP, FIRST);
        awaitHosts(FIRST);

        run.peer().register(service, GROUP, SECOND);
        awaitHosts(FIRST, SECOND);

        Host changed = SECOND.withMetadata(Map.of("version", "2"));
        run.peer().register(service, GROUP, changed);
        awaitHosts(FIRST, changed);

        run.publisher().deregister(service, GROUP, FIRST);
        awaitHosts(changed);

        run.peer().deregister(service, GROUP, changed);
        awaitHosts();
    }

    @Test
    void a_late_subscriber_is_told_what_is_there() {
        String service = ClientRun.unique("orders");
        run.publisher().register(service, GROUP, FIRST);

        run.observer().subscribe(service, GROUP, ALL, heard);
        awaitHosts(FIRST);
    }

    @Test
    void who_unsubscribed_hears_no_more() {
        String service = ClientRun.unique("orders");
        Heard<List<Host>> left = new Heard<>();
        Stop leaving = run.observer().subscribe(service, GROUP, ALL, left);
        run.publisher().register(service, GROUP, FIRST);
        left.awaitLast("the first instance", hosts -> hosts.equals(List.of(FIRST)));
        leaving.close();
        int before = left.all().size();

        // A subscriber at another connection is the fence: when it has heard, so would the other have.
        run.peer().subscribe(service, GROUP, ALL, heard);
        run.publisher().register(service, GROUP, FIRST.withWeight(5));
        awaitHosts(FIRST.withWeight(5));
        run.publisher().deregister(service, GROUP, FIRST);
        awaitHosts();
        assertThat(left.all()).hasSize(before);
    }

    @Test
    void a_subscription_to_one_cluster_hears_of_that_cluster_only() {
        String service = ClientRun.unique("orders");
        Host east = FIRST.withCluster("EAST");
        Host west = SECOND.withCluster("WEST");
        run.observer().subscribe(service, GROUP, List.of("EAST"), heard);
        run.peer().register(service, GROUP, west);
        run.publisher().register(service, GROUP, east);
        awaitHosts(east);

        run.peer().register(service, GROUP, west.withWeight(3));
        run.publisher().register(service, GROUP, east.withWeight(4));
        awaitHosts(east.withWeight(4));
        assertThat(heard.all()).allSatisfy(hosts -> assertThat(hosts)
                .allMatch(host -> host.cluster().equals("EAST")));
    }

    @Test
    void one_change_is_one_event() {
        String service = ClientRun.unique("orders");
        run.publisher().register(service, GROUP, FIRST);
        run.observer().subscribe(service, GROUP, ALL, heard);
        awaitHosts(FIRST);
        run.publisher().register(service, GROUP, FIRST);
        run.publisher().register(service, GROUP, FIRST.withWeight(2));
        awaitHosts(FIRST.withWeight(2));
        run.publisher().register(service, GROUP, FIRST.withWeight(3));
        awaitHosts(FIRST.withWeight(3));
        assertThat(heard.all())
                .containsExactly(List.of(FIRST), List.of(FIRST.withWeight(2)), List.of(FIRST.withWeight(3)));
    }

    @Test
    void a_subscription_hears_only_its_own_group_and_namespace() {
        String service = ClientRun.unique("orders");
        try (Naming elsewhere = run.newNaming("space-one")) {
            run.observer().subscribe(service, "RED", ALL, heard);
            run.publisher().register(service, "BLUE", SECOND);
            elsewhere.register(service, "RED", SECOND);
            run.publisher().register(service, "RED", FIRST);
            awaitHosts(FIRST);
        }
        assertThat(heard.all()).allSatisfy(hosts -> assertThat(hosts).doesNotContain(SECOND));
    }

    @Test
    void closing_a_client_takes_its_instances_away() {
        assumeTrue(run.version().hasConnection(), "HttpClientTest tells what becomes of a client of beats");
        String service = ClientRun.unique("orders");
        Naming leaving = run.newNaming("");
        run.observer().subscribe(service, GROUP, ALL, heard);
        leaving.register(service, GROUP, FIRST);
        run.publisher().register(service, GROUP, SECOND);
        awaitHosts(FIRST, SECOND);

        leaving.close();

        awaitHosts(SECOND);
    }

    private void awaitHosts(Host... wanted) {
        heard.awaitLast(List.of(wanted).toString(), hosts -> Set.copyOf(hosts).equals(Set.of(wanted)));
    }
}
