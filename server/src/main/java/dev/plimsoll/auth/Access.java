package dev.plimsoll.auth;

import dev.plimsoll.refusal.Forbidden;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The one gate: whatever a client asks of services, configurations and users has passed here. Any thread. */
public final class Access {
    private final boolean on;
    private final Users users;
    private final Tokens tokens;

    Access(boolean on, Users users, Tokens tokens) {
        this.on = on;
        this.users = users;
        this.tokens = tokens;
    }

    /** Whether callers must prove who they are. */
    public boolean on() {
        return on;
    }

    /**
     * Who sent this token.
     *
     * @param token null or blank when none came
     * @throws Forbidden when it proves nobody
     */
    public Identity identify(@Nullable String token) {
        if (!on) {
            return Identity.ANYBODY;
        }
        if (token == null || token.isBlank()) {
            throw new Forbidden("user not found!");
        }
        return new Identity(user(tokens.verify(token.trim())).name());
    }

    /** @throws Forbidden when the caller may not do this */
    public void check(Identity identity, Action action, Resource resource) {
        if (on && !users.permits(known(identity), action, resource)) {
            throw denied();
        }
    }

    /** @throws Forbidden when there can be nothing in the namespace to which the caller may do this */
    public void checkIn(Identity identity, Action action, String namespace) {
        if (on && !users.actsIn(known(identity), action, namespace)) {
            throw denied();
        }
    }

    /** @throws Forbidden when the caller may not do everything */
    public void checkAdmin(Identity identity) {
        if (on && !known(identity).isAdmin()) {
            throw denied();
        }
    }

    /** What of a list the caller may know of. */
    public Predicate<Resource> readable(Identity identity) {
        if (!on) {
            return resource -> true;
        }
        User user = known(identity);
        return resource -> users.permits(user, Action.READ, resource);
    }

    /**
     * What the caller may read at the moment it is asked, for those who are told of something long after they asked for it:
     * nothing any more once the user is gone, even when another has come by that name.
     */
    public Predicate<Resource> readingFromNowOn(Identity identity) {
        if (!on) {
            return resource -> true;
        }
        String name = identity.user();
        long life = known(identity).life();
        return resource -> {
            User now = users.find(name);
            return now != null && now.life() == life && users.permits(now, Action.READ, resource);
        };
    }

    /** The namespaces in which the caller may read anything at all: it may know of these. */
    public Predicate<String> namespaces(Identity identity) {
        if (!on) {
            return namespace -> true;
        }
        User user = known(identity);
        return namespace -> users.actsIn(user, Action.READ, namespace);
    }

    /** The caller may do everything, so that nothing is to be filtered. */
    public boolean isUnlimited(Identity identity) {
        return !on || known(identity).isAdmin();
    }

    /** A token of a user who is gone, or of before the last change of password, is worth nothing. */
    private User user(Tokens.Claims claims) {
        User user = users.find(claims.user());
        if (user == null || !user.fingerprint().equals(claims.fingerprint())) {
            throw new Forbidden("token invalid!");
        }
        return user;
    }

    private User known(Identity identity) {
        User user = users.find(identity.user());
        if (user == null) {
            throw denied();
        }
        return user;
    }

    private static Forbidden denied() {
        return new Forbidden("authorization failed!");
    }
}
