package dev.plimsoll.http;

import dev.plimsoll.net.HttpCall;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.registry.Address;
import dev.plimsoll.registry.Instance;
import dev.plimsoll.registry.ServiceKey;
import dev.plimsoll.wire.HttpMessages;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The parameters of a naming request, as its generation of the interface has them. */
final class NamingForm {
    private static final Set<String> YES = Set.of("true", "on", "yes", "1");
    private static final Set<String> NO = Set.of("false", "off", "no", "0");
    private static final int MAX_PAGE = 1_000;

    private final Dialect dialect;
    private final Form form;

    NamingForm(HttpCall call, Dialect dialect) {
        this.dialect = dialect;
        this.form = new Form(call);
    }

    /** The value; "" when absent. */
    String text(String name) {
        return form.text(name);
    }

    String text(String name, String otherwise) {
        return form.text(name, otherwise);
    }

    String required(String name) {
        return required(name, "String");
    }

    /** @param type what the later generations call it */
    private String required(String name, String type) {
        String value = form.text(name);
        if (!value.isEmpty()) {
            return value;
        }
        throw new InvalidRequest(
                dialect == Dialect.V1
                        ? "Param '" + name + "' is required."
                        : Form.MISSING + name + "' type " + type + " is not present");
    }

    /** v1 takes a grouped name, or a name beside its group; the later ones take the name alone. */
    ServiceKey service() {
        return dialect == Dialect.V1
                ? form.service()
                : new ServiceKey(form.text("namespaceId"), form.text("groupName"), required("serviceName"));
    }

    /** A service where all generations take the grouped name, and the later ones nothing else. */
    ServiceKey groupedService() {
        String name = required("serviceName");
        if (dialect != Dialect.V1 && !name.contains(ServiceKey.JOIN)) {
            throw new InvalidRequest("Param 'serviceName' is illegal, it should be format as 'groupName@@serviceName'");
        }
        return form.service();
    }

    /** As {@link #service}, or grouped. */
    ServiceKey anyService() {
        required("serviceName");
        return form.service();
    }

    Instance instance() {
        return new Instance(
                ip(),
                port(),
                form.decimal("weight", 1),
                flag("healthy", true),
                flag("enabled", flag("enable", true)),
                cluster(),
                "",
                form.metadata("metadata"));
    }

    Address address() {
        return new Address(ip(), port(), cluster());
    }

    String ip() {
        return required("ip");
    }

    int port() {
        required("port", "Integer");
        return form.port();
    }

    String cluster() {
        return form.text("clusterName", form.text("cluster", Instance.DEFAULT_CLUSTER));
    }

    Map<String, String> metadata() {
        return form.metadata("metadata");
    }

    Map<String, String> requiredMetadata() {
        required("metadata");
        return form.metadata("metadata");
    }

    /** Those of the parameter {@code instances}; none when there are none. */
    List<Address> addresses() {
        String json = form.json("instances");
        if (json.isEmpty()) {
            return List.of();
        }
        return HttpMessages.instances(json).stream()
                .map(info -> new Address(info.ip(), info.port(), info.clusterName()))
                .toList();
    }

    boolean has(String name) {
        return !form.text(name).isEmpty();
    }

    double decimal(String name, double otherwise) {
        return form.decimal(name, otherwise);
    }

    int number(String name, int otherwise) {
        return form.number(name, otherwise);
    }

    int requiredNumber(String name) {
        required(name, "Integer");
        return form.requiredNumber(name);
    }

    /** v1 takes what is not a yes for a no; the later generations want one or the other. */
    boolean flag(String name, boolean otherwise) {
        if (dialect == Dialect.V1) {
            return form.yes(name, otherwise);
        }
        String value = form.text(name).toLowerCase(Locale.ROOT);
        if (value.isEmpty()) {
            return otherwise;
        }
        if (!YES.contains(value) && !NO.contains(value)) {
            throw new InvalidRequest(name + ": '" + Form.echo(value) + "' (expected: true or false)");
        }
        return YES.contains(value);
    }

    boolean requiredFlag(String name) {
        required(name, "Boolean");
        return flag(name, false);
    }

    /** JSON, to be parsed; "" when absent. */
    String json(String name) {
        return form.json(name);
    }

    /** A page, counted from 1; v1 takes any number for one, the later generations do not. */
    Page page(int size) {
        return checked(form.number("pageNo", 1), form.number("pageSize", size));
    }

    /** The same where both have to be given. */
    Page requiredPage() {
        return checked(requiredNumber("pageNo"), requiredNumber("pageSize"));
    }

    private Page checked(int number, int size) {
        if (dialect == Dialect.V3) {
            requirePositive("pageNo", number);
            requirePositive("pageSize", size);
        }
        return new Page(Math.max(1, number), Math.max(0, Math.min(size, MAX_PAGE)));
    }

    private static void requirePositive(String name, int number) {
        if (number < 1) {
            throw new InvalidRequest(
                    "Required parameter '" + name + "' should be positive integer, current is " + number);
        }
    }
}
