package dev.plimsoll.compat;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.support.ParameterDeclarations;

/** Runs a test class once for every JDK that the server is to be tested on. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedClass(name = "{0}")
@ArgumentsSource(EveryJava.Homes.class)
@interface EveryJava {

    /** A JDK, with the servers of the run at hand. */
    record Jdk(Path home, Servers servers) {

        PlimsollProcess shared() {
            return servers.shared(home);
        }

        PlimsollProcess start(String purpose, String... options) {
            return servers.start(home, purpose, options);
        }

        @Override
        public String toString() {
            return "server on " + home.getFileName();
        }
    }

    /** The JDKs. */
    final class Homes implements ArgumentsProvider {

        @Override
        public Stream<? extends Arguments> provideArguments(
                ParameterDeclarations parameters, ExtensionContext context) {
            Servers servers = Servers.of(context);
            return Servers.javaHomes().stream().map(home -> Arguments.of(new Jdk(home, servers)));
        }
    }
}
