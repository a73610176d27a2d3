package dev.factorytrust.tuf.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.model.Delegations;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.MetaFile;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.model.Snapshot;
import dev.factorytrust.tuf.model.TargetFile;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.model.Timestamp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds what the specification allows and a known client doesn't: each rule is a client's refusal. Not reusable: one of these
 * gathers the findings of one file.
 */
abstract class Violations {

    private static final String TARGETS_FILE = "targets.json";

    private final Limits limits;
    private final List<String> found = new ArrayList<>();

    Violations(Limits limits) {
        this.limits = limits;
    }

    List<String> of(Signed<?> signed) {
        var metadata = signed.metadata();
        var most = limits.bytes(metadata.role());
        check(
                signed.file().size() <= most,
                "the file",
                "has " + signed.file().size() + " bytes, where clients take " + most);
        var file = StrictJson.parse(signed.file());
        found.addAll(TextViolations.of(file, this::ofValue));
        file(signed, file);
        version("signed.version", metadata.version());
        switch (metadata) {
            case Root root -> root(root);
            case Targets targets -> targets(targets);
            case Snapshot snapshot -> snapshot(snapshot);
            case Timestamp timestamp -> timestamp(timestamp);
        }
        return List.copyOf(found);
    }

    /** What is wrong with a value wherever it stands, beyond its characters; continues a sentence that begins with its path. */
    abstract Optional<String> ofValue(String path, JsonNode value);

    /** What is wrong with the file as a whole. */
    abstract void file(Signed<?> signed, JsonNode tree);

    abstract void key(String path, KeyId keyid, Key key);

    abstract void delegations(String path, Delegations delegations);

    abstract void target(String at, String path, TargetFile file);

    abstract void hashes(String path, Map<String, String> hashes);

    void root(Root root) {
        check(
                root.version() <= limits.maxRootVersion(),
                "signed.version",
                "is " + root.version() + ", where devices stop at " + limits.maxRootVersion());
        keys("signed.keys", root.keys());
        root.roles()
                .forEach((name, role) ->
                        role("signed.roles." + Quote.shorten(name), role.keyids(), role.threshold(), root.keys()));
    }

    private void targets(Targets targets) {
        targets.targets().forEach((path, file) -> {
            var at = "signed.targets." + Quote.shorten(path);
            hashes(at, file.hashes());
            target(at, path, file);
        });
        targets.delegations().ifPresent(delegations -> {
            keys("signed.delegations.keys", delegations.keys());
            for (var role : delegations.roles()) {
                var at = "signed.delegations.roles." + Quote.shorten(role.name());
                role(at, role.keyids(), role.threshold(), delegations.keys());
            }
            delegations("signed.delegations", delegations);
        });
    }

    void snapshot(Snapshot snapshot) {
        check(snapshot.meta().containsKey(TARGETS_FILE), "signed.meta", "doesn't list " + TARGETS_FILE);
        snapshot.meta().forEach((name, file) -> metaFile("signed.meta." + Quote.shorten(name), file));
    }

    void timestamp(Timestamp timestamp) {
        var at = "signed.meta.snapshot.json";
        metaFile(at, timestamp.snapshotMeta());
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

    private void keys(String path, Map<KeyId, Key> keys) {
        keys.forEach((keyid, key) -> key(path + "." + keyid, keyid, key));
    }

    void role(String path, List<KeyId> keyids, int threshold, Map<KeyId, Key> keys) {
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

    void check(boolean fine, String path, String otherwise) {
        if (!fine) {
            found.add(path + " " + otherwise);
        }
    }
}
