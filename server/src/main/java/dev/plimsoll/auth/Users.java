package dev.plimsoll.auth;

import dev.plimsoll.loop.Loop;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.refusal.OverBudget;
import dev.plimsoll.store.UserJournal;
import dev.plimsoll.store.Write;
import dev.plimsoll.vitals.Account;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Users, their roles, and what these permit. Changed on {@code loop} only, one change after the other: the next begins when
 * the last is on disk and applied. Any thread reads.
 */
public final class Users {
    /** Permits everything; given to the first user and to nobody by this interface, as in the reference. */
    public static final String ADMIN = "ROLE_ADMIN";

    private static final Logger LOG = LoggerFactory.getLogger(Users.class);

    /** Changes waiting; they come from people. */
    private static final int MAX_WAITING = 256;

    private static final int MAX_ROLES_PER_USER = 64;
    private static final int MAX_PERMISSIONS_PER_ROLE = 256;

    /** Beside texts: the record, its set, map nodes, strings. */
    private static final long USER_BYTES = 640;

    private static final long ROLE_BYTES = 160;
    private static final long PERMISSION_BYTES = 480;

    private final Loop loop;
    private final UserJournal journal;
    private final Hashing hashing;
    private final Account account;
    private final AuthSettings settings;
    private final UnaryOperator<String> fingerprint;
    private final NavigableMap<String, User> users = new ConcurrentSkipListMap<>(); // loop writes, all read
    private final NavigableMap<String, List<Permission>> permissions =
            new ConcurrentSkipListMap<>(); // the same; by role
    private CompletionStage<?> last = CompletableFuture.completedFuture(null); // loop
    private int waiting; // loop
    private long lives; // loop
    private int rolesGiven; // loop
    private int permissionsGiven; // loop

    /** A role that somebody has. */
    public record RoleOf(String role, String user) {}

    /** @param fingerprint of a password hash; tells nothing of it */
    Users(
            Loop loop,
            UserJournal journal,
            Hashing hashing,
            Account account,
            AuthSettings settings,
            UnaryOperator<String> fingerprint) {
        this.loop = loop;
        this.journal = journal;
        this.hashing = hashing;
        this.account = account;
        this.settings = settings;
        this.fingerprint = fingerprint;
    }

    /** Reads what is stored. Before anybody else uses this; blocks. */
    void load() {
        journal.eachUser(stored -> {
            account.reserve(USER_BYTES);
            putUser(stored.name(), stored.passwordHash());
        });
        journal.eachRole(stored -> {
            if (users.containsKey(stored.user())) {
                account.reserve(ROLE_BYTES);
                putRole(stored.role(), stored.user());
            } else {
                LOG.warn("role '{}' of '{}' left out: there is no such user", stored.role(), stored.user());
            }
        });
        journal.eachPermission(stored -> {
            try {
                var permission = new Permission(stored.role(), stored.resource(), stored.action());
                account.reserve(PERMISSION_BYTES);
                putPermission(permission);
            } catch (InvalidRequest e) {
                // An imported one may be of a form that means nothing here, and permits nothing.
                LOG.warn("permission left out: {}", e.reason());
            }
        });
    }

    boolean hasAdmin() {
        return users.values().stream().anyMatch(User::isAdmin);
    }

    @Nullable
    User find(String name) {
        return users.get(name);
    }

    boolean permits(User user, Action action, Resource resource) {
        return permits(user, permission -> permission.permits(action, resource));
    }

    /** Whether there may be anything in the namespace to which the user may do this. */
    boolean actsIn(User user, Action action, String namespace) {
        return permits(user, permission -> permission.permitsIn(action, namespace));
    }

    private boolean permits(User user, Predicate<Permission> wanted) {
        if (user.isAdmin()) {
            return true;
        }
        for (String role : user.roles()) {
            for (Permission permission : permissions.getOrDefault(role, List.of())) {
                if (wanted.test(permission)) {
                    return true;
                }
            }
        }
        return false;
    }

    public boolean isAdmin(String name) {
        User user = users.get(name);
        return user != null && user.isAdmin();
    }

    /** The names of all, in order. */
    public List<String> names() {
        return List.copyOf(users.keySet());
    }

    public List<RoleOf> roles() {
        var all = new ArrayList<RoleOf>();
        users.values().forEach(user -> user.roles().forEach(role -> all.add(new RoleOf(role, user.name()))));
        return all;
    }

    public List<Permission> permissions() {
        var all = new ArrayList<Permission>();
        permissions.values().forEach(all::addAll);
        return all;
    }

    public CompletionStage<Void> create(String name, String password) {
        Checks.name("username", name);
        Checks.newPassword(password);
        if (users.containsKey(name)) {
            throw exists(name);
        }
        return hashing.hash(password)
                .thenCompose(hash -> change(() -> {
                    if (users.containsKey(name)) {
                        throw exists(name);
                    }
                    if (users.size() >= settings.users()) {
                        throw new OverBudget("users: " + users.size() + " (expected: at most limit.users)");
                    }
                    return stored(USER_BYTES, new Write.PutUser(name, hash), () -> putUser(name, hash));
                }));
    }

    public CompletionStage<Void> setPassword(String name, String password) {
        Checks.newPassword(password);
        requireKnown(name);
        return hashing.hash(password)
                .thenCompose(hash -> change(() -> {
                    requireKnown(name);
                    return stored(0, new Write.PutUser(name, hash), () -> putUser(name, hash));
                }));
    }

    public CompletionStage<Void> delete(String name) {
        return change(() -> {
            User user = users.get(name);
            if (user == null) {
                return CompletableFuture.completedFuture(null);
            }
            if (user.isAdmin()) {
                throw new InvalidRequest("cannot delete admin: " + name);
            }
            return stored(0, new Write.DeleteUser(name), () -> {
                users.remove(name);
                rolesGiven -= user.roles().size();
                account.release(USER_BYTES + ROLE_BYTES * user.roles().size());
            });
        });
    }

    public CompletionStage<Void> giveRole(String role, String name) {
        Checks.name("role", role);
        if (role.equals(ADMIN)) {
            throw new InvalidRequest("role 'ROLE_ADMIN' is not permitted to create!");
        }
        return change(() -> {
            User user = users.get(name);
            if (user == null) {
                throw new InvalidRequest("user '" + Checks.echo(name) + "' not found!");
            }
            if (user.roles().contains(role)) {
                throw new InvalidRequest("user '" + name + "' already bound to the role '" + role + "'!");
            }
            if (user.roles().size() >= MAX_ROLES_PER_USER || rolesGiven >= settings.permissions()) {
                throw new OverBudget("roles: " + user.roles().size() + " of " + name + ", " + rolesGiven
                        + " in all (expected: fewer than " + MAX_ROLES_PER_USER + ", and than limit.permissions)");
            }
            return stored(ROLE_BYTES, new Write.PutRole(role, name), () -> putRole(role, name));
        });
    }

    /** With {@code name} "", takes the role from all, and what it permits is gone. */
    public CompletionStage<Void> takeRole(String role, String name) {
        if (role.equals(ADMIN)) {
            throw new InvalidRequest("role 'ROLE_ADMIN' is not permitted to delete!");
        }
        return change(() -> stored(0, new Write.DeleteRole(role, name), () -> {
            for (User user : List.copyOf(users.values())) {
                if (user.roles().contains(role) && (name.isEmpty() || name.equals(user.name()))) {
                    var fewer = new TreeSet<>(user.roles());
                    fewer.remove(role);
                    users.put(user.name(), user.with(fewer));
                    rolesGiven--;
                    account.release(ROLE_BYTES);
                }
            }
            if (name.isEmpty()) {
                List<Permission> gone = permissions.remove(role);
                int count = gone == null ? 0 : gone.size();
                permissionsGiven -= count;
                account.release(PERMISSION_BYTES * count);
            }
        }));
    }

    public CompletionStage<Void> permit(String role, String resource, String action) {
        var permission = new Permission(role, resource, action);
        return change(() -> {
            if (users.values().stream().noneMatch(user -> user.roles().contains(role))) {
                throw new InvalidRequest("role " + Checks.echo(role) + " not found!");
            }
            List<Permission> before = permissions.getOrDefault(role, List.of());
            if (before.contains(permission)) {
                return CompletableFuture.completedFuture(null);
            }
            if (before.size() >= MAX_PERMISSIONS_PER_ROLE || permissionsGiven >= settings.permissions()) {
                throw new OverBudget("permissions: " + before.size() + " of " + role + ", " + permissionsGiven
                        + " in all (expected: fewer than " + MAX_PERMISSIONS_PER_ROLE
                        + ", and than limit.permissions)");
            }
            return stored(
                    PERMISSION_BYTES, new Write.PutPermission(role, resource, action), () -> putPermission(permission));
        });
    }

    public CompletionStage<Void> forbid(String role, String resource, String action) {
        return change(() -> stored(0, new Write.DeletePermission(role, resource, action), () -> {
            var left = new ArrayList<>(permissions.getOrDefault(role, List.of()));
            if (left.removeIf(
                    each -> each.resource().equals(resource) && each.action().equals(action))) {
                permissionsGiven--;
                account.release(PERMISSION_BYTES);
                if (left.isEmpty()) {
                    permissions.remove(role);
                } else {
                    permissions.put(role, List.copyOf(left));
                }
            }
        }));
    }

    /** The first user of all, who may do everything. Before anybody else uses this; blocks until it is on disk. */
    void createAdmin(String name, String hash) {
        account.reserve(USER_BYTES + ROLE_BYTES);
        journal.append(new Write.PutUser(name, hash)).toCompletableFuture().join();
        journal.append(new Write.PutRole(ADMIN, name)).toCompletableFuture().join();
        putUser(name, hash);
        putRole(ADMIN, name);
    }

    /** Runs {@code step} on the loop, after all changes before it. */
    private CompletionStage<Void> change(Supplier<CompletionStage<Void>> step) {
        var result = new CompletableFuture<Void>();
        loop.submit(() -> {
            if (waiting >= MAX_WAITING) {
                result.completeExceptionally(
                        new OverBudget("users: " + waiting + " changes waiting (expected: fewer)"));
                return;
            }
            waiting++;
            // A step completes on the loop, so this runs there too.
            last = last.handle((done, failure) -> null)
                    .thenCompose(done -> attempt(step))
                    .whenComplete((done, failure) -> {
                        waiting--;
                        if (failure == null) {
                            result.complete(null);
                        } else {
                            result.completeExceptionally(failure);
                        }
                    });
        });
        return result;
    }

    private static CompletionStage<Void> attempt(Supplier<CompletionStage<Void>> step) {
        try {
            return step.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Reserves, makes the write durable, and applies it on the loop; what is applied keeps the reservation. */
    private CompletionStage<Void> stored(long bytes, Write write, Runnable apply) {
        account.reserve(bytes);
        CompletionStage<Void> append;
        try {
            append = journal.append(write);
        } catch (RuntimeException e) {
            account.release(bytes);
            throw e;
        }
        var applied = new CompletableFuture<Void>();
        append.whenComplete((done, failure) -> loop.execute(() -> {
            if (failure != null) {
                account.release(bytes);
                applied.completeExceptionally(failure);
                return;
            }
            try {
                apply.run();
                applied.complete(null);
            } catch (RuntimeException e) {
                applied.completeExceptionally(e);
            }
        }));
        return applied;
    }

    private void putUser(String name, String hash) {
        User before = users.get(name);
        Set<String> roles = before == null ? Set.of() : before.roles();
        users.put(name, new User(name, hash, fingerprint.apply(hash), roles, before == null ? ++lives : before.life()));
    }

    private void putRole(String role, String name) {
        User user = users.get(name);
        if (user == null || user.roles().contains(role)) {
            return;
        }
        rolesGiven++;
        var more = new TreeSet<>(user.roles());
        more.add(role);
        users.put(name, user.with(more));
    }

    private void putPermission(Permission permission) {
        permissionsGiven++;
        var more = new ArrayList<>(permissions.getOrDefault(permission.role(), List.of()));
        more.add(permission);
        permissions.put(permission.role(), List.copyOf(more));
    }

    private void requireKnown(String name) {
        if (!users.containsKey(name)) {
            throw new InvalidRequest("user " + Checks.echo(name) + " not exist!");
        }
    }

    private static InvalidRequest exists(String name) {
        return new InvalidRequest("user '" + name + "' already exist!");
    }

    /** For tests of the invariant: what the entries hold by count. */
    long countedBytes() {
        Map<String, User> all = new TreeMap<>(users);
        long roles =
                all.values().stream().mapToLong(user -> user.roles().size()).sum();
        long permitted = permissions.values().stream().mapToLong(List::size).sum();
        return USER_BYTES * all.size() + ROLE_BYTES * roles + PERMISSION_BYTES * permitted;
    }
}
