package dev.plimsoll.bench.client;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** A unary request, its JSON written by hand. Names are the bench's own and need no escaping. */
public record Request(String type, byte[] json) {
    private static final String GROUP = "DEFAULT_GROUP";

    private static Request of(String type, String json) {
        return new Request(type, json.getBytes(StandardCharsets.UTF_8));
    }

    private static StringBuilder naming(String service) {
        return new StringBuilder(512)
                .append("{\"headers\":{},\"module\":\"naming\",\"namespace\":\"public\",\"groupName\":\"" + GROUP
                        + "\",\"serviceName\":\"")
                .append(service)
                .append('"');
    }

    public static Request register(String service, BenchInstance instance) {
        StringBuilder json = naming(service).append(",\"type\":\"registerInstance\",\"instance\":");
        instance.json(json, service);
        return of("InstanceRequest", json.append('}').toString());
    }

    public static Request deregister(String service, BenchInstance instance) {
        StringBuilder json = naming(service).append(",\"type\":\"deregisterInstance\",\"instance\":");
        instance.json(json, service);
        return of("InstanceRequest", json.append('}').toString());
    }

    /** Replaces all that the client publishes for the service. */
    public static Request registerAll(String service, List<BenchInstance> instances) {
        return registerAll(service, instances, "");
    }

    /**
     * @param extra one more value of each instance's metadata, for its weight; each is another, or a JVM that looks for texts
     *     of the same words would keep but one
     */
    public static Request registerAll(String service, List<BenchInstance> instances, String extra) {
        StringBuilder json = naming(service).append(",\"type\":\"batchRegisterInstance\",\"instances\":[");
        for (int i = 0; i < instances.size(); i++) {
            if (i > 0) {
                json.append(',');
            }
            BenchInstance instance = instances.get(i);
            instance.json(json, service, extra.isEmpty() ? "" : instance.ip() + extra);
        }
        return of("BatchInstanceRequest", json.append("]}").toString());
    }

    public static Request query(String service) {
        return of(
                "ServiceQueryRequest",
                naming(service)
                        .append(",\"cluster\":\"\",\"healthyOnly\":false,\"udpPort\":0}")
                        .toString());
    }

    public static Request subscribe(String service, boolean on) {
        return of(
                "SubscribeServiceRequest",
                naming(service)
                        .append(",\"subscribe\":")
                        .append(on)
                        .append(",\"clusters\":\"\"}")
                        .toString());
    }

    private static String config(String dataId) {
        return "{\"headers\":{},\"module\":\"config\",\"dataId\":\"" + dataId + "\",\"group\":\"" + GROUP
                + "\",\"tenant\":\"\"";
    }

    public static Request readConfig(String dataId) {
        return of("ConfigQueryRequest", config(dataId) + "}");
    }

    public static Request publishConfig(String dataId, String content) {
        return of(
                "ConfigPublishRequest",
                config(dataId) + ",\"content\":\"" + content + "\",\"additionMap\":{\"type\":\"text\"}}");
    }

    /** Listens to configurations of which the client holds nothing. */
    public static Request listen(List<String> dataIds) {
        StringBuilder json = new StringBuilder("{\"headers\":{},\"module\":\"config\",\"listen\":true,")
                .append("\"configListenContexts\":[");
        for (int i = 0; i < dataIds.size(); i++) {
            json.append(i == 0 ? "" : ",")
                    .append("{\"group\":\"" + GROUP + "\",\"md5\":\"\",\"tenant\":\"\",\"dataId\":\"")
                    .append(dataIds.get(i))
                    .append("\"}");
        }
        return of("ConfigBatchListenRequest", json.append("]}").toString());
    }

    public static Request removeConfig(String dataId) {
        return of("ConfigRemoveRequest", config(dataId) + "}");
    }
}
