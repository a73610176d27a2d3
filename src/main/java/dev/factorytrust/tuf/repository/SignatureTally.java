package dev.factorytrust.tuf.repository;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signature;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.verify.VerificationResult;
import dev.factorytrust.tuf.verify.Verifier;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Who has signed a root payload, who has yet to, and which offers are no good. Offers come from strangers, in any
 * order; a bad one never masks a good one.
 *
 * @param accepted verified signatures, one per keyid, in the order of the keyids: the same offers make the same file
 * @param current the side of the root that devices have now; empty for version 1, which has no predecessor
 * @param next the side of the root that is being signed
 * @param addedMissing new holders who have not yet proved that they have their key
 */
public record SignatureTally(
        List<Signature> accepted,
        Optional<Side> current,
        Side next,
        List<Person> addedMissing,
        List<Rejection> rejected) {

    /**
     * A signature as somebody handed it in.
     *
     * @param source what to name when it is no good: a Secret
     * @param keyid empty: whichever key fits
     * @param value decoded, as the algorithm makes it
     * @param payloadSha256 of what was signed, lower-case hex, where the signer says so
     */
    public record Offer(String source, Optional<KeyId> keyid, Bytes value, Optional<String> payloadSha256) {}

    /** @param name empty for a key without a holder, as in an imported root */
    public record Person(KeyId keyid, Optional<String> name) {}

    /** @param missing who could still sign; empty once the threshold is met */
    public record Side(int threshold, boolean met, List<Person> signed, List<Person> missing) {}

    /** @param reason for people */
    public record Rejection(String source, String reason) {}

    public SignatureTally {
        accepted = List.copyOf(accepted);
        addedMissing = List.copyOf(addedMissing);
        rejected = List.copyOf(rejected);
    }

    /**
     * @param payload the canonical bytes of {@code next}
     * @param current the root that devices have now; empty for version 1
     * @param added keys that must each have signed, whatever role they are for
     */
    public static SignatureTally of(
            Dialect dialect,
            Bytes payload,
            Optional<Root> current,
            Root next,
            Set<KeyId> added,
            Collection<Offer> offers) {
        var names = new HashMap<KeyId, String>();
        var signers = new TreeMap<KeyId, Key>();
        current.ifPresent(root -> {
            names.putAll(RootExtras.of(root).holders());
            signers.putAll(keysOf(root, root.role(RoleName.ROOT).keyids()));
        });
        names.putAll(RootExtras.of(next).holders());
        signers.putAll(keysOf(next, next.role(RoleName.ROOT).keyids()));
        signers.putAll(keysOf(next, added));

        var judged = JudgedOffers.of(dialect, payload, signers, names, offers);
        var signatures = judged.accepted();
        var sides = Verifier.verifyRoot(current, dialect.assemble(Root.class, payload, signatures));
        return new SignatureTally(
                signatures,
                sides.current().map(side -> side(side, names)),
                side(sides.next(), names),
                people(
                        added.stream()
                                .filter(keyid -> signatures.stream()
                                        .noneMatch(
                                                signature -> signature.keyid().equals(keyid)))
                                .toList(),
                        names),
                judged.rejected());
    }

    /**
     * Who signed a root that is complete.
     *
     * @param current the root before it; empty for version 1
     */
    public static SignatureTally of(Optional<Root> current, Signed<Root> next) {
        var names = new HashMap<KeyId, String>();
        current.ifPresent(root -> names.putAll(RootExtras.of(root).holders()));
        names.putAll(RootExtras.of(next.metadata()).holders());
        var sides = Verifier.verifyRoot(current, next);
        return new SignatureTally(
                next.signatures(),
                sides.current().map(side -> side(side, names)),
                side(sides.next(), names),
                List.of(),
                List.of());
    }

    /** Binding: both thresholds and every added key. Anybody may hold such a root, so it must be published. */
    public boolean fullySigned() {
        return currentSideMet() && next.met() && addedMissing.isEmpty();
    }

    /** Whether devices would take it for signed by those whom they trust now. True for version 1: they trust nobody. */
    public boolean currentSideMet() {
        return current.map(Side::met).orElse(true);
    }

    /** Without those that the root doesn't hold. */
    static Map<KeyId, Key> keysOf(Root root, Collection<KeyId> keyids) {
        return keyids.stream()
                .filter(root.keys()::containsKey)
                .collect(Collectors.toMap(keyid -> keyid, root.keys()::get));
    }

    private static Side side(VerificationResult result, Map<KeyId, String> names) {
        return new Side(
                result.threshold(),
                result.verified(),
                people(result.signed().keySet(), names),
                result.verified() ? List.of() : people(result.missing().keySet(), names));
    }

    static List<Person> people(Collection<KeyId> keyids, Map<KeyId, String> names) {
        return keyids.stream()
                .sorted()
                .map(keyid -> new Person(keyid, Optional.ofNullable(names.get(keyid))))
                .toList();
    }
}
