package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.repository.ManagedPaths;
import dev.factorytrust.tuf.repository.PublicationPlan;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;

import java.time.Instant;
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

    record CreateOnlineKeys(Set<RoleName> roles) implements Decision {}

    /**
     * Create the empty timestamp object, at which every publication commits.
     *
     * @param floor no timestamp version up to this one is used again; 0 for a new Factory
     */
    record OpenCommitPoint(long floor) implements Decision {}

    /** Declare the first root of an {@code offline} bootstrap, for its holders to sign. */
    record DeclareFirstRoot(RootRotation rotation) implements Decision {}

    /** Make way for a first root with a new payload: the old one's holders came too late, and nobody trusts it yet. */
    record WithdrawFirstRoot(RootRotation rotation, Optional<ConfigMap> payload) implements Decision {}

    /** Sign root 1 with the stored archive, which never signs again. */
    record SignFirstRoot(Root root, Secret archive) implements Decision {}

    /** Offer the exact bytes of the next root to its holders. */
    record OfferPayload(ConfigMap payload) implements Decision {}

    /** Store a root that all who must have signed. */
    record StoreRoot(Signed<Root> root, Optional<RootRotation> rotation) implements Decision {}

    /** Let devices see a stored root. */
    record FlipRoot(Signed<Root> root) implements Decision {}

    /**
     * Sign and commit new metadata.
     *
     * @param record which paths come from which Targets, stored beside new targets
     */
    record Publish(PublicationPlan plan, Optional<ManagedPaths> record) implements Decision {}

    /** Put an immutable object back, byte for byte, after removing what stands in its place. */
    record PutBack(ConfigMap original, Optional<ConfigMap> impostor) implements Decision {}

    /** Remove an object that nothing reaches, or that isn't what its name says. */
    record Remove(ConfigMap object, String why, boolean suspicious) implements Decision {}

    /** Erase the root key archive for good: its owner has shown that he holds it. */
    record EraseRootKeys(Secret archive) implements Decision {}
}
