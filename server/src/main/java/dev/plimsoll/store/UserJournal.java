package dev.plimsoll.store;

import dev.plimsoll.refusal.OverBudget;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** The part of durable storage that keeps users, their roles, and what these permit. */
public interface UserJournal {
    /**
     * As {@link Journal#append}.
     *
     * @throws OverBudget when the writes already waiting hold all the bytes their account may hold
     */
    CompletionStage<Void> append(Write write);

    /** Every user. For the start; blocks. */
    void eachUser(Consumer<StoredUser> visitor);

    /** Every user's every role. For the start; blocks. */
    void eachRole(Consumer<StoredRole> visitor);

    /** Every permission. For the start; blocks. */
    void eachPermission(Consumer<StoredPermission> visitor);

    /** @param passwordHash bcrypt's text form */
    record StoredUser(String name, String passwordHash) {
        @Override
        public String toString() {
            return "StoredUser[" + name + "]"; // a hash is for no log
        }
    }

    record StoredRole(String role, String user) {}

    record StoredPermission(String role, String resource, String action) {}
}
