package dev.plimsoll.compat.dubbo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.apache.dubbo.config.ReferenceConfig;
import org.apache.dubbo.config.bootstrap.DubboBootstrap;
import org.apache.dubbo.rpc.RpcException;

/** Calls {@link Greeter} with each line of its input and prints what comes of it, until the input ends. */
public final class Consumer {

    private Consumer() {}

    /** @param arguments the application's name, the registry's address */
    public static void main(String[] arguments) throws IOException {
        ReferenceConfig<Greeter> reference = new ReferenceConfig<>();
        reference.setInterface(Greeter.class);
        reference.setCheck(false);
        reference.setTimeout(5_000);
        DubboBootstrap dubbo = Dubbo.bootstrap(arguments[0], arguments[1]).reference(reference);
        dubbo.start();
        Greeter greeter = reference.get();
        System.out.println("ready");
        BufferedReader names = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String name = names.readLine(); name != null; name = names.readLine()) {
            try {
                System.out.println("answer: " + greeter.greet(name));
            } catch (RpcException e) {
                System.out.println("no answer: " + e.getMessage());
            }
        }
        dubbo.stop();
    }
}
