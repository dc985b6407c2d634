package dev.plimsoll.compat.adapter;

import com.alibaba.nacos.api.NacosFactory;
import com.alibaba.nacos.api.exception.NacosException;
import dev.plimsoll.compat.sdk.Configs;
import dev.plimsoll.compat.sdk.Naming;
import dev.plimsoll.compat.sdk.Sdk;
import dev.plimsoll.compat.sdk.SdkFailure;
import java.util.Map;
import java.util.Properties;

/**
 * The official client as {@link Sdk}. Loaded once per client version, each time beside other client classes. Clients are made
 * one at a time: two at once in a fresh class path make 2.5.1 miss its own parts ("No server list provider found").
 */
public final class NacosSdk implements Sdk {

    public NacosSdk() throws ReflectiveOperationException {
        // A failing read would be answered from the disk of an earlier one; the tests want the server's word.
        Class.forName("com.alibaba.nacos.client.config.utils.SnapShotSwitch")
                .getMethod("setIsSnapShot", Boolean.class)
                .invoke(null, false);
    }

    @Override
    public String reportedVersion() {
        try {
            return (String) Class.forName("com.alibaba.nacos.common.utils.VersionUtils")
                    .getField("version")
                    .get(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public synchronized Naming naming(String address, String namespace) {
        try {
            return new NacosNaming(NacosFactory.createNamingService(properties(address, namespace)));
        } catch (NacosException e) {
            throw failure(e);
        }
    }

    @Override
    public synchronized Configs configs(String address, String namespace) {
        try {
            return new NacosConfigs(NacosFactory.createConfigService(properties(address, namespace)));
        } catch (NacosException e) {
            throw failure(e);
        }
    }

    @Override
    public synchronized Naming naming(String address, String namespace, String user, String password) {
        try {
            return new NacosNaming(NacosFactory.createNamingService(properties(address, namespace, user, password)));
        } catch (NacosException e) {
            throw failure(e);
        }
    }

    @Override
    public synchronized Configs configs(String address, String namespace, String user, String password) {
        try {
            return new NacosConfigs(NacosFactory.createConfigService(properties(address, namespace, user, password)));
        } catch (NacosException e) {
            throw failure(e);
        }
    }

    @Override
    public synchronized Naming naming(String address, Map<String, String> settings) {
        try {
            return new NacosNaming(NacosFactory.createNamingService(properties(address, settings)));
        } catch (NacosException e) {
            throw failure(e);
        }
    }

    @Override
    public synchronized Configs configs(String address, Map<String, String> settings) {
        try {
            return new NacosConfigs(NacosFactory.createConfigService(properties(address, settings)));
        } catch (NacosException e) {
            throw failure(e);
        }
    }

    private static Properties properties(String address, Map<String, String> settings) {
        Properties properties = properties(address, "");
        properties.putAll(settings);
        return properties;
    }

    static SdkFailure failure(NacosException e) {
        SdkFailure failure = new SdkFailure(e.getErrCode(), e.getErrMsg());
        failure.setStackTrace(e.getStackTrace());
        return failure;
    }

    private static Properties properties(String address, String namespace, String user, String password) {
        Properties properties = properties(address, namespace);
        properties.setProperty("username", user);
        properties.setProperty("password", password);
        // 3.0.3 gives each processor a thread, but at least two, keeps two of them waiting for ever, and logs in again
        // on a third.
        properties.setProperty("clientWorkerThreadCount", "3");
        return properties;
    }

    private static Properties properties(String address, String namespace) {
        Properties properties = new Properties();
        properties.setProperty("serverAddr", address);
        if (!namespace.isEmpty()) {
            properties.setProperty("namespace", namespace);
        }
        return properties;
    }
}
