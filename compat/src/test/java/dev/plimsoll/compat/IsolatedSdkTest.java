package dev.plimsoll.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Without this, five green runs could be five runs of one client. */
class IsolatedSdkTest {

    @ParameterizedTest
    @EnumSource
    void each_version_is_really_that_version(ClientVersion version) {
        assertThat(ClientRun.sdk(version).reportedVersion()).isEqualTo(version.version());
    }

    @Test
    void no_two_versions_share_a_class_path_and_the_tests_have_no_client_of_their_own() {
        Set<String> reported = new HashSet<>();
        for (ClientVersion version : ClientVersion.values()) {
            reported.add(ClientRun.sdk(version).reportedVersion());
        }
        assertThat(reported).hasSameSizeAs(ClientVersion.values());
        assertThat(getClass().getClassLoader().getResource("com/alibaba/nacos/common/utils/VersionUtils.class"))
                .isNull();
    }
}
