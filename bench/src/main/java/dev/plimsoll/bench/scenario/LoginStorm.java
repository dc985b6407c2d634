package dev.plimsoll.bench.scenario;

import dev.plimsoll.bench.client.WireException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Password logins of many at once. Says so, and does nothing, where the target has no login. */
final class LoginStorm implements Scenario {
    private static final int NOT_FOUND = 404;

    @Override
    public String name() {
        return "loginstorm";
    }

    @Override
    public String summary() {
        return "password logins; inert where the target has no login";
    }

    @Override
    public Options options() {
        return new Options()
                .option("path", "/nacos/v1/auth/login", "of the login")
                .option("username", "nacos", "who logs in")
                .option("password", "nacos", "with what");
    }

    @Override
    public void run(Run run) throws InterruptedException {
        InetSocketAddress http = run.target().http();
        URI uri = URI.create("http://" + http.getHostString() + ":" + http.getPort()
                + run.options().text("path"));
        String form = "username=" + run.options().text("username") + "&password="
                + run.options().text("password");
        HttpRequest login = HttpRequest.newBuilder(uri)
                .timeout(Duration.ofSeconds(10))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build();
        int status;
        try {
            status = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .build()
                    .send(login, HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            throw new WireException("login: " + e);
        }
        run.report().count("login answered with status", status);
        if (status == NOT_FOUND) {
            run.report().note("this target has no login at " + uri + ": nothing to measure");
        } else {
            run.report().require("the storm of logins", false, "is not written yet, and this target has a login");
        }
    }
}
