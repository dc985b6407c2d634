package dev.plimsoll.compat;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.support.ParameterDeclarations;

/** Runs a test class once for every client version, against the shared server of every JDK. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedClass(name = "{0}")
@ArgumentsSource(EveryClient.Runs.class)
@interface EveryClient {

    /** Client versions times JDKs. */
    final class Runs implements ArgumentsProvider {

        @Override
        public Stream<? extends Arguments> provideArguments(
                ParameterDeclarations parameters, ExtensionContext context) {
            Servers servers = Servers.of(context);
            return Servers.javaHomes().stream()
                    .flatMap(home -> Stream.of(ClientVersion.values()).map(version -> servers.run(home, version)))
                    .map(Arguments::of);
        }
    }
}
