package dev.factorytrust.cli.archive;

import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.archive.KeyArchive;
import dev.factorytrust.tuf.archive.KeyArchive.ArchivedKey;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.stream.Stream;

/**
 * A holder's keys as witnesses: what they signed is what he has seen of his fleet's roots, and whoever may write to the
 * cluster can't make it up.
 *
 * @param all those of the archive, and of the one that is to take its place
 * @param kept the archive's keys of root, also those that root lists no more. Each came with a root that it signed, so the
 *     youngest tells that root from one which somebody begins with an older key that he stole
 */
record HolderKeys(Collection<PublicKey> all, Collection<PublicKey> kept) {

    /** The names of an archive's files say which are root's; those of garage-sign say nothing, and its keys aren't asked. */
    static HolderKeys of(KeyArchive archive, Optional<KeyArchive> pending) {
        return new HolderKeys(
                Stream.concat(Stream.of(archive), pending.stream())
                        .flatMap(keys -> KeyRotationState.publicKeys(keys).stream())
                        .toList(),
                archive.keys().stream()
                        .filter(named -> named.role().equals(Optional.of(RoleName.ROOT)))
                        .map(ArchivedKey::key)
                        .map(key -> key.publicKey())
                        .toList());
    }

    /** Those that may sign what follows this root. Whoever has no key of root has signed the one with which his key of targets came. */
    List<PublicKey> active(Root root) {
        return Stream.of(RoleName.ROOT, RoleName.TARGETS)
                .map(role -> RootHistory.keys(root, role).values().stream()
                        .filter(all::contains)
                        .toList())
                .filter(keys -> !keys.isEmpty())
                .findFirst()
                .orElse(List.of());
    }

    /**
     * The newest root from which on each of them has signed one.
     *
     * @param active some of these keys, which the published root lists
     * @throws Failure where there is none
     */
    Bytes proven(String factory, LongFunction<Optional<Bytes>> stored, long published, Collection<PublicKey> active) {
        var silent = new HashSet<>(active);
        silent.addAll(kept);
        for (var version = published; version > 0; version--) {
            var file = stored.apply(version);
            if (file.isEmpty()) {
                break;
            }
            var root = RootHistory.decode(factory, file.get());
            silent.removeIf(key -> signed(root, key));
            if (silent.isEmpty()) {
                return file.get();
            }
        }
        throw silent.stream().anyMatch(active::contains) ? unproven(factory) : elsewhere(factory, silent);
    }

    /**
     * Whoever holds the cluster says which version devices see, and may store what he likes after it. So every own key that
     * may be asked to sign has signed one of these roots, as a new key does with the root that brings it; or it is a key of
     * targets, and was there when the holder's key of root signed the first.
     *
     * @param chain each the successor of the one before
     * @param asked those of them whose keys may be asked
     */
    void requireProven(String factory, List<Signed<Root>> chain, Stream<Signed<Root>> asked) {
        var known =
                RootHistory.keys(chain.getFirst().metadata(), RoleName.TARGETS).values();
        var believed = asked.flatMap(root -> Stream.of(RoleName.ROOT, RoleName.TARGETS)
                        .flatMap(role -> RootHistory.keys(root.metadata(), role).values().stream()
                                .filter(key -> role == RoleName.ROOT || !known.contains(key))))
                .filter(all::contains)
                .allMatch(key -> chain.stream().anyMatch(root -> signed(root, key)));
        if (!believed) {
            throw unproven(factory);
        }
    }

    private static boolean signed(Signed<Root> root, PublicKey key) {
        return root.signatures().stream().anyMatch(signature -> key.verify(root.canonical(), signature.value()));
    }

    private static Failure unproven(String factory) {
        return Failure.refused(
                "no root of Factory " + factory + " that the cluster has was signed by your key, so nothing"
                        + " tells its roots from forged ones: name one that you trust with --root");
    }

    private static Failure elsewhere(String factory, Set<PublicKey> silent) {
        return Failure.refused(
                ("the archive has a root key (%s) that signed none of the roots of Factory %s that the cluster has. Either it"
                                + " is there for another Factory, for a root that was never finished, or for one before the"
                                + " oldest that the cluster has; or the cluster shows"
                                + " other roots than your devices have, as one does that was restored from an old backup, or"
                                + " that a thief of an older key of yours holds. Nothing was signed. Name the newest root that"
                                + " you know from a device or an export with --root")
                        .formatted(silent.iterator().next(), factory));
    }
}
