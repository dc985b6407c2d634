package dev.plimsoll.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.openjdk.jol.info.GraphLayout;

class ListeningConfigsTest {
    @Test
    void spellings_of_the_public_tenant_are_charged_no_less_than_they_measure() {
        for (int count : new int[] {1, 2, 3, 50}) {
            var records = new StringBuilder();
            for (int i = 0; i < count; i++) {
                records.append("data-").append(i).append("\2group\2\2public\1");
            }
            var asked = ListeningConfigs.parse(URLEncoder.encode(records.toString(), StandardCharsets.UTF_8));
            var kept = new ListeningConfigs(List.of(), asked.spelled());
            long nothing = GraphLayout.parseInstance(new ListeningConfigs(List.of(), Map.of()))
                    .totalSize();
            long measured = GraphLayout.parseInstance(kept).totalSize() - nothing;
            assertThat(kept.spelledBytes()).as("%d spellings", count).isBetween(measured, 3 * measured + 200);
        }
    }
}
