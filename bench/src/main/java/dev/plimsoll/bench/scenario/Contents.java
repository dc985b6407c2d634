package dev.plimsoll.bench.scenario;

/** Contents of configs that tell which they are. */
final class Contents {
    private static final String FILLING = "the quick brown fox jumps over the lazy dog ";

    private Contents() {}

    /** Of exactly {@code size} characters unless the begin alone is longer; plain ASCII without quotes. */
    static String of(String dataId, long version, int size) {
        StringBuilder content = new StringBuilder(size)
                .append(dataId)
                .append(" version ")
                .append(version)
                .append(' ');
        while (content.length() < size) {
            content.append(FILLING, 0, Math.min(FILLING.length(), size - content.length()));
        }
        return content.append('.').toString();
    }
}
