package dev.plimsoll.compat.dubbo;

import org.apache.dubbo.config.ApplicationConfig;
import org.apache.dubbo.config.ProtocolConfig;
import org.apache.dubbo.config.RegistryConfig;
import org.apache.dubbo.config.bootstrap.DubboBootstrap;

/** What provider and consumer have in common. */
final class Dubbo {

    private Dubbo() {}

    /** Registers by interface and by application, as Dubbo does when it is told nothing. */
    static DubboBootstrap bootstrap(String name, String registry) {
        ApplicationConfig application = new ApplicationConfig(name);
        application.setQosEnable(false);
        ProtocolConfig protocol = new ProtocolConfig("dubbo", -1);
        protocol.setHost("127.0.0.1");
        return DubboBootstrap.getInstance()
                .application(application)
                .protocol(protocol)
                .registry(new RegistryConfig("nacos://" + registry));
    }
}
