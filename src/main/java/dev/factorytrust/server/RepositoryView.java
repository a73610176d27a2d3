package dev.factorytrust.server;

import dev.factorytrust.tuf.Bytes;

import java.util.Map;

/**
 * What the devices of one Factory are served: flips as a whole.
 *
 * @param files the signed bytes by name as it stands in a URL: {@code 1.root.json}, {@code 5.targets.json},
 *     {@code 7.snapshot.json}, {@code timestamp.json}
 * @param newest the newest version by role name, root among them; each {@code N.role.json} named here is served as
 *     {@code role.json} too, unless a file of that name is given
 */
public record RepositoryView(Map<String, Bytes> files, Map<String, Long> newest) {

    /** @throws IllegalArgumentException when a newest version isn't among the files, or there is no root */
    public RepositoryView {
        files = Map.copyOf(files);
        newest = Map.copyOf(newest);
        if (!newest.containsKey("root")) {
            throw new IllegalArgumentException("a view without a root");
        }
        for (var role : newest.entrySet()) {
            var file = new VersionedName(role.getValue(), role.getKey()).file();
            if (!files.containsKey(file) && !files.containsKey(role.getKey() + ".json")) {
                throw new IllegalArgumentException("a view without its newest " + file);
            }
        }
    }

    /** Whether the names of files carry no version, but for root's. */
    boolean hasUnversionedSnapshot() {
        return files.containsKey("snapshot.json");
    }
}
