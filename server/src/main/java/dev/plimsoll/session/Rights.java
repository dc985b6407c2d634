package dev.plimsoll.session;

import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.registry.ServiceKey;

/** What a client may be told of, as things stand at the moment it is asked: who subscribed may have lost the right since. Any thread. */
public interface Rights {
    /** Everything, where nobody is asked who he is. */
    Rights ALL = new Rights() {
        @Override
        public boolean service(ServiceKey service) {
            return true;
        }

        @Override
        public boolean config(ConfigKey config) {
            return true;
        }
    };

    boolean service(ServiceKey service);

    boolean config(ConfigKey config);
}
