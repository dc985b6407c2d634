package dev.plimsoll.compat.spring;

import java.util.stream.Collectors;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.context.config.annotation.RefreshScope;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestTemplate;

/** What the application shows of the server. */
@RestController
@RefreshScope
class Pages {

    private final String colour;
    private final DiscoveryClient discovery;
    private final RestTemplate byName;

    Pages(@Value("${colour}") String colour, DiscoveryClient discovery, RestTemplate byName) {
        this.colour = colour;
        this.discovery = discovery;
        this.byName = byName;
    }

    /** A setting that is in the server's configuration alone. */
    @GetMapping("/colour")
    String colour() {
        return colour;
    }

    /** The addresses of a service, a line each. */
    @GetMapping("/instances/{service}")
    String instances(@PathVariable String service) {
        return discovery.getInstances(service).stream()
                .map(instance -> instance.getHost() + ":" + instance.getPort())
                .sorted()
                .collect(Collectors.joining("\n"));
    }

    /** The colour of another application, asked for by its name. */
    @GetMapping("/colour-of/{service}")
    String colourOf(@PathVariable String service) {
        return byName.getForObject("http://" + service + "/colour", String.class);
    }
}
