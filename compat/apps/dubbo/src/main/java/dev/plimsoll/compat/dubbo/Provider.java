package dev.plimsoll.compat.dubbo;

import java.io.IOException;
import org.apache.dubbo.config.ServiceConfig;
import org.apache.dubbo.config.bootstrap.DubboBootstrap;

/** Serves {@link Greeter} until its input ends. */
public final class Provider {

    private Provider() {}

    /** @param arguments the application's name, the registry's address */
    public static void main(String[] arguments) throws IOException {
        ServiceConfig<Greeter> service = new ServiceConfig<>();
        service.setInterface(Greeter.class);
        service.setRef(name -> "hello " + name + ", by " + arguments[0]);
        DubboBootstrap dubbo = Dubbo.bootstrap(arguments[0], arguments[1]).service(service);
        dubbo.start();
        System.out.println("ready");
        while (System.in.read() >= 0) {
            // nothing to be told
        }
        dubbo.stop();
    }
}
