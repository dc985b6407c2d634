package dev.plimsoll.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.MemoryBudget;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class ConnectionsTest {
    private static final int UNLIMITED = 1_000_000;

    @Test
    void memory_that_one_address_has_filled_leaves_room_for_a_few_of_others_and_for_calls() throws Exception {
        Account account = new MemoryBudget(1 << 20, 0).heap("connections", 1);
        var connections = new Connections(account, UNLIMITED, UNLIMITED);
        InetAddress flood = address(1);
        assertThat(letIn(connections, flood)).isGreaterThan(300);
        assertThat(connections.kept(flood)).isGreaterThan(Connections.keptForCalls(account));

        InetAddress operator = address(2);
        assertThat(letIn(connections, operator)).isEqualTo(Connections.FEW);
        assertThat(letIn(connections, address(3))).isEqualTo(Connections.FEW);
        for (int i = 4; i < 100; i++) {
            letIn(connections, address(i));
        }
        assertThat(account.available())
                .as("kept for calls, whoever comes")
                .isBetween(
                        Connections.keptForCalls(account),
                        Connections.keptForCalls(account) + NetAccounts.CONNECTION_BYTES);
    }

    @Test
    void places_that_one_address_has_filled_leave_some_for_others() throws Exception {
        Account account = new MemoryBudget(64 << 20, 0).heap("connections", 1);
        var connections = new Connections(account, 640, UNLIMITED);
        assertThat(letIn(connections, address(1))).isEqualTo(630);
        assertThat(letIn(connections, address(2))).isEqualTo(Connections.FEW);
        assertThat(letIn(connections, address(3))).isEqualTo(Connections.FEW);
        assertThat(letIn(connections, address(4))).as("there are no more").isEqualTo(2);
        connections.leave(address(1));
        assertThat(letIn(connections, address(1))).isZero();
        assertThat(letIn(connections, address(5))).isEqualTo(1);
    }

    private static int letIn(Connections connections, InetAddress address) {
        int in = 0;
        while (connections.tryEnter(address) == null) {
            in++;
        }
        return in;
    }

    private static InetAddress address(int number) throws UnknownHostException {
        return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) number});
    }
}
