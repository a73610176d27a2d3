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

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
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

    private static final int REASONS_AT_MOST = 5;

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

        var accepted = new TreeMap<KeyId, Signature>();
        var rejected = new ArrayList<Rejection>();
        offers.stream().sorted(Comparator.comparing(Offer::source)).forEachOrdered(offer -> {
            var verdict = judge(payload, signers, names, offer);
            verdict.reason().ifPresent(reason -> rejected.add(new Rejection(offer.source(), reason)));
            verdict.signedWith()
                    .forEach((keyid, key) -> accepted.computeIfAbsent(
                            keyid, id -> dialect.signature(id, key.publicKey().orElseThrow(), offer.value())));
        });

        var signatures = List.copyOf(accepted.values());
        var sides = Verifier.verifyRoot(current, dialect.assemble(Root.class, payload, signatures));
        return new SignatureTally(
                signatures,
                sides.current().map(side -> side(side, names)),
                side(sides.next(), names),
                people(
                        added.stream()
                                .filter(keyid -> !accepted.containsKey(keyid))
                                .toList(),
                        names),
                rejected);
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

    /** Either the keys that made the signature, or the reason why it is no good. */
    private record Verdict(Map<KeyId, Key> signedWith, Optional<String> reason) {

        static Verdict rejected(String reason) {
            return new Verdict(Map.of(), Optional.of(reason));
        }
    }

    private static Verdict judge(Bytes payload, Map<KeyId, Key> signers, Map<KeyId, String> names, Offer offer) {
        var other = offer.payloadSha256().filter(sha256 -> !sha256.equals(payload.sha256()));
        if (other.isPresent()) {
            return Verdict.rejected("signs another payload: its sha256 is %s, this one's is %s"
                    .formatted(other.get(), payload.sha256()));
        }
        var asked = signers;
        if (offer.keyid().isPresent()) {
            var keyid = offer.keyid().get();
            if (!signers.containsKey(keyid)) {
                return Verdict.rejected("unknown keyid %s: expected is one of %s"
                        .formatted(keyid.value(), describe(signers.keySet(), names)));
            }
            asked = Map.of(keyid, signers.get(keyid));
        }
        var reasons = new LinkedHashMap<KeyId, String>();
        for (var candidate : asked.entrySet()) {
            var reason = whyInvalid(candidate.getValue(), payload, offer.value());
            if (reason.isEmpty()) {
                return new Verdict(sameMaterial(signers, candidate.getValue()), Optional.empty());
            }
            reasons.put(candidate.getKey(), reason.get());
        }
        return Verdict.rejected(reasons.entrySet().stream()
                .limit(REASONS_AT_MOST)
                .map(entry -> "not by %s: %s".formatted(describe(Set.of(entry.getKey()), names), entry.getValue()))
                .collect(Collectors.joining("; ")));
    }

    private static Optional<String> whyInvalid(Key key, Bytes payload, Bytes value) {
        return key.publicKey()
                .map(usable -> usable.whyInvalid(payload, value))
                .orElseGet(() -> Optional.of("a key of type %s can't be verified".formatted(key.keytype())));
    }

    /** A key may have one keyid in the current root and another in the next; its holder signs once for both. */
    private static Map<KeyId, Key> sameMaterial(Map<KeyId, Key> signers, Key key) {
        var fingerprint = key.publicKey().orElseThrow().fingerprint();
        return signers.entrySet().stream()
                .filter(entry -> entry.getValue()
                        .publicKey()
                        .filter(usable -> usable.fingerprint().equals(fingerprint))
                        .isPresent())
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static Map<KeyId, Key> keysOf(Root root, Collection<KeyId> keyids) {
        return keyids.stream().collect(Collectors.toMap(keyid -> keyid, root.keys()::get));
    }

    private static Side side(VerificationResult result, Map<KeyId, String> names) {
        return new Side(
                result.threshold(),
                result.verified(),
                people(result.signed().keySet(), names),
                result.verified() ? List.of() : people(result.missing().keySet(), names));
    }

    private static List<Person> people(Collection<KeyId> keyids, Map<KeyId, String> names) {
        return keyids.stream()
                .sorted()
                .map(keyid -> new Person(keyid, Optional.ofNullable(names.get(keyid))))
                .toList();
    }

    private static String describe(Collection<KeyId> keyids, Map<KeyId, String> names) {
        return keyids.stream()
                .sorted()
                .map(keyid -> names.containsKey(keyid)
                        ? names.get(keyid) + " (" + RootDiff.abbreviate(keyid) + ')'
                        : RootDiff.abbreviate(keyid))
                .collect(Collectors.joining(", "));
    }
}
