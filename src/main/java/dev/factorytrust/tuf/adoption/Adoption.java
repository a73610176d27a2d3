package dev.factorytrust.tuf.adoption;

import dev.factorytrust.tuf.crypto.SoftwareKey;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.repository.Repository;
import dev.factorytrust.tuf.verify.TrustedMetadataSet;
import dev.factorytrust.tuf.verify.VerificationException;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Whether a repository that somebody else made can go on here. It is walked as a device does that has the oldest root,
 * expiry aside: an old server that nobody could keep fresh is the best reason to leave it.
 */
public final class Adoption {

    /** The online roles, which sign by themselves from then on. */
    public static final List<RoleName> ONLINE = List.of(RoleName.TARGETS, RoleName.SNAPSHOT, RoleName.TIMESTAMP);

    /**
     * What is asked for.
     *
     * @param firstVersion of root, the oldest that is adopted
     * @param trustedRootSha256 of that root's file, where it is known; lower-case hexadecimal
     */
    public record Request(long firstVersion, Optional<String> trustedRootSha256) {}

    public sealed interface Result {}

    /**
     * It can.
     *
     * @param repository all of it, byte for byte as it was brought
     * @param keys the private keys that were brought, for each online role that the newest root names them for
     * @param strangers private keys that the newest root doesn't name
     * @param warnings what some known client can't read, as sentences; the fleet's own devices evidently can
     * @param unused what nothing was read from, by name and place
     */
    public record Adoptable(
            Repository repository,
            Map<RoleName, List<SoftwareKey>> keys,
            List<ForeignFile> strangers,
            List<String> warnings,
            List<String> unused)
            implements Result {

        /** The keys that root names for an online role and that weren't brought. */
        public List<KeyId> missing(RoleName role) {
            var root = repository.root().metadata();
            var held = keys.get(role).stream().map(SoftwareKey::publicKey).toList();
            return root.role(role).keyids().stream()
                    .filter(keyid -> Optional.ofNullable(root.keys().get(keyid))
                            .flatMap(Key::publicKey)
                            .filter(held::contains)
                            .isEmpty())
                    .toList();
        }

        /** Whether enough keys were brought to sign the role. */
        public boolean suffices(RoleName role) {
            return keys.get(role).size()
                    >= repository.root().metadata().role(role).threshold();
        }
    }

    /**
     * It can't.
     *
     * @param reason one CamelCase word, for conditions
     * @param message what is wrong with which file, and what to do, for people; it never holds a key
     */
    public record Refused(String reason, String message) implements Result {}

    private final Dialect dialect;
    private final Request request;
    private final ForeignFiles files;

    private Adoption(Dialect dialect, Request request, ForeignFiles files) {
        this.dialect = dialect;
        this.request = request;
        this.files = files;
    }

    public static Result of(Dialect dialect, Collection<ForeignFile> files, Request request) {
        try {
            return new Adoption(dialect, request, new ForeignFiles(PackedFiles.unpack(files))).adoptable();
        } catch (RefusedException refused) {
            return new Refused(refused.reason(), refused.getMessage());
        }
    }

    /** Keys first: a private key of root is told of whatever else is wrong. */
    private Adoptable adoptable() {
        var keys = new ForeignKeys(dialect, files);
        keys.files().forEach(files::markUsed);
        var repository = repository(chainFiles());
        var root = repository.root().metadata();
        var limits = new ServingLimits(dialect, repository);
        limits.require();
        return new Adoptable(
                repository, keys.of(root, ONLINE), keys.strangers(root), limits.warnings(), files.unused());
    }

    /** The files of all roots from the first on, without a gap. */
    private NavigableMap<Long, ForeignFile> chainFiles() {
        var first = request.firstVersion();
        var roots = files.roots().tailMap(first, true);
        if (roots.isEmpty()) {
            throw incomplete("there is no root from version " + first + " on: no file " + first + ".root.json");
        }
        if (roots.firstKey() != first) {
            throw incomplete(
                    "there is no %d.root.json, the oldest root is version %d: bring it, or name %d as the first version if no device trusts an older root"
                            .formatted(first, roots.firstKey(), roots.firstKey()));
        }
        for (var version = first; version < roots.lastKey(); version++) {
            if (!roots.containsKey(version)) {
                throw incomplete("there is no %d.root.json, and devices walk every root up to version %d"
                        .formatted(version, roots.lastKey()));
            }
        }
        return roots;
    }

    private Repository repository(NavigableMap<Long, ForeignFile> chainFiles) {
        var chain = new TreeMap<Long, Signed<Root>>();
        var oldest = chainFiles.firstEntry().getValue();
        request.trustedRootSha256()
                .filter(pinned -> !pinned.equals(oldest.content().sha256()))
                .ifPresent(pinned -> {
                    throw new RefusedException(
                            RefusedException.NOT_TRUSTED,
                            "%s has SHA-256 %s, and %s is the one to be trusted"
                                    .formatted(oldest.where(), oldest.content().sha256(), pinned));
                });
        var trusted = step(RoleName.ROOT, oldest, file -> new TrustedMetadataSet(dialect, file.content(), Instant.MIN));
        chainFiles.forEach((version, file) -> {
            var root = file.equals(oldest)
                    ? trusted.root()
                    : step(RoleName.ROOT, file, next -> trusted.updateRoot(next.content()));
            if (root.metadata().version() != version) {
                throw refused(file, "is root version " + root.metadata().version());
            }
            chain.put(version, root);
        });
        var timestamp = step(RoleName.TIMESTAMP, files.timestamp(), file -> trusted.updateTimestamp(file.content()));
        var snapshotVersion = timestamp.metadata().snapshotMeta().version();
        var snapshot = step(
                RoleName.SNAPSHOT,
                files.versioned(dialect, RoleName.SNAPSHOT, snapshotVersion, "timestamp.json"),
                file -> trusted.updateSnapshot(file.content()));
        var meta = Optional.ofNullable(snapshot.metadata().meta().get("targets.json"))
                .orElseThrow(() -> new RefusedException(
                        RefusedException.REFUSED,
                        "snapshot version " + snapshotVersion + " doesn't list targets.json"));
        var targets = step(
                RoleName.TARGETS,
                files.versioned(dialect, RoleName.TARGETS, meta.version(), "snapshot version " + snapshotVersion),
                file -> trusted.updateTargets(file.content()));
        var repository = new Repository(dialect, chain, timestamp, snapshot, targets);
        try {
            repository.verifyAsFreshDevice();
        } catch (VerificationException e) {
            throw new RefusedException(
                    RefusedException.REFUSED,
                    "a device with root " + request.firstVersion() + " would refuse: " + e.getMessage());
        }
        return repository;
    }

    private <T> T step(RoleName role, ForeignFile file, Function<ForeignFile, T> read) {
        files.use(file);
        var most = dialect.limits().bytes(role);
        if (file.content().size() > most) {
            throw refused(
                    file,
                    "has %d bytes, and clients take %d".formatted(file.content().size(), most));
        }
        try {
            return read.apply(file);
        } catch (VerificationException e) {
            throw refused(file, "would be refused by devices: " + e.getMessage());
        }
    }

    private static RefusedException refused(ForeignFile file, String what) {
        return new RefusedException(RefusedException.REFUSED, file.where() + " " + what);
    }

    private static RefusedException incomplete(String what) {
        return new RefusedException(RefusedException.INCOMPLETE, what);
    }
}
