package dev.factorytrust.tuf.crypto;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Results that are worth keeping for a while: what was used last stays. */
final class Recent {

    private Recent() {}

    /** A map for any thread, of at most so many entries. */
    static <K, V> Map<K, V> map(int entries) {
        return Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > entries;
            }
        });
    }
}
