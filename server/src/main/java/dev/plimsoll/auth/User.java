package dev.plimsoll.auth;

import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * Somebody who may log in.
 *
 * @param passwordHash bcrypt's text form
 * @param fingerprint of that hash; a token carries it, and is worthless when it is no longer this one
 * @param life which of those who had this name, one after the other, since this process began
 */
record User(String name, String passwordHash, String fingerprint, Set<String> roles, long life) {
    User {
        roles = Collections.unmodifiableSet(new TreeSet<>(roles));
    }

    /** The same with other roles. */
    User with(Set<String> others) {
        return new User(name, passwordHash, fingerprint, others, life);
    }

    boolean isAdmin() {
        return roles.contains(Users.ADMIN);
    }

    @Override
    public String toString() {
        return name + roles; // a hash is for no log
    }
}
