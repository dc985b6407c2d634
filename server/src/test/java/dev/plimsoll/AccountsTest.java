package dev.plimsoll;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.config.Caller;
import dev.plimsoll.config.ConfigAccounts;
import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.config.ConfigSettings;
import dev.plimsoll.config.Configs;
import dev.plimsoll.config.Watch;
import dev.plimsoll.loop.ManualLoop;
import dev.plimsoll.net.NetAccounts;
import dev.plimsoll.registry.Instance;
import dev.plimsoll.registry.OwnerId;
import dev.plimsoll.registry.Registry;
import dev.plimsoll.registry.RegistryCommand;
import dev.plimsoll.registry.RegistrySettings;
import dev.plimsoll.registry.ServiceKey;
import dev.plimsoll.session.LongPolls;
import dev.plimsoll.store.MemoryJournal;
import dev.plimsoll.vitals.Account;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The division of lines of every size the launcher splits. */
class AccountsTest {
    /** As {@code split_memory} of the launcher does it. */
    private static MemoryLine split(long total) {
        long rest = total < 256 * Bytes.MIB
                ? 155 * Bytes.MIB - total / 4
                : total <= 1536 * Bytes.MIB ? 83 * Bytes.MIB + total / 32 : 96 * Bytes.MIB + total / 12;
        long heap = (total - rest) * 8 / 11 / (2 * Bytes.MIB) * 2 * Bytes.MIB;
        return new MemoryLine(total, heap, heap * 3 / 8);
    }

    @ParameterizedTest
    @ValueSource(ints = {192, 200, 224, 256, 320, 512, 1024, 1536, 2048, 4096, 8192})
    void every_line_from_the_smallest_on_has_room_for_what_it_promises(int mib) {
        MemoryLine line = split(mib * Bytes.MIB);
        Accounts accounts = Accounts.of(line);
        assertThat(accounts.budget().heapAccounts().stream()
                        .mapToLong(Account::share)
                        .sum())
                .isLessThan(line.heap() - 10 * Bytes.MIB);
        assertThat(accounts.budget().directAccounts().stream()
                        .mapToLong(Account::share)
                        .sum())
                .isLessThanOrEqualTo(line.direct());
        assertThat(accounts.maxContentBytes()).as("largest config").isGreaterThanOrEqualTo((int)
                ((mib < 256 ? 2 : 10) * Bytes.MIB));
        // In pieces it waits in inbound, and whole it leaves by outbound.
        assertThat(accounts.inbound().limit()).isGreaterThan(accounts.maxContentBytes());
        assertThat(accounts.outbound().limit() * 3 / 4).isGreaterThan(accounts.maxContentBytes());
        assertThat(accounts.maxRequestBytes())
                .as("room for one to be decoded")
                .isGreaterThan(4L * accounts.maxContentBytes())
                .isLessThan(line.heap() / 2);
        new Configs(
                new ManualLoop(),
                new MemoryJournal(),
                Runnable::run,
                new ConfigAccounts(accounts.configIndex(), accounts.configContents(), accounts.listeners()),
                new ConfigSettings(accounts.maxContentBytes(), 1),
                (key, watchers) -> {});
    }

    /** As Spring Cloud registers them, each over a connection of its own, twenty to a service. */
    @Test
    void the_default_line_holds_forty_five_thousand_typical_instances() {
        Accounts accounts = Accounts.of(split(256 * Bytes.MIB));
        var loop = new ManualLoop();
        var registry = new Registry(
                loop,
                new MemoryJournal(),
                accounts.registry(),
                accounts.watches(),
                RegistrySettings.DEFAULT,
                (source, snapshot) -> {});
        int held = 0;
        while (accounts.registry().refused() == 0) {
            String ip = "10.20." + (held / 250) % 250 + "." + (1 + held % 250);
            var instance = new Instance(
                    ip,
                    8080,
                    1,
                    true,
                    true,
                    "",
                    "",
                    Map.of("preserved.register.source", "SPRING_CLOUD", "version", "1.4.2", "zone", "eu-west-1a"));
            registry.submit(new RegistryCommand.Register(
                    OwnerId.connection("1764142800000_" + ip + "_51234"),
                    new ServiceKey("public", "", "shop-orders-" + held / 20),
                    List.of(instance)));
            loop.runAll();
            held++;
        }
        assertThat(registry.instanceCount()).isEqualTo(held - 1).isGreaterThan(45_000);
    }

    @Test
    void the_default_line_holds_twenty_thousand_polls_each_over_a_connection_of_its_own() {
        Accounts accounts = Accounts.of(split(256 * Bytes.MIB));
        var loop = new ManualLoop();
        var configs = new Configs(
                loop,
                new MemoryJournal(),
                Runnable::run,
                new ConfigAccounts(accounts.configIndex(), accounts.configContents(), accounts.listeners()),
                ConfigSettings.DEFAULT,
                (key, watchers) -> {});
        var polls = new LongPolls(loop, configs, accounts.listeners(), new SplittableRandom(1));
        for (int i = 0; i < 20_000; i++) {
            accounts.connections().reserve(NetAccounts.CONNECTION_BYTES);
            var key = ConfigKey.of("", "DEFAULT_GROUP", "a-usual-name-" + i / 20);
            polls.hold(
                    Caller.ANYBODY,
                    List.of(new Watch(key, "")),
                    Duration.ofSeconds(30),
                    0,
                    (changed, refused) -> assertThat(refused).isNull());
        }
        loop.runAll();
        assertThat(polls.waiting()).isEqualTo(20_000);
        assertThat(accounts.connections().available())
                .as("room for their calls")
                .isGreaterThan(2 * Bytes.MIB);
    }
}
