package dev.plimsoll.registry;

import static dev.plimsoll.registry.TestObjects.HOST_1;
import static dev.plimsoll.registry.TestObjects.HOST_2;
import static dev.plimsoll.registry.TestObjects.HOST_3;
import static dev.plimsoll.registry.TestObjects.ORDERS;
import static dev.plimsoll.registry.TestObjects.OWNER_1;
import static dev.plimsoll.registry.TestObjects.OWNER_2;
import static dev.plimsoll.registry.TestObjects.PAYMENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.OverBudget;
import dev.plimsoll.registry.RegistryCommand.Register;
import dev.plimsoll.registry.RegistryCommand.RegisterPersistent;
import dev.plimsoll.vitals.Crowd;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RegistryBoundsTest {
    private static final RegistrySettings NARROW =
            new RegistrySettings(64, 3, 2, 4, Long.MAX_VALUE, Duration.ofSeconds(60));

    private final RegistryFixture fixture = new RegistryFixture(NARROW);
    private final Watcher watcher = new Watcher() {};

    private static ServiceKey service(int number) {
        return new ServiceKey("public", "", "service-" + number);
    }

    private void assertNothingHeldAfter(OwnerId... owners) {
        for (OwnerId owner : owners) {
            fixture.disconnect(owner, watcher);
        }
        fixture.loop.advance(Duration.ofSeconds(61));
        assertThat(fixture.account.held()).isZero();
        assertThat(fixture.watchAccount.held()).isZero();
        assertThat(fixture.list(1, 10).count()).isZero();
    }

    @Test
    void owner_publishes_no_more_instances_than_its_bound() {
        fixture.register(OWNER_1, ORDERS, HOST_1, HOST_2);
        fixture.register(OWNER_1, PAYMENTS, HOST_1);
        fixture.assertRefused(new Register(OWNER_1, ORDERS, List.of(HOST_1, HOST_2, HOST_3)))
                .isInstanceOf(OverBudget.class)
                .hasMessageContaining("expected: at most 3");
        assertThat(fixture.instances(ORDERS)).containsExactly(HOST_1, HOST_2);
        fixture.register(OWNER_1, ORDERS, HOST_3);
        fixture.register(OWNER_1, PAYMENTS, HOST_1, HOST_2);
        assertNothingHeldAfter(OWNER_1);
    }

    @Test
    void service_has_no_more_instances_than_can_be_shown_to_a_client() {
        long each = HOST_1.stateBytes(ORDERS);
        var narrow = new RegistryFixture(RegistrySettings.DEFAULT.withMaxStateBytes(2 * each + each / 2));
        narrow.register(OWNER_1, ORDERS, HOST_1);
        narrow.register(OWNER_2, ORDERS, HOST_2);
        narrow.assertRefused(new Register(OWNER_2, ORDERS, List.of(HOST_2, HOST_3)))
                .isInstanceOf(OverBudget.class)
                .hasMessageContaining("bytes when they are shown to a client");
        assertThat(narrow.registry.crowds())
                .containsExactly(new Crowd("public DEFAULT_GROUP@@orders", 2 * each, 2 * each + each / 2, 1, 0));
        narrow.register(OWNER_2, ORDERS, HOST_3);
        assertThat(narrow.instances(ORDERS)).containsExactly(HOST_1, HOST_3);
        narrow.disconnect(OWNER_1, watcher);
        narrow.register(OWNER_2, ORDERS, HOST_2, HOST_3);
        assertThat(narrow.instances(ORDERS)).containsExactly(HOST_2, HOST_3);

        narrow.registerPersistent(PAYMENTS, HOST_1);
        narrow.registerPersistent(PAYMENTS, HOST_2);
        narrow.assertRefused(new RegisterPersistent(PAYMENTS, HOST_3)).isInstanceOf(OverBudget.class);
        assertThat(narrow.instances(PAYMENTS)).containsExactly(HOST_1, HOST_2);
    }

    @Test
    void service_that_is_nearly_too_large_is_known_as_long_as_it_is() {
        long each = HOST_1.stateBytes(ORDERS);
        var narrow = new RegistryFixture(RegistrySettings.DEFAULT.withMaxStateBytes(10 * each));
        for (int i = 0; i < 8; i++) {
            narrow.register(OwnerId.connection("c" + i), ORDERS, TestObjects.host("10.0.0." + i));
            assertThat(narrow.registry.crowds()).isEmpty();
        }
        narrow.register(OWNER_1, ORDERS, HOST_1);
        assertThat(narrow.registry.crowds()).hasSize(1);
        narrow.register(OWNER_2, PAYMENTS, HOST_1);
        narrow.assertRefused(new RegisterPersistent(
                new ServiceKey("public", "", "wide"), TestObjects.with(HOST_1, Map.of("k", "v".repeat(8_000)))));
        assertThat(narrow.registry.crowds()).hasSize(2);
        narrow.loop.advance(Crowding.LATELY);
        assertThat(narrow.registry.crowds()).extracting(Crowd::service).containsExactly("public DEFAULT_GROUP@@orders");
        narrow.disconnect(OWNER_1, watcher);
        narrow.disconnect(OwnerId.connection("c0"), watcher);
        narrow.disconnect(OwnerId.connection("c1"), watcher);
        assertThat(narrow.registry.crowds()).isEmpty();
    }

    @Test
    void few_crowded_services_are_known_however_many_there_are() {
        long each = HOST_1.stateBytes(ORDERS);
        var narrow = new RegistryFixture(RegistrySettings.DEFAULT.withMaxStateBytes(each / 2));
        for (int i = 0; i < 100; i++) {
            narrow.loop.advance(Duration.ofSeconds(1));
            narrow.assertRefused(new Register(OWNER_1, service(i), List.of(HOST_1)))
                    .isInstanceOf(OverBudget.class);
        }
        assertThat(narrow.registry.crowds())
                .extracting(Crowd::service)
                .hasSize(Crowding.MAX)
                .contains("public DEFAULT_GROUP@@service-99")
                .doesNotContain("public DEFAULT_GROUP@@service-91");
        assertThat(narrow.account.held()).isZero();
    }

    @Test
    void what_is_laid_over_instances_leaves_the_service_small_enough_to_be_shown() {
        long each = HOST_1.stateBytes(ORDERS);
        var narrow = new RegistryFixture(RegistrySettings.DEFAULT.withMaxStateBytes(2 * each));
        narrow.register(OWNER_1, ORDERS, HOST_1);
        var address = Address.of(HOST_1);
        assertThatThrownBy(() -> narrow.submit(
                        new OverlayChange.PutMetadata(ORDERS, List.of(address), Map.of("k", "v".repeat(4_000)))))
                .isInstanceOf(OverBudget.class)
                .hasMessageContaining("bytes when they are shown to a client");
        assertThat(narrow.instances(ORDERS)).containsExactly(HOST_1);
        narrow.submit(new OverlayChange.PutMetadata(ORDERS, List.of(address), Map.of("k", "v")));
        assertThat(narrow.instances(ORDERS).get(0).metadata()).containsEntry("k", "v");
        narrow.assertRefused(new Register(OWNER_1, ORDERS, List.of(HOST_1, HOST_2)))
                .isInstanceOf(OverBudget.class);
        narrow.submit(new OverlayChange.RemoveMetadata(ORDERS, List.of(address), Set.of("k")));
        narrow.register(OWNER_1, ORDERS, HOST_1, HOST_2);
        assertThat(narrow.instances(ORDERS)).hasSize(2);
    }

    @Test
    void empty_publications_count_too() {
        for (int i = 0; i < 3; i++) {
            fixture.register(OWNER_1, service(i));
        }
        fixture.assertRefused(new Register(OWNER_1, service(3), List.of())).isInstanceOf(OverBudget.class);
        assertThat(fixture.list(1, 10).count()).isEqualTo(3);
        assertNothingHeldAfter(OWNER_1);
    }

    @Test
    void namespace_holds_no_more_services_than_its_bound() {
        fixture.register(OWNER_1, service(0), HOST_1);
        fixture.register(OWNER_1, service(1), HOST_1);
        fixture.register(OWNER_2, service(2), HOST_1);
        fixture.register(OWNER_2, service(3), HOST_1);
        for (int i = 4; i < 100; i++) {
            fixture.assertRefused(new Register(OWNER_2, service(i), List.of(HOST_1)))
                    .isInstanceOf(OverBudget.class);
            fixture.assertRefused(new RegisterPersistent(service(i), HOST_1)).isInstanceOf(OverBudget.class);
            fixture.assertRefused(RegistryFixture.create(service(i), true, TestObjects.HALF))
                    .isInstanceOf(OverBudget.class);
        }
        fixture.register(OWNER_1, new ServiceKey("other", "", "service"), HOST_1);
        assertNothingHeldAfter(OWNER_1, OWNER_2);
    }

    @Test
    void watcher_watches_no_more_services_than_its_bound() {
        fixture.watch(watcher, service(0), "");
        fixture.watch(watcher, service(1), "");
        long held = fixture.watchAccount.held();
        for (int i = 2; i < 100; i++) {
            ServiceKey service = service(i);
            assertThatThrownBy(() -> fixture.watch(watcher, service, "")).isInstanceOf(OverBudget.class);
        }
        assertThat(fixture.watchAccount.held()).isEqualTo(held);
        fixture.get(fixture.registry.unwatch(watcher, service(0)));
        fixture.watch(watcher, service(2), "");
        assertNothingHeldAfter(OWNER_1);
    }

    @Test
    void watcher_has_no_more_views_of_a_service_than_its_bound() {
        for (int i = 0; i < 8; i++) {
            fixture.watch(watcher, ORDERS, "C" + i);
        }
        assertThatThrownBy(() -> fixture.watch(watcher, ORDERS, "C8"))
                .isInstanceOf(OverBudget.class)
                .hasMessageContaining("expected: fewer than 9");
        fixture.watch(watcher, ORDERS, "C3");
        assertThat(fixture.registry.watchers(ORDERS).get(watcher)).hasSize(8);
        assertThatThrownBy(() -> fixture.watch(watcher, PAYMENTS, "C".repeat(1_025)))
                .isInstanceOf(InvalidRequest.class);
        assertNothingHeldAfter(OWNER_1);
    }

    @Test
    void metadata_is_no_longer_than_its_bound() {
        Instance just = TestObjects.with(HOST_1, Map.of("k".repeat(32), "v".repeat(32)));
        Instance over = TestObjects.with(HOST_1, Map.of("k".repeat(32), "v".repeat(33)));
        fixture.register(OWNER_1, ORDERS, just);
        String text = "Param 'Metadata' is illegal, the param length should not exceed 64.";
        fixture.assertRefused(new Register(OWNER_1, ORDERS, List.of(over)))
                .isInstanceOf(InvalidRequest.class)
                .hasMessage(text);
        fixture.assertRefused(new RegisterPersistent(PAYMENTS, over)).hasMessage(text);
        fixture.assertRefused(RegistryFixture.create(PAYMENTS, true, new ServiceProperties(0, over.metadata())))
                .hasMessage(text);
        assertThat(fixture.instances(ORDERS)).containsExactly(just);
        assertNothingHeldAfter(OWNER_1);
    }

    @Test
    void full_account_refuses_more_and_keeps_what_it_has() {
        var small = new RegistryFixture(RegistrySettings.DEFAULT, new ServiceJournal(), 20_000);
        int accepted = 0;
        for (int i = 0; i < 100; i++) {
            try {
                small.register(OwnerId.connection("c" + i), ORDERS, TestObjects.host("10.0.0." + i));
                accepted++;
            } catch (OverBudget e) {
                assertThat(e).hasMessageContaining("registry");
            }
        }
        assertThat(accepted).isBetween(10, 99);
        assertThat(small.instances(ORDERS)).hasSize(accepted);
        small.assertRefused(new RegisterPersistent(PAYMENTS, HOST_1)).isInstanceOf(OverBudget.class);
        small.assertRefused(RegistryFixture.create(PAYMENTS, true, TestObjects.HALF))
                .isInstanceOf(OverBudget.class);
        small.register(OwnerId.connection("c0"), ORDERS, TestObjects.host("10.0.0.0"));
        small.register(OwnerId.connection("c1"), ORDERS, TestObjects.host("10.9.0.1"));
        assertThat(small.instances(ORDERS)).hasSize(accepted).contains(TestObjects.host("10.9.0.1"));
        for (int i = 0; i < 100; i++) {
            small.disconnect(OwnerId.connection("c" + i), watcher);
        }
        small.loop.advance(Duration.ofSeconds(61));
        assertThat(small.account.held()).isZero();
    }

    @Test
    void full_watch_account_refuses_more() {
        var small = new RegistryFixture(RegistrySettings.DEFAULT, new ServiceJournal(), 20_000);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 100; i++) {
                        small.watch(watcher, service(i), "");
                    }
                })
                .isInstanceOf(OverBudget.class)
                .hasMessageContaining("watches");
        small.disconnect(OWNER_1, watcher);
        assertThat(small.watchAccount.held()).isZero();
    }
}
