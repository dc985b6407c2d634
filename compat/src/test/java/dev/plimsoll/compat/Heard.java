package dev.plimsoll.compat;

import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Everything a listener was told, in order; nulls too, since that is how a client tells of a removed config. */
final class Heard<T> implements Consumer<T> {

    private final List<T> all = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void accept(T value) {
        all.add(value);
    }

    List<T> all() {
        synchronized (all) {
            return Collections.unmodifiableList(new ArrayList<>(all));
        }
    }

    /** Whether this is the newest thing heard. */
    boolean endsWith(T value) {
        List<T> heard = all();
        return !heard.isEmpty() && Objects.equals(heard.get(heard.size() - 1), value);
    }

    /** Waits until the newest thing heard is as wanted. */
    void awaitLast(String what, Predicate<T> wanted) {
        await(what).until(this::all, heard -> !heard.isEmpty() && wanted.test(heard.get(heard.size() - 1)));
    }
}
