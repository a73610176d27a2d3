package dev.factorytrust.server;

import dev.factorytrust.tuf.Bytes;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** One Factory's view, prepared for serving. */
record ServedRepository(Map<String, ServedFile> files, Map<String, Long> newest, RootRequests rootRequests) {

    /** Replicas are a version or two apart, and what a crash left is skipped; strangers may ask for any number. */
    private static final long AHEAD = 16;

    /** What the previous view prepared of the same bytes is kept: a refresh packs two files, not a thousand roots. */
    static ServedRepository prepare(
            RepositoryView view, Map<String, ServedFile> previous, RootRequests rootRequests, ServingPolicy policy) {
        var files = new HashMap<String, ServedFile>();
        var changeable = view.hasUnversionedSnapshot() ? ServingPolicy.REVALIDATED : policy.changeable();
        view.files().forEach((name, bytes) -> files.put(name, prepare(name, bytes, previous, changeable)));
        view.newest().forEach((role, version) -> {
            var newest = files.get(new VersionedName(version, role).file());
            if (newest != null) {
                files.putIfAbsent(role + ".json", newest.alias(policy));
            }
        });
        return new ServedRepository(Map.copyOf(files), view.newest(), rootRequests);
    }

    private static ServedFile prepare(String name, Bytes bytes, Map<String, ServedFile> previous, String changeable) {
        var known = previous.get(name);
        if (known != null && known.sha256().equals(bytes.sha256())) {
            return known;
        }
        return VersionedName.parse(name).isPresent()
                ? ServedFile.immutable(bytes)
                : ServedFile.changeable(bytes, changeable);
    }

    Optional<ServedFile> file(String name) {
        return Optional.ofNullable(files.get(name));
    }

    /** Whether the next view may hold this version. Never of a root: its 404 is how a device's walk ends. */
    boolean mayFollow(VersionedName name) {
        var known = newest.get(name.role());
        return known != null
                && name.version() > known
                && name.version() <= known + AHEAD
                && !name.role().equals("root");
    }

    void count(VersionedName name) {
        if (name.role().equals("root")) {
            rootRequests.count(name.version(), newest.get("root"));
        }
    }
}
