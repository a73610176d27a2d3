package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.tuf.adoption.Adoption;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.repository.ManagedPaths;
import dev.factorytrust.tuf.repository.PublicationPlan;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The next step of a Factory. Each follows from what is stored alone, so that a step that was cut off halfway is found
 * again by whoever looks next.
 */
public sealed interface Decision {

    /** Nothing to do before {@code until}, unless something changes. */
    record Wait(Instant until) implements Decision {}

    /** Nothing can be done until somebody acts. What is published stays served. */
    record Stall(String reason, String message) implements Decision {}

    /** Make the root keys of a {@code generate} bootstrap and store them, before anything else is signed. */
    record CreateRootKeys() implements Decision {}

    /** @param rotation whose payload will name the keys; empty for those of root 1 */
    record CreateOnlineKeys(Set<RoleName> roles, Optional<RootRotation> rotation) implements Decision {}

    /**
     * Take over what somebody else's server published, byte for byte.
     *
     * @param lacking the metadata objects that aren't stored yet, all but the timestamp, in order
     * @param sources which objects it came from: they have done their part then
     */
    record Adopt(Adoption.Adoptable adoption, List<ConfigMap> lacking, List<String> sources) implements Decision {

        /** Names the sources only: private keys came with it. */
        @Override
        public String toString() {
            return "Adopt" + sources;
        }
    }

    /**
     * Create the empty timestamp object, at which every publication commits.
     *
     * @param floor no timestamp version up to this one is used again; 0 for a new Factory
     */
    record OpenCommitPoint(long floor) implements Decision {}

    /** Declare a change of root that nobody else has to: the first of an {@code offline} bootstrap, or what policy asks. */
    record Declare(RootRotation rotation) implements Decision {}

    /** Make way for a first root with a new payload: the old one's holders came too late, and nobody trusts it yet. */
    record WithdrawFirstRoot(RootRotation rotation, Optional<ConfigMap> payload) implements Decision {}

    /**
     * Sign root 1 with the stored archive, which never signs again.
     *
     * @param root with the signatures of those who must sign it beside
     */
    record SignFirstRoot(Signed<Root> root, Secret archive) implements Decision {}

    /** Offer the exact bytes of the next root, or of the next targets, to those who sign them. */
    record OfferPayload(ConfigMap payload) implements Decision {}

    /**
     * Store a root that all who must have signed.
     *
     * @param compromise whether it answers a compromise, so that its online keys take over at once
     */
    record StoreRoot(Signed<Root> root, Optional<RootRotation> rotation, boolean compromise) implements Decision {}

    /**
     * Let devices see a stored root, under the timestamp that is published.
     *
     * @param overlapSince from now on old online keys go on signing for a while
     */
    record FlipRoot(Signed<Root> root, Optional<Instant> overlapSince) implements Decision {}

    /**
     * Sign and commit new metadata.
     *
     * @param record which paths come from which Targets, stored beside new targets
     * @param commit what becomes visible with it
     */
    record Publish(PublicationPlan plan, Optional<ManagedPaths> record, Commit commit) implements Decision {}

    /**
     * What a commit says beside the timestamp.
     *
     * @param signers the roots whose online keys sign
     * @param rootVersion the newest root that devices see from then on
     * @param overlapSince see {@link dev.factorytrust.tuf.repository.KeyOverlap}; empty ends an overlap
     */
    record Commit(List<Root> signers, long rootVersion, Optional<Instant> overlapSince) {}

    /** Begin the overlap's wait anew: while nothing was signed, devices may have missed what they were to see in it. */
    record RestartOverlap() implements Decision {}

    /** Put an immutable object back, byte for byte, after removing what stands in its place. */
    record PutBack(ConfigMap original, Optional<ConfigMap> impostor) implements Decision {}

    /** Put the newest timestamp that devices saw in the place of an older one. */
    record PutBackTimestamp(ConfigMap newest) implements Decision {}

    /** Remove an object that nothing reaches, or that isn't what its name says. */
    record Remove(ConfigMap object, String why, boolean suspicious) implements Decision {}

    /** Remove an online key that no root in use names, and none ever will. */
    record RemoveKey(Secret key, String why) implements Decision {}

    /** Erase the root key archive for good: its owner has shown that he holds it. */
    record EraseRootKeys(Secret archive) implements Decision {}

    /** Have the Factory's deletion wait until what belongs to it is gone: {@code deletionPolicy: Delete}. */
    record AddFinalizer() implements Decision {}

    /** Delete what the operator wrote for a Factory that is being deleted. */
    record DeleteOwned(HasMetadata object) implements Decision {

        /** Names the object only: some hold private keys. */
        @Override
        public String toString() {
            return "DeleteOwned[" + object.getKind() + ' '
                    + object.getMetadata().getName() + ']';
        }
    }

    /** Let the Factory be deleted. */
    record RemoveFinalizer() implements Decision {}
}
