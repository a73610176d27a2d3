package dev.factorytrust.cli.archive;

import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.InputFile;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.dialect.Dialects;
import dev.factorytrust.tuf.dialect.MalformedMetadataException;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.verify.TrustedMetadataSet;
import dev.factorytrust.tuf.verify.VerificationException;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.stream.Stream;

/**
 * The newest root that a cluster has, believed because a chain of roots leads to it (5.3.3 to 5.3.9) from one that the
 * holder's own keys signed: whoever may write to the cluster can't make up such a one.
 */
final class RootHistory {

    private final Dialect dialect;
    private final String factory;
    private final LongFunction<Optional<Bytes>> stored;
    private final List<Signed<Root>> chain;
    private final Signed<Root> visible;
    private final Signed<Root> newest;

    private RootHistory(
            Dialect dialect,
            String factory,
            LongFunction<Optional<Bytes>> stored,
            List<Signed<Root>> chain,
            long published) {
        this.dialect = dialect;
        this.factory = factory;
        this.stored = stored;
        this.chain = chain;
        newest = chain.getLast();
        visible = chain.stream()
                .filter(root -> root.metadata().version() >= published)
                .findFirst()
                .orElse(newest);
    }

    /**
     * @param stored the file of a root version, where there is one
     * @param published the version that devices see; there may be a newer one on its way
     * @param trusted a root to begin with instead
     * @throws Failure where no chain leads to it
     */
    static RootHistory read(
            String factory,
            LongFunction<Optional<Bytes>> stored,
            long published,
            HolderKeys own,
            Optional<InputFile> trusted) {
        var top = file(factory, stored, published);
        var dialect = dialect(factory, top);
        var active = own.active(decode(factory, top).metadata());
        var start = trusted.map(InputFile::content)
                // With none of his keys in it nothing is signed for it, so it may be looked at unproven.
                .or(() -> active.isEmpty() ? Optional.of(top) : Optional.empty())
                .orElseGet(() -> own.proven(factory, stored, published, active));
        var chain = chain(dialect, factory, stored, start, published);
        var roots = new RootHistory(dialect, factory, stored, chain, published);
        if (trusted.isEmpty()) {
            own.requireProven(factory, chain, Stream.of(roots.visible, roots.newest));
        }
        return roots;
    }

    /** From the start to the newest that is stored, also where devices don't see that yet. */
    private static List<Signed<Root>> chain(
            Dialect dialect, String factory, LongFunction<Optional<Bytes>> stored, Bytes start, long published) {
        var trusted = set(dialect, factory, start);
        var chain = new ArrayList<>(List.of(trusted.root()));
        walk(trusted, factory, stored, published, chain::add);
        onTheirWay(stored, trusted, chain::add);
        return List.copyOf(chain);
    }

    private static TrustedMetadataSet set(Dialect dialect, String factory, Bytes start) {
        try {
            return new TrustedMetadataSet(dialect, start, Instant.MIN);
        } catch (VerificationException e) {
            throw broken(factory, e);
        }
    }

    private static void walk(
            TrustedMetadataSet trusted,
            String factory,
            LongFunction<Optional<Bytes>> stored,
            long last,
            Consumer<Signed<Root>> seen) {
        try {
            while (trusted.root().metadata().version() < last) {
                seen.accept(trusted.updateRoot(
                        file(factory, stored, trusted.root().metadata().version() + 1)));
            }
        } catch (VerificationException e) {
            throw broken(factory, e);
        }
    }

    private static Failure broken(String factory, VerificationException why) {
        return Failure.refused("the roots of Factory " + factory + " in the cluster don't hold, so nothing is signed"
                + " for them: " + why.getMessage());
    }

    /** Anybody may put something at the next root's name, which the operator removes. */
    private static void onTheirWay(
            LongFunction<Optional<Bytes>> stored, TrustedMetadataSet trusted, Consumer<Signed<Root>> seen) {
        try {
            for (var next = next(stored, trusted); next.isPresent(); next = next(stored, trusted)) {
                seen.accept(trusted.updateRoot(next.get()));
            }
        } catch (VerificationException planted) {
            // Devices don't take it either.
        }
    }

    private static Optional<Bytes> next(LongFunction<Optional<Bytes>> stored, TrustedMetadataSet trusted) {
        return stored.apply(trusted.root().metadata().version() + 1);
    }

    private static Bytes file(String factory, LongFunction<Optional<Bytes>> stored, long version) {
        return stored.apply(version)
                .orElseThrow(() -> Failure.refused(
                        "root version " + version + " of Factory " + factory + " isn't in the cluster"));
    }

    private static Dialect dialect(String factory, Bytes root) {
        return new InputFile("the newest root of Factory " + factory, root).dialect();
    }

    static Signed<Root> decode(String factory, Bytes file) {
        try {
            return Dialects.recognise(file).decode(Root.class, file);
        } catch (MalformedMetadataException e) {
            throw Failure.refused("a root of Factory " + factory + " can't be read: " + e.getMessage());
        }
    }

    static Optional<Root> tryDecode(Bytes file) {
        try {
            return Optional.of(Dialects.recognise(file).decode(Root.class, file).metadata());
        } catch (MalformedMetadataException e) {
            return Optional.empty();
        }
    }

    /** In which all of them are written. */
    Dialect dialect() {
        return dialect;
    }

    Signed<Root> newest() {
        return newest;
    }

    /** Whether one of those that were verified on the way to the newest has these signed bytes. */
    boolean have(Bytes payload) {
        return chain.stream().anyMatch(root -> root.canonical().equals(payload));
    }

    Root root() {
        return newest.metadata();
    }

    /** The newest that devices see. */
    Signed<Root> visible() {
        return visible;
    }

    /** The keys that may sign the next root, by keyid. */
    Map<KeyId, PublicKey> rootKeys() {
        return rootKeys(root());
    }

    static Map<KeyId, PublicKey> rootKeys(Root root) {
        return keys(root, RoleName.ROOT);
    }

    /** The keys that root names for the role and that anybody can use. */
    static Map<KeyId, PublicKey> keys(Root root, RoleName role) {
        var keys = new TreeMap<KeyId, PublicKey>();
        root.role(role).keyids().forEach(keyid -> Optional.ofNullable(
                        root.keys().get(keyid))
                .flatMap(Key::publicKey)
                .ifPresent(key -> keys.put(keyid, key)));
        return keys;
    }

    /** The newest version, below the newest root, whose root lists this key; an old copy of an archive has such a key. */
    Optional<Long> lastListing(Collection<PublicKey> keys) {
        for (var version = root().version() - 1; version > 0; version--) {
            var file = stored.apply(version);
            if (file.isEmpty()) {
                break;
            }
            if (lists(decode(factory, file.get()).metadata(), keys)) {
                return Optional.of(version);
            }
        }
        return Optional.empty();
    }

    static boolean lists(Root root, Collection<PublicKey> keys) {
        return Stream.of(RoleName.ROOT, RoleName.TARGETS)
                .flatMap(role -> keys(root, role).values().stream())
                .anyMatch(keys::contains);
    }

    /**
     * The file of the last root before these keys came, once the chain from there to the newest is verified as a device
     * would that still trusts it.
     *
     * @throws Failure where such a device would be stranded
     */
    Bytes before(Collection<PublicKey> keys) {
        for (var version = root().version() - 1; version > 0; version--) {
            var file = file(factory, stored, version);
            if (!lists(decode(factory, file).metadata(), keys)) {
                var device = set(dialect, factory, file);
                walk(device, factory, stored, root().version(), _ -> {});
                if (!device.root().file().equals(newest.file())) {
                    throw Failure.refused("a device that trusts root version " + version + " of Factory " + factory
                            + " comes to another root than version " + root().version());
                }
                return file;
            }
        }
        throw Failure.refused(
                "no root of Factory " + factory + " before version " + root().version() + " is in the cluster");
    }
}
