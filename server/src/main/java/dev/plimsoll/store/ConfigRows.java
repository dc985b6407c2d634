package dev.plimsoll.store;

import java.util.List;
import java.util.Optional;

/** Configurations as rows with numbers, many at a time, as last committed. Any thread; blocks. */
public interface ConfigRows {
    /** Visits what {@code filter} lets through, in the order of ids, until the visitor wants no more. */
    void eachKey(ConfigFilter filter, KeyVisitor visitor);

    /** Those of the rows that there are, in the order of ids, without their schemas: many rows may be held at a time. */
    List<ConfigRow> rows(List<Long> ids);

    /** One row, its schema included. */
    Optional<ConfigRow> row(String namespace, String group, String dataId);

    interface KeyVisitor {
        /** False ends the visit. */
        boolean visit(long id, String namespace, String group, String dataId);
    }
}
