package dev.plimsoll.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.Parameter;

@Isolated("the clients give a publication three seconds, which others would take away from it on two cores")
@EveryClient
class LargeContentTest {

    private static final String GROUP = "DEFAULT_GROUP";

    @Parameter
    ClientRun run;

    @Test
    void a_hundred_kilobytes_come_back_byte_for_byte() {
        assertRoundTrip(ClientRun.unique("large"), content(100 * 1024));
    }

    @Test
    void five_megabytes_come_back_byte_for_byte() {
        String dataId = ClientRun.unique("huge");
        assertRoundTrip(dataId, content(5 * 1024 * 1024));
        assertThat(run.writer().remove(dataId, GROUP)).isTrue();
    }

    private void assertRoundTrip(String dataId, String content) {
        assertThat(run.writer().publish(dataId, GROUP, content)).isTrue();
        String read = run.reader().get(dataId, GROUP);
        assertThat(read).isNotNull();
        // Not compared by the assertion itself: it would print both.
        assertThat(read.equals(content))
                .as("%d of %d characters came back", read.length(), content.length())
                .isTrue();
    }

    /** Letters, line ends and some characters of two and three bytes, so that cuts and re-codings show. */
    private static String content(int bytes) {
        Random random = new Random(bytes);
        StringBuilder text = new StringBuilder(bytes);
        int used = 0;
        while (used < bytes - 3) {
            int draw = random.nextInt(100);
            if (draw == 0) {
                text.append('\u6f22');
                used += 3;
            } else if (draw == 1) {
                text.append('\u00e9');
                used += 2;
            } else {
                text.append(draw == 2 ? '\n' : (char) ('!' + random.nextInt(94)));
                used++;
            }
        }
        return text.toString();
    }
}
