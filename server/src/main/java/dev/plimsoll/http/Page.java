package dev.plimsoll.http;

import dev.plimsoll.wire.JsonText;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * A part of a list.
 *
 * @param number from 1
 * @param size 0 for none
 */
record Page(int number, int size) {
    /**
     * What of a list is on the page.
     *
     * @param total how long the list is
     */
    record Part<T>(Page page, int total, List<T> items) {
        /** The form of v3, in an envelope that is open. */
        JsonText write(JsonText json, BiConsumer<JsonText, T> item) {
            int pages = page.size == 0 ? 0 : (int) ((total + page.size - 1L) / page.size);
            json.open('{')
                    .field("totalCount", total)
                    .field("pageNumber", page.number)
                    .field("pagesAvailable", pages)
                    .name("pageItems");
            return writeItems(json, item).close('}');
        }

        JsonText writeItems(JsonText json, BiConsumer<JsonText, T> item) {
            json.open('[');
            items.forEach(one -> item.accept(json, one));
            return json.close(']');
        }
    }

    /** Walks the whole list, since it is counted, and keeps what is on the page. */
    <T> Part<T> of(Stream<T> list) {
        long from = (number - 1L) * size;
        var items = new ArrayList<T>();
        int total = 0;
        for (Iterator<T> all = list.iterator(); all.hasNext(); ) {
            T item = all.next();
            if (total >= from && items.size() < size) {
                items.add(item);
            }
            total++;
        }
        return new Part<>(this, total, items);
    }
}
