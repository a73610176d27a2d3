package dev.factorytrust.server;

import dev.factorytrust.tuf.Bytes;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Views for tests. The endpoint reads no metadata, so each file merely says its own name, at length. */
final class Views {

    private Views() {}

    static String content(String file) {
        return "{\"signed\":{\"file\":\"" + file + "\",\"padding\":\"" + "0".repeat(500) + "\"},\"signatures\":[]}";
    }

    /** Roots from 1 on, one snapshot, one targets, and a timestamp that says which. */
    static RepositoryView of(long root, long snapshot, long targets) {
        var files = new LinkedHashMap<String, Bytes>();
        for (long version = 1; version <= root; version++) {
            put(files, version + ".root.json", content(version + ".root.json"));
        }
        put(files, snapshot + ".snapshot.json", content(snapshot + ".snapshot.json"));
        put(files, targets + ".targets.json", content(targets + ".targets.json"));
        put(files, "timestamp.json", content("timestamp.json of " + snapshot));
        return new RepositoryView(files, Map.of("root", root, "snapshot", snapshot, "targets", targets));
    }

    /** The view with the versions of an earlier one beside its own. */
    static RepositoryView keeping(RepositoryView view, RepositoryView earlier) {
        var files = new LinkedHashMap<>(earlier.files());
        files.putAll(view.files());
        return new RepositoryView(files, view.newest());
    }

    /** Nothing but a root too short to be packed. */
    static RepositoryView tiny() {
        return new RepositoryView(Map.of("1.root.json", Bytes.of(new byte[] {'{', '}'})), Map.of("root", 1L));
    }

    private static void put(Map<String, Bytes> files, String name, String text) {
        files.put(name, Bytes.of(text.getBytes(StandardCharsets.UTF_8)));
    }
}
