package dev.plimsoll.compat.adapter;

import com.alibaba.nacos.api.exception.NacosException;
import com.alibaba.nacos.api.naming.NamingService;
import com.alibaba.nacos.api.naming.listener.EventListener;
import com.alibaba.nacos.api.naming.listener.NamingEvent;
import com.alibaba.nacos.api.naming.pojo.Instance;
import com.alibaba.nacos.api.naming.pojo.ListView;
import dev.plimsoll.compat.sdk.Host;
import dev.plimsoll.compat.sdk.Naming;
import dev.plimsoll.compat.sdk.ServicePage;
import dev.plimsoll.compat.sdk.Stop;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** {@link Naming} over the official naming service. */
final class NacosNaming implements Naming {

    private final NamingService service;

    NacosNaming(NamingService service) {
        this.service = service;
    }

    @Override
    public void register(String name, String group, Host host) {
        run(() -> service.registerInstance(name, group, instance(host)));
    }

    @Override
    public void deregister(String name, String group, Host host) {
        run(() -> service.deregisterInstance(name, group, instance(host)));
    }

    @Override
    public void registerBatch(String name, String group, List<Host> hosts) {
        run(() -> batch("batchRegisterInstance", name, group, hosts));
    }

    @Override
    public void deregisterBatch(String name, String group, List<Host> hosts) {
        run(() -> batch("batchDeregisterInstance", name, group, hosts));
    }

    @Override
    public List<Host> query(String name, String group, List<String> clusters) {
        return hosts(call(() -> service.getAllInstances(name, group, clusters, false)));
    }

    @Override
    public List<Host> cached(String name, String group) {
        return hosts(call(() -> service.getAllInstances(name, group)));
    }

    @Override
    public List<Host> select(String name, String group, boolean healthy) {
        return hosts(call(() -> service.selectInstances(name, group, healthy, false)));
    }

    @Override
    public Host selectOneHealthy(String name, String group) {
        return host(call(() -> service.selectOneHealthyInstance(name, group)));
    }

    @Override
    public Stop subscribe(String name, String group, List<String> clusters, Consumer<List<Host>> listener) {
        EventListener events = event -> listener.accept(hosts(((NamingEvent) event).getInstances()));
        run(() -> service.subscribe(name, group, clusters, events));
        return () -> run(() -> service.unsubscribe(name, group, clusters, events));
    }

    @Override
    public ServicePage services(int page, int size, String group) {
        ListView<String> view = call(() -> service.getServicesOfServer(page, size, group));
        return new ServicePage(view.getCount(), view.getData());
    }

    @Override
    public void close() {
        run(service::shutDown);
    }

    /** The call exists from 2.1.1 on, and this is compiled against 2.0.4. */
    private void batch(String method, String name, String group, List<Host> hosts) throws NacosException {
        List<Instance> instances = new ArrayList<>();
        hosts.forEach(host -> instances.add(instance(host)));
        try {
            NamingService.class
                    .getMethod(method, String.class, String.class, List.class)
                    .invoke(service, name, group, instances);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof NacosException nacos) {
                throw nacos;
            }
            throw new IllegalStateException(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Instance instance(Host host) {
        Instance instance = new Instance();
        instance.setIp(host.ip());
        instance.setPort(host.port());
        instance.setWeight(host.weight());
        instance.setHealthy(host.healthy());
        instance.setEnabled(host.enabled());
        instance.setEphemeral(host.ephemeral());
        instance.setClusterName(host.cluster());
        instance.setMetadata(new HashMap<>(host.metadata()));
        return instance;
    }

    private static Host host(Instance instance) {
        Map<String, String> metadata = instance.getMetadata() == null ? Map.of() : instance.getMetadata();
        return new Host(
                instance.getIp(),
                instance.getPort(),
                instance.getWeight(),
                instance.isHealthy(),
                instance.isEnabled(),
                instance.isEphemeral(),
                instance.getClusterName(),
                metadata);
    }

    private static List<Host> hosts(List<Instance> instances) {
        return instances.stream().map(NacosNaming::host).toList();
    }

    private static void run(Action action) {
        try {
            action.run();
        } catch (NacosException e) {
            throw NacosSdk.failure(e);
        }
    }

    private static <T> T call(Call<T> call) {
        try {
            return call.call();
        } catch (NacosException e) {
            throw NacosSdk.failure(e);
        }
    }

    private interface Action {
        void run() throws NacosException;
    }

    private interface Call<T> {
        T call() throws NacosException;
    }
}
