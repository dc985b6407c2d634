package dev.plimsoll.compat.adapter;

import com.alibaba.nacos.api.config.ConfigService;
import com.alibaba.nacos.api.config.listener.AbstractListener;
import com.alibaba.nacos.api.config.listener.Listener;
import com.alibaba.nacos.api.exception.NacosException;
import dev.plimsoll.compat.sdk.Configs;
import dev.plimsoll.compat.sdk.Stop;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** {@link Configs} over the official config service. */
final class NacosConfigs implements Configs {

    /** The time-out the clients themselves use for a publication. */
    private static final long READ_MILLIS = 3000;

    private final ConfigService service;

    NacosConfigs(ConfigService service) {
        this.service = service;
    }

    @Override
    public String get(String dataId, String group) {
        return call(() -> service.getConfig(dataId, group, READ_MILLIS));
    }

    @Override
    public boolean publish(String dataId, String group, String content) {
        return call(() -> service.publishConfig(dataId, group, content));
    }

    @Override
    public boolean publish(String dataId, String group, String content, String type) {
        return call(() -> service.publishConfig(dataId, group, content, type));
    }

    @Override
    public boolean publishCas(String dataId, String group, String content, String expectedMd5) {
        return call(() -> service.publishConfigCas(dataId, group, content, expectedMd5));
    }

    @Override
    public boolean remove(String dataId, String group) {
        return call(() -> service.removeConfig(dataId, group));
    }

    @Override
    public Stop listen(String dataId, String group, Consumer<String> listener) {
        Listener calls = listener(listener);
        call(() -> {
            service.addListener(dataId, group, calls);
            return true;
        });
        return () -> service.removeListener(dataId, group, calls);
    }

    @Override
    public Stop readAndListen(String dataId, String group, Consumer<String> listener) {
        Listener calls = listener(listener);
        listener.accept(call(() -> service.getConfigAndSignListener(dataId, group, READ_MILLIS, calls)));
        return () -> service.removeListener(dataId, group, calls);
    }

    @Override
    public void close() {
        call(() -> {
            service.shutDown();
            return true;
        });
    }

    /**
     * With an executor of its own, which here is the calling thread. Without one, clients from 2.1 on hand the call to a
     * pool and look again before it has run, so that under load they call twice for one change.
     */
    private static Listener listener(Consumer<String> consumer) {
        return new AbstractListener() {
            @Override
            public Executor getExecutor() {
                return Runnable::run;
            }

            @Override
            public void receiveConfigInfo(String content) {
                consumer.accept(content);
            }
        };
    }

    private static <T> T call(Call<T> call) {
        try {
            return call.call();
        } catch (NacosException e) {
            throw NacosSdk.failure(e);
        }
    }

    private interface Call<T> {
        T call() throws NacosException;
    }
}
