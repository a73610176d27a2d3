package dev.factorytrust.tuf.repository;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.Signature;
import dev.factorytrust.tuf.repository.SignatureTally.Offer;
import dev.factorytrust.tuf.repository.SignatureTally.Rejection;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Offered signatures, each verified. They come from strangers, in any order; a bad one never masks a good one.
 *
 * @param accepted one per keyid, in the order of the keyids: the same offers make the same file
 */
record JudgedOffers(List<Signature> accepted, List<Rejection> rejected) {

    private static final int REASONS_AT_MOST = 5;

    /**
     * @param signers who may sign
     * @param names of the signers, as far as they have one
     */
    static JudgedOffers of(
            Dialect dialect,
            Bytes payload,
            Map<KeyId, Key> signers,
            Map<KeyId, String> names,
            Collection<Offer> offers) {
        var accepted = new TreeMap<KeyId, Signature>();
        var rejected = new ArrayList<Rejection>();
        offers.stream().sorted(Comparator.comparing(Offer::source)).forEachOrdered(offer -> {
            var verdict = judge(payload, signers, names, offer);
            verdict.reason().ifPresent(reason -> rejected.add(new Rejection(offer.source(), reason)));
            verdict.signedWith()
                    .forEach((keyid, key) -> accepted.computeIfAbsent(
                            keyid, id -> dialect.signature(id, key.publicKey().orElseThrow(), offer.value())));
        });
        return new JudgedOffers(List.copyOf(accepted.values()), List.copyOf(rejected));
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

    private static String describe(Collection<KeyId> keyids, Map<KeyId, String> names) {
        return keyids.stream()
                .sorted()
                .map(keyid -> names.containsKey(keyid)
                        ? names.get(keyid) + " (" + RootDiff.abbreviate(keyid) + ')'
                        : RootDiff.abbreviate(keyid))
                .collect(Collectors.joining(", "));
    }
}
