package dev.factorytrust.operator.rotation;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.names.Names;
import dev.factorytrust.operator.store.StoredMetadata;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.repository.RootExtras;
import io.fabric8.kubernetes.api.model.ConfigMap;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Payloads whose RootRotation was deleted, or made anew under its name. Deleting the declaration takes back nothing that
 * was signed: whoever read payload and signatures holds a root that devices accept.
 */
public final class Orphans {

    /** Why condition RotationPending holds for one that the present root's holders have signed. */
    public static final String SIGNED_AND_DELETED = "SignedAndDeleted";

    /** How far the signatures on an orphan have come. */
    public enum Hold {
        /** Nobody can do anything with it: it may go. */
        NONE,
        /** The present root's holders have signed, and who else must sign may do so at any time, anywhere. */
        CURRENT_SIDE,
        /** All have signed: it is the next root, whatever happens. */
        BINDING
    }

    /** @param root with its signatures; as many as have come */
    public record Orphan(ConfigMap payload, String rotation, Hold hold, Optional<Signed<Root>> root) {}

    private Orphans() {}

    /** Oldest first. */
    public static List<Orphan> of(CeremonyInputs inputs) {
        var owners = inputs.rotations().stream()
                .map(rotation -> Names.payload(rotation.getMetadata().getName()) + '/' + uid(rotation))
                .collect(Collectors.toSet());
        return inputs.stored().rootPayloads().values().stream()
                .filter(payload -> !owners.contains(payload.getMetadata().getName() + '/' + owner(payload)))
                .sorted(Comparator.comparing(
                                (ConfigMap payload) -> payload.getMetadata().getCreationTimestamp())
                        .thenComparing(payload -> payload.getMetadata().getName()))
                .map(payload -> judge(inputs, payload))
                .toList();
    }

    private static Orphan judge(CeremonyInputs inputs, ConfigMap payload) {
        var name = payload.getMetadata().getName();
        var rotation = Names.rotationOf(name);
        var next = Payloads.root(inputs.dialect(), payload)
                .filter(root -> root.version() == inputs.newestVersion() + 1 && !root.isExpired(inputs.now()));
        if (next.isEmpty() || inputs.newest().isEmpty()) {
            return new Orphan(payload, rotation, Hold.NONE, Optional.empty());
        }
        var canonical = Payloads.file(payload).orElseThrow();
        var tally = Attached.to(
                        name, canonical, next.get(), added(inputs.newest().get(), next.get()), inputs)
                .tally();
        var root = inputs.dialect().assemble(Root.class, canonical, tally.accepted());
        var hold = !tally.currentSideMet() || isKeyLost(inputs, next.get())
                ? Hold.NONE
                : tally.fullySigned() ? Hold.BINDING : Hold.CURRENT_SIDE;
        return new Orphan(payload, rotation, hold, Optional.of(root));
    }

    /** Holders that the next root adds, told from the two roots alone. */
    private static Set<KeyId> added(Root current, Root next) {
        return Stream.concat(
                        next.role(RoleName.ROOT).keyids().stream(), RootExtras.of(next).holders().keySet().stream())
                .filter(keyid -> !current.keys().containsKey(keyid))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** A root whose online keys are gone can't be signed for: another one has to follow in any case. */
    static boolean isKeyLost(CeremonyInputs inputs, Root next) {
        return Stream.of(RoleName.TARGETS, RoleName.SNAPSHOT, RoleName.TIMESTAMP)
                .anyMatch(role ->
                        !next.role(role).equals(inputs.newest().orElseThrow().role(role))
                                && !inputs.signers().sufficeWithHolders(next, role));
    }

    private static String owner(ConfigMap payload) {
        return StoredMetadata.annotation(payload, Names.OWNER_UID).orElse("");
    }

    private static String uid(RootRotation rotation) {
        return String.valueOf(rotation.getMetadata().getUid());
    }
}
