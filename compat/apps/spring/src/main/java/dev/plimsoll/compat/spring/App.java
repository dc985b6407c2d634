package dev.plimsoll.compat.spring;

import java.io.IOException;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.context.annotation.Bean;
import org.springframework.web.client.RestTemplate;

/** A Spring Cloud application as small as one can be. It runs until its input ends. */
@SpringBootApplication
public class App {

    public static void main(String[] arguments) throws IOException {
        try (var context = SpringApplication.run(App.class, arguments)) {
            System.out.println("ready "
                    + ((ServletWebServerApplicationContext) context)
                            .getWebServer()
                            .getPort());
            while (System.in.read() >= 0) {
                // nothing to be told
            }
        }
    }

    @Bean
    @LoadBalanced
    RestTemplate byName() {
        return new RestTemplate();
    }
}
