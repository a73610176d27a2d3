package dev.factorytrust.tuf.repository;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** From the current root and a declared change to the next root, or to the reason why there can't be one. */
public final class RootProposal {

    public sealed interface Result {}

    /**
     * @param diff what the holders are asked to sign, for people
     * @param added keys of holders who are new; each signs the next root once to prove that somebody has it
     */
    public record Proposed(Root next, List<String> diff, Set<KeyId> added) implements Result {

        public Proposed {
            diff = List.copyOf(diff);
            added = Set.copyOf(added);
        }
    }

    /**
     * @param reason one CamelCase word, for conditions
     * @param message what is wrong and what to do, for people
     */
    public record Refused(String reason, String message) implements Result {}

    private RootProposal() {}

    /**
     * The next root, its version higher by exactly one (5.3.5). Whatever the change doesn't name stays as it is,
     * fields that we don't know included; keys that no role uses any more go.
     *
     * @param current empty for version 1, where the change names every key
     * @param change its expiry is the caller's to choose: only he knows the time
     */
    public static Result propose(Dialect dialect, Optional<Root> current, RootChange change) {
        try {
            var draft = new RootDraft(dialect, current);
            draft.apply(change);
            var next = draft.root(change);
            if (current.isPresent() && changesNothing(current.get(), next)) {
                return new Refused(
                        "NothingChanges",
                        "the next root would have the same keys and thresholds and expire no later than version "
                                + current.get().version()
                                + ": clients follow a limited number of versions, so none is spent on nothing");
            }
            var worse = new ArrayList<>(violations(dialect, next, signers(current, next, draft.added())));
            current.ifPresent(root -> worse.removeAll(violations(dialect, root, Map.of())));
            if (!worse.isEmpty()) {
                return new Refused("ClientLimit", "clients would refuse the next root: " + String.join("; ", worse));
            }
            return new Proposed(next, RootDiff.between(current, next), draft.added());
        } catch (RootDraft.RefusedException refused) {
            return new Refused(refused.reason(), refused.getMessage());
        }
    }

    /** How many holders a role would have; 0 where the change can't be made. */
    public static int holders(Dialect dialect, Optional<Root> current, RootChange change, RoleName role) {
        try {
            var draft = new RootDraft(dialect, current);
            draft.apply(change);
            return draft.holders(role).size();
        } catch (RootDraft.RefusedException refused) {
            return 0;
        }
    }

    /**
     * Those that the current root has already, as an imported one may, must not keep it from being changed.
     *
     * @param signers who may all sign it in the end: once they have, it must still fit
     */
    private static List<String> violations(Dialect dialect, Root root, Map<KeyId, PublicKey> signers) {
        var signatures = signers.entrySet().stream()
                .map(signer -> dialect.signature(
                        signer.getKey(),
                        signer.getValue(),
                        Bytes.of(new byte[signer.getValue().type().signatureBytes()])))
                .toList();
        return dialect.violations(dialect.assemble(Root.class, dialect.canonical(root), signatures));
    }

    private static Map<KeyId, PublicKey> signers(Optional<Root> current, Root next, Set<KeyId> added) {
        var signers = new TreeMap<KeyId, PublicKey>();
        Stream.concat(current.stream(), Stream.of(next))
                .forEach(root -> Stream.concat(root.role(RoleName.ROOT).keyids().stream(), added.stream())
                        .forEach(keyid -> Optional.ofNullable(root.keys().get(keyid))
                                .flatMap(Key::publicKey)
                                .ifPresent(key -> signers.put(keyid, key))));
        return signers;
    }

    /** Root versions are a budget: three known clients stop at 256 hops, a fielded device at version 999. */
    private static boolean changesNothing(Root current, Root next) {
        return next.roles().equals(current.roles())
                && RootExtras.of(next).holders().equals(RootExtras.of(current).holders())
                && !next.expires().isAfter(current.expires());
    }
}
