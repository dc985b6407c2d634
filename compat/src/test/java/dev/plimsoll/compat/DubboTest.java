package dev.plimsoll.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.compat.sdk.Host;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** Dubbo's Nacos registry: a provider and a consumer that know nothing of each other but the registry's address. */
@EveryJava
class DubboTest {

    private static final String GROUP = "DEFAULT_GROUP";

    @Parameter
    EveryJava.Jdk jdk;

    @Test
    void a_consumer_finds_its_provider_and_calls_it_and_old_and_new_clients_see_it() {
        String suffix = jdk.home().getFileName().toString();
        String providerName = ClientRun.unique("dubbo-provider");
        String service = "providers:dev.plimsoll.compat.dubbo.Greeter::";
        Heard<List<Host>> byDatagram = new Heard<>();
        Heard<List<Host>> byConnection = new Heard<>();
        run(ClientVersion.V1_4_8).observer().subscribe(service, GROUP, List.of(), byDatagram);
        run(ClientVersion.V3_2_1).observer().subscribe(providerName, GROUP, List.of(), byConnection);

        try (AppProcess consumer = dubbo("Consumer", ClientRun.unique("dubbo-consumer"), suffix);
                AppProcess provider = dubbo("Provider", providerName, suffix)) {
            consumer.awaitLine("ready");
            provider.awaitLine("ready");
            byDatagram.awaitLast("the interface's provider", hosts -> hosts.size() == 1);
            byConnection.awaitLast("the provider's application", hosts -> hosts.size() == 1);

            awaitAnswer(consumer, "hello ship, by " + providerName);

            provider.stop();
            byDatagram.awaitLast("no provider", List::isEmpty);
            byConnection.awaitLast("no application", List::isEmpty);
            consumer.tell("nobody");
            assertThat(consumer.awaitLine("(no answer|answer): .*").group(1)).isEqualTo("no answer");
        }
    }

    /** The consumer may have started first: it is told of the provider, but not at once. */
    private static void awaitAnswer(AppProcess consumer, String wanted) {
        await().untilAsserted(() -> {
            consumer.tell("ship");
            assertThat(consumer.awaitLine("(?:no answer|answer): (.*)").group(1))
                    .isEqualTo(wanted);
        });
    }

    private AppProcess dubbo(String main, String name, String suffix) {
        return AppProcess.java(
                name + "-" + suffix,
                "dubbo",
                "dev.plimsoll.compat.dubbo." + main,
                List.of(name, jdk.shared().address()));
    }

    private ClientRun run(ClientVersion version) {
        return jdk.servers().run(jdk.home(), version);
    }
}
