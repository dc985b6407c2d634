package dev.plimsoll.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.refusal.InvalidRequest;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RefusedAddressesTest {
    private static final RefusedAddresses SOME =
            RefusedAddresses.of(List.of("169.254.0.0/16", "fe80::/10", "100.100.100.200", "10.0.0.128/25", "loopback"));

    @ParameterizedTest
    @CsvSource({
        "169.254.169.254, true",
        "169.255.0.1, false",
        "168.254.0.1, false",
        "fe80::1, true",
        "febf::1, true",
        "fec0::1, false",
        "100.100.100.200, true",
        "100.100.100.201, false",
        "10.0.0.128, true",
        "10.0.0.127, false",
        "127.0.0.1, true",
        "127.8.9.10, true",
        "::1, true",
        "0.0.0.0, true",
        "::, true",
        "224.0.0.1, true",
        "192.168.1.1, false",
        "2001:db8::1, false",
    })
    void an_address_is_refused_when_it_is_in_a_range(String address, boolean refused) throws Exception {
        assertThat(SOME.contains(InetAddress.getByName(address))).isEqualTo(refused);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "::ffff:169.254.169.254",
                "::169.254.169.254",
                "64:ff9b::a9fe:a9fe",
                "2002:a9fe:a9fe::1",
                "64:ff9b::7f00:1"
            })
    void an_address_in_another_s_clothes_is_known(String address) throws Exception {
        assertThat(SOME.contains(InetAddress.getByName(address))).isTrue();
    }

    @Test
    void loopback_is_left_to_a_server_that_only_this_machine_reaches() throws Exception {
        assertThat(SOME.withoutLoopback().contains(InetAddress.getLoopbackAddress()))
                .isFalse();
        assertThat(SOME.withoutLoopback().contains(InetAddress.getByName("169.254.169.254")))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost", "169.254.0.0/33", "fe80::/129", "10.0.0.0/", "10.0.0.0/x", "10.0.0", "1/2/3", "-"})
    void a_word_that_is_no_address_is_refused(String word) {
        assertThatThrownBy(() -> RefusedAddresses.of(List.of(word)))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining("'" + word + "'");
    }
}
