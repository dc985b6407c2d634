package dev.plimsoll.auth;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Objects;

/**
 * What the gate costs a call whose token is known already, and one whose token is not: run it by hand,
 * {@code TokenLoad}. Times are the thread's processor time. The user has five permissions, of which the last
 * one fits.
 */
public final class TokenLoad {
    private static final int PERMISSIONS = 5; // as many as the fixture has room for
    private static final int CALLS = 2_000_000;
    private static final int ROUNDS = 5;

    private TokenLoad() {}

    public static void main(String[] arguments) {
        var auth = new AuthFixture().with(AuthFixture.ALICE, AuthFixture.WONDER);
        auth.done(auth.users.giveRole("readers", AuthFixture.ALICE));
        for (int i = 1; i <= PERMISSIONS; i++) {
            auth.done(auth.users.permit("readers", "dev" + i + ":G*:config/*", "r"));
        }
        String token = auth.tokens
                .issue(Objects.requireNonNull(auth.users.find(AuthFixture.ALICE)))
                .token();
        Resource touched = Resource.config("dev" + PERMISSIONS, "GROUP", "application.yml");
        for (int round = 1; round <= ROUNDS; round++) {
            long before = cpuNanos();
            for (int i = 0; i < CALLS; i++) {
                Identity caller = auth.access.identify(token);
                auth.access.check(caller, Action.READ, touched);
            }
            long known = cpuNanos() - before;
            System.out.printf("known token, permission checked: %.3f us a call%n", known / 1e3 / CALLS);
        }
        // Tokens that remembers none reads each anew.
        var forgetful = new Tokens(List.of(AuthFixture.KEY), auth.settings.tokenLife(), auth.clock, bound -> 0, 0);
        for (int round = 1; round <= ROUNDS; round++) {
            long before = cpuNanos();
            for (int i = 0; i < CALLS / 10; i++) {
                forgetful.verify(token);
            }
            System.out.printf(
                    "token seen for the first time: %.3f us a call%n", (cpuNanos() - before) / 1e3 / (CALLS / 10));
        }
    }

    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
