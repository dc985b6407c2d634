package dev.plimsoll.registry;

import java.util.List;
import java.util.Map;

/** Is told of each change in the turn that made it, on the registry's loop; hands over and returns at once. */
public interface ServiceChanges {
    /**
     * @param watchers who watches the service, and through which views; valid during the call only
     */
    void changed(ServiceSnapshot snapshot, Map<Watcher, List<String>> watchers);
}
