package dev.factorytrust.tuf.repository;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signature;
import dev.factorytrust.tuf.repository.SignatureTally.Offer;
import dev.factorytrust.tuf.repository.SignatureTally.Rejection;
import dev.factorytrust.tuf.verify.Verifier;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which holders have signed a targets payload, and who has yet to. What the cluster's own key adds is counted in advance:
 * it signs last, once the holders have.
 *
 * @param accepted verified signatures of holders, one per keyid, in the order of the keyids
 * @param sides one for each root under which the payload must hold, the older first
 */
public record TargetsTally(List<Signature> accepted, List<Side> sides, List<Rejection> rejected) {

    /** @param holders how many of them must sign, and who did; the cluster's own keys are taken off the threshold */
    public record Side(long rootVersion, SignatureTally.Side holders) {}

    public TargetsTally {
        accepted = List.copyOf(accepted);
        sides = List.copyOf(sides);
        rejected = List.copyOf(rejected);
    }

    /**
     * @param payload the canonical bytes of a version of targets
     * @param roots under which it must hold, the older first
     */
    public static TargetsTally of(
            Dialect dialect, Bytes payload, List<Root> roots, OnlineSigners signers, Collection<Offer> offers) {
        var names = new HashMap<KeyId, String>();
        var keys = new TreeMap<KeyId, Key>();
        roots.forEach(root -> {
            names.putAll(RootExtras.of(root).holders());
            keys.putAll(SignatureTally.keysOf(root, signers.holders(root, RoleName.TARGETS)));
        });
        var judged = JudgedOffers.of(dialect, payload, keys, names, offers);
        return new TargetsTally(
                judged.accepted(),
                roots.stream()
                        .map(root -> new Side(root.version(), side(root, payload, judged.accepted(), signers, names)))
                        .toList(),
                judged.rejected());
    }

    /** Whether every root's threshold is reached, with what the cluster's own key adds. */
    public boolean isComplete() {
        return sides.stream().allMatch(side -> side.holders().met());
    }

    /** Whether some holder has signed: somebody counts on these very bytes. */
    public boolean isBegun() {
        return !accepted.isEmpty();
    }

    private static SignatureTally.Side side(
            Root root, Bytes payload, List<Signature> accepted, OnlineSigners signers, Map<KeyId, String> names) {
        var result = Verifier.verify(root.role(RoleName.TARGETS), root.keys(), payload, accepted);
        var own = signers.held(root, RoleName.TARGETS);
        var met = result.lacking() <= own.size();
        return new SignatureTally.Side(
                Math.max(0, result.threshold() - own.size()),
                met,
                SignatureTally.people(result.signed().keySet(), names),
                met ? List.of() : SignatureTally.people(others(result.missing().keySet(), own), names));
    }

    private static Set<KeyId> others(Set<KeyId> keyids, Set<KeyId> own) {
        return keyids.stream().filter(keyid -> !own.contains(keyid)).collect(Collectors.toSet());
    }
}
