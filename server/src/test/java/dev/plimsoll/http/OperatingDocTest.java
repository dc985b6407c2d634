package dev.plimsoll.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.config.Catalog;
import dev.plimsoll.config.Configs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The bounds that docs/OPERATING.md tells of are those of the code. */
class OperatingDocTest {
    @Test
    void bounds_of_searches_and_archives_are_those_of_the_code() throws IOException {
        assertThat(Files.readString(Path.of("../docs/OPERATING.md")))
                .contains("| " + number(Catalog.MAX_PAGE) + "; " + number(Catalog.MAX_IDS) + " |")
                .contains("in one answer | " + number(Configs.MAX_LISTED) + ";")
                .contains("| " + (ZipExport.MAX_BYTES >> 20) + " MiB, " + number(ZipImport.MAX_ENTRIES) + " entries, "
                        + (ZipImport.MAX_METADATA >> 20) + " MiB of metadata;")
                .contains("| " + (ZipImport.MAX_INFLATED >> 20) + " MiB, and " + ZipImport.MAX_RATIO
                        + " times its own size once that is more than " + (ZipImport.SMALL >> 20) + " MiB |");
    }

    private static String number(int number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
