package dev.plimsoll.wire;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Versions of client SDKs with known faults that a registry feels, each with where it is told. */
public final class KnownFaults {
    private static final Pattern SDK = Pattern.compile(
            "(?i)(?:nacos-)?([a-z]{1,12})(?:-client)?[:/ -]*v?([0-9]{1,4})\\.([0-9]{1,4})\\.([0-9]{1,4}).*");

    /**
     * @param from the first version with it, and {@code before} the first without; each as major, minor, patch
     * @param source a thread of its maintainers, or their notes of a release
     */
    public record Fault(String sdk, int[] from, int[] before, String what, String source) {}

    public static final List<Fault> ALL = List.of(
            fault(
                    "go",
                    "2.2.9 2.2.10",
                    "a subscription is called back once and never again",
                    "nacos-group/nacos-sdk-go#815, #840"),
            fault(
                    "go",
                    "2.3.0 2.3.6",
                    "does not log in again when its token is refused, as after a change of the signing key",
                    "nacos-group/nacos-sdk-go#910, of 2.3.0 to 2.3.5"),
            fault(
                    "go",
                    "2.3.3 2.3.5",
                    "leaks memory when clients are closed and made anew",
                    "nacos-group/nacos-sdk-go#843, of 2.3.3; mended by 2.3.5: higress-group/higress#3587"),
            fault(
                    "java",
                    "2.0.0 2.0.3",
                    "does not repeat a registration or subscription that failed, as during a reconnect",
                    "alibaba/nacos release 2.0.3, #6384"),
            fault("java", "2.1.1 2.1.2", "subscribers of the application's own are never called", "alibaba/nacos#9227"),
            fault(
                    "java",
                    "2.3.1 2.3.2",
                    "servers of the same version push configurations to it again and again, though they do not change",
                    "alibaba/nacos release 2.3.2, #11880"));

    private KnownFaults() {}

    private static Fault fault(String sdk, String range, String what, String source) {
        String[] ends = range.split(" ", 2);
        return new Fault(sdk, numbers(ends[0]), numbers(ends[1]), what, source);
    }

    private static int[] numbers(String version) {
        return Pattern.compile("\\.")
                .splitAsStream(version)
                .mapToInt(Integer::parseInt)
                .toArray();
    }

    /** @param client as it names itself: {@code Nacos-Java-Client:v2.2.3}, {@code Nacos-Go-Client:v2.2.9} */
    public static List<Fault> of(String client) {
        return version(client)
                .map(version -> ALL.stream()
                        .filter(fault -> fault.sdk().equals(version.sdk())
                                && compare(version.numbers(), fault.from()) >= 0
                                && compare(version.numbers(), fault.before()) < 0)
                        .toList())
                .orElse(List.of());
    }

    private record Version(String sdk, int[] numbers) {}

    private static Optional<Version> version(String client) {
        var matcher = SDK.matcher(client.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        return Optional.of(new Version(matcher.group(1).toLowerCase(Locale.ROOT), new int[] {
            Integer.parseInt(matcher.group(2)), Integer.parseInt(matcher.group(3)), Integer.parseInt(matcher.group(4))
        }));
    }

    private static int compare(int[] one, int[] other) {
        return Arrays.compare(one, other);
    }
}
