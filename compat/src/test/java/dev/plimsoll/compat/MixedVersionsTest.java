package dev.plimsoll.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.compat.sdk.Host;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every client version beside every other: what one publishes, the other hears. Both directions, since all pairs are run. */
@EveryClient
class MixedVersionsTest {

    private static final String GROUP = "DEFAULT_GROUP";

    @Parameter
    ClientRun run;

    @ParameterizedTest(name = "publisher {0}")
    @EnumSource
    void instances_of_another_version_are_heard(ClientVersion otherVersion) {
        ClientRun other = run.servers().run(run.javaHome(), otherVersion);
        String service = ClientRun.unique("mixed");
        Host host = Host.of("10.1.2.3", 8080).withWeight(2).withMetadata(Map.of("by", otherVersion.version()));
        Heard<List<Host>> heard = new Heard<>();
        run.observer().subscribe(service, GROUP, List.of(), heard);
        other.publisher().register(service, GROUP, host);
        heard.awaitLast("registered", List.of(host)::equals);

        other.publisher().deregister(service, GROUP, host);
        heard.awaitLast("deregistered", List::isEmpty);
    }

    @ParameterizedTest(name = "publisher {0}")
    @EnumSource
    void configs_of_another_version_are_heard(ClientVersion otherVersion) {
        ClientRun other = run.servers().run(run.javaHome(), otherVersion);
        String dataId = ClientRun.unique("mixed");
        Heard<String> heard = new Heard<>();
        run.listener().listen(dataId, GROUP, heard);
        assertThat(other.writer().publish(dataId, GROUP, "by " + otherVersion)).isTrue();
        heard.awaitLast("published", ("by " + otherVersion)::equals);
        assertThat(run.reader().get(dataId, GROUP)).isEqualTo("by " + otherVersion);
    }
}
