package dev.plimsoll.session;

import dev.plimsoll.config.ConfigChanges;
import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.config.Watcher;
import java.util.Collection;

/**
 * Marks a changed configuration in the outboxes of those who listen to it, and ends the polls that wait for it. Called
 * on the configurations' loop.
 */
public final class ConfigPush implements ConfigChanges {
    @Override
    public void changed(ConfigKey key, Collection<Watcher> watchers) {
        var deliveries = new Deliveries();
        var topic = new Topic.ConfigNotice(key);
        for (Watcher watcher : watchers) {
            if (watcher instanceof Session session) {
                deliveries.add(session, topic);
            } else if (watcher instanceof LongPolls.Poll poll) {
                poll.changed(key);
            }
        }
        deliveries.handOver();
    }
}
