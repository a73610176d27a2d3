package dev.factorytrust.tuf.dialect;

import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.model.DelegatedRole;
import dev.factorytrust.tuf.model.Delegations;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.MetaFile;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.model.Snapshot;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.model.Timestamp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * Finds what the specification allows and one of the known clients doesn't: each rule is a client's measured refusal. Not
 * reusable: one of these gathers the findings of one file.
 */
final class StandardViolations {

    private static final String TARGETS_FILE = "targets.json";

    private final Limits limits;
    private final List<String> found = new ArrayList<>();

    StandardViolations(Limits limits) {
        this.limits = limits;
    }

    List<String> of(Signed<?> signed) {
        var metadata = signed.metadata();
        var most = limits.bytes(metadata.role());
        check(
                signed.file().size() <= most,
                "the file",
                "has " + signed.file().size() + " bytes, where clients take " + most);
        found.addAll(TextViolations.of(StrictJson.parse(signed.file())));
        version("signed.version", metadata.version());
        switch (metadata) {
            case Root root -> root(root);
            case Targets targets -> targets(targets);
            case Snapshot snapshot -> snapshot(snapshot);
            case Timestamp timestamp -> timestamp(timestamp);
        }
        return List.copyOf(found);
    }

    private void root(Root root) {
        check(
                root.version() <= limits.maxRootVersion(),
                "signed.version",
                "is " + root.version() + ", where devices stop at " + limits.maxRootVersion());
        check(root.consistentSnapshot(), "signed.consistent_snapshot", "is false, but file names carry versions");
        keys("signed.keys", root.keys());
        root.roles().forEach((name, role) -> {
            var path = "signed.roles." + Quote.shorten(name);
            check(RoleName.of(name).isPresent(), path, "is a role that python-tuf and tough refuse");
            role(path, role.keyids(), role.threshold(), root.keys());
        });
    }

    private void targets(Targets targets) {
        targets.targets().forEach((path, file) -> {
            var at = "signed.targets." + Quote.shorten(path);
            path(at, path);
            hashes(at, file.hashes());
        });
        targets.delegations().ifPresent(this::delegations);
    }

    private void delegations(Delegations delegations) {
        var path = "signed.delegations";
        keys(path + ".keys", delegations.keys());
        delegations.succinctRoles().ifPresent(bins -> {
            found.add(path + ".succinct_roles isn't read by tough and sigstore-java");
            role(path + ".succinct_roles", bins.keyids(), bins.threshold(), delegations.keys());
        });
        for (DelegatedRole role : delegations.roles()) {
            var at = path + ".roles." + Quote.shorten(role.name());
            role(at, role.keyids(), role.threshold(), delegations.keys());
            check(role.pathHashPrefixes().isEmpty(), at + ".path_hash_prefixes", "is compared wrongly by go-tuf 2.4.2");
            check(role.unrecognized().isEmpty(), at, "has fields that tough and sigstore-java refuse");
        }
    }

    private void snapshot(Snapshot snapshot) {
        check(snapshot.meta().containsKey(TARGETS_FILE), "signed.meta", "doesn't list " + TARGETS_FILE);
        snapshot.meta().forEach((name, file) -> {
            var at = "signed.meta." + Quote.shorten(name);
            check(name.endsWith(".json"), at, "isn't the name of a .json file");
            metaFile(at, file);
        });
    }

    private void timestamp(Timestamp timestamp) {
        var at = "signed.meta.snapshot.json";
        metaFile(at, timestamp.snapshotMeta());
        check(timestamp.snapshotMeta().length().isPresent(), at, "has no length, without which tough stops at 1 MiB");
        check(
                timestamp.snapshotMeta().length().orElse(0) <= limits.snapshot(),
                at + ".length",
                "is more than the " + limits.snapshot() + " that clients take");
    }

    private void metaFile(String path, MetaFile file) {
        version(path + ".version", file.version());
        if (!file.hashes().isEmpty()) {
            hashes(path, file.hashes());
        }
    }

    private void version(String path, long version) {
        check(version <= limits.maxVersion(), path, "is " + version + ", where clients stop at " + limits.maxVersion());
    }

    private void hashes(String path, Map<String, String> hashes) {
        check(hashes.containsKey("sha256"), path + ".hashes", "has no sha256, which tough needs");
        hashes.forEach((algorithm, hash) -> {
            var digits =
                    switch (algorithm) {
                        case "sha256" -> 64;
                        case "sha512" -> 128;
                        default -> 0;
                    };
            var at = path + ".hashes." + Quote.shorten(algorithm);
            check(digits != 0, at, "is an algorithm that not all clients know");
            check(digits == 0 || hash.length() == digits, at, "hasn't " + digits + " digits");
        });
    }

    private void keys(String path, Map<KeyId, Key> keys) {
        keys.forEach((keyid, key) -> {
            var at = path + "." + keyid;
            StandardKeys.unusable(key).ifPresent(why -> found.add(at + ": " + why));
            check(StandardKeys.id(key).equals(keyid), at, "isn't the SHA-256 of its key, which tough refuses");
        });
    }

    private void role(String path, List<KeyId> keyids, int threshold, Map<KeyId, Key> keys) {
        var known = new HashMap<PublicKey, KeyId>();
        var distinct = new HashSet<>(keyids);
        for (var keyid : keyids) {
            check(keys.containsKey(keyid), path + ".keyids", "names " + keyid + ", which keys doesn't hold");
            if (!keys.containsKey(keyid)) {
                distinct.remove(keyid);
                continue;
            }
            keys.get(keyid).publicKey().ifPresent(key -> {
                var twin = known.putIfAbsent(key, keyid);
                check(twin == null, path + ".keyids", "names one key twice, as " + twin + " and as " + keyid);
                if (twin != null) {
                    distinct.remove(keyid);
                }
            });
        }
        check(
                threshold <= distinct.size(),
                path + ".threshold",
                "is " + threshold + ", with " + distinct.size() + " keys");
        check(
                threshold <= limits.maxThreshold(),
                path + ".threshold",
                "is " + threshold + ", where clients stop at " + limits.maxThreshold());
    }

    /** §4.5: relative, separated by slashes; and no file system that a client stores it in may read it as another path. */
    private void path(String at, String path) {
        check(!path.isEmpty(), at, "is an empty path");
        check(!path.startsWith("/"), at, "starts with a slash");
        check(!path.contains("\\"), at, "has a backslash");
        for (var segment : path.split("/", -1)) {
            check(!segment.equals("..") && !segment.equals("."), at, "has a segment " + segment);
        }
        check(!path.contains("//") && !path.endsWith("/"), at, "has an empty segment");
    }

    private void check(boolean fine, String path, String otherwise) {
        if (!fine) {
            found.add(path + " " + otherwise);
        }
    }
}
