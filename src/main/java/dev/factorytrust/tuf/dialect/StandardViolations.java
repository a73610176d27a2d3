package dev.factorytrust.tuf.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.factorytrust.tuf.model.DelegatedRole;
import dev.factorytrust.tuf.model.Delegations;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.model.Snapshot;
import dev.factorytrust.tuf.model.TargetFile;
import dev.factorytrust.tuf.model.Timestamp;

import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What python-tuf, tuf-js, go-tuf, tough or sigstore-java were measured to refuse. */
final class StandardViolations extends Violations {

    /** JavaScript's numbers, so tuf-js', are exact only below this. */
    private static final BigInteger EXACT = BigInteger.TWO.pow(53);

    /** The objects whose names are data: they are empty when there is none. */
    private static final Set<String> MAY_BE_EMPTY = Set.of("signed.targets", "signed.delegations.keys");

    StandardViolations(Limits limits) {
        super(limits);
    }

    @Override
    Optional<String> ofValue(String path, JsonNode value) {
        if (value.isNumber() && value.bigIntegerValue().abs().compareTo(EXACT) >= 0) {
            return Optional.of("is a number that tuf-js can't hold: 2^53 or beyond");
        }
        if (value.isObject() && value.isEmpty() && !MAY_BE_EMPTY.contains(path)) {
            return Optional.of("is an empty object, which tough drops");
        }
        return Optional.empty();
    }

    @Override
    void file(Signed<?> signed, JsonNode tree) {}

    @Override
    void root(Root root) {
        super.root(root);
        check(root.consistentSnapshot(), "signed.consistent_snapshot", "is false, but file names carry versions");
        root.roles()
                .keySet()
                .forEach(name -> check(
                        RoleName.of(name).isPresent(),
                        "signed.roles." + Quote.shorten(name),
                        "is a role that python-tuf and tough refuse"));
    }

    @Override
    void key(String path, KeyId keyid, Key key) {
        StandardKeys.unusable(key).ifPresent(why -> check(false, path + ":", why));
        check(StandardKeys.id(key).equals(keyid), path, "isn't the SHA-256 of its key, which tough refuses");
    }

    @Override
    void target(String at, String path, TargetFile file) {
        path(at, path);
    }

    @Override
    void delegations(String path, Delegations delegations) {
        delegations.succinctRoles().ifPresent(bins -> {
            check(false, path + ".succinct_roles", "isn't read by tough and sigstore-java");
            role(path + ".succinct_roles", bins.keyids(), bins.threshold(), delegations.keys());
        });
        for (DelegatedRole role : delegations.roles()) {
            var at = path + ".roles." + Quote.shorten(role.name());
            check(role.pathHashPrefixes().isEmpty(), at + ".path_hash_prefixes", "is compared wrongly by go-tuf 2.4.2");
            check(role.unrecognized().isEmpty(), at, "has fields that tough and sigstore-java refuse");
        }
    }

    @Override
    void snapshot(Snapshot snapshot) {
        super.snapshot(snapshot);
        for (var name : snapshot.meta().keySet()) {
            check(name.endsWith(".json"), "signed.meta." + Quote.shorten(name), "isn't the name of a .json file");
        }
    }

    @Override
    void timestamp(Timestamp timestamp) {
        super.timestamp(timestamp);
        check(
                timestamp.snapshotMeta().length().isPresent(),
                "signed.meta.snapshot.json",
                "has no length, without which tough stops at 1 MiB");
    }

    @Override
    void hashes(String path, Map<String, String> hashes) {
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
}
