package dev.plimsoll.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.Parameter;

/** How soon the others hear of a client that is gone. */
@Isolated("it measures time")
@EveryJava
class DisconnectTest {

    @Parameter
    EveryJava.Jdk jdk;

    @Test
    void subscribers_hear_within_a_second_that_a_client_is_gone() {
        List<Duration> times = new ArrayList<>();
        try (RawClient subscriber = RawClient.connected(jdk.shared())) {
            for (int i = 0; i < 5; i++) {
                String service = ClientRun.unique("leaving");
                subscriber.subscribe(service, "");
                RawClient leaving = RawClient.connected(jdk.shared());
                leaving.register(service, "10.1.2.3", 80);
                subscriber.nextState(service, 1);

                long start = System.nanoTime();
                leaving.close();
                subscriber.nextState(service, 0);
                times.add(Duration.ofNanos(System.nanoTime() - start));
            }
        }
        assertThat(times).allSatisfy(time -> assertThat(time).isLessThan(Duration.ofSeconds(1)));
    }
}
