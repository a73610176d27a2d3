package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.FactorySpec;
import dev.factorytrust.api.v1alpha1.FactoryStatus;
import dev.factorytrust.api.v1alpha1.FactoryStatus.RoleStatus;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.operator.Defaults;
import dev.factorytrust.operator.custody.TargetsPayload;
import dev.factorytrust.operator.rotation.CeremonyInputs;
import dev.factorytrust.operator.store.FactoryRef;
import dev.factorytrust.operator.store.ImportSources;
import dev.factorytrust.operator.store.OnlineKeys;
import dev.factorytrust.operator.store.Reading;
import dev.factorytrust.operator.store.Roots;
import dev.factorytrust.operator.store.StoredMetadata;
import dev.factorytrust.operator.target.TargetWishes;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.repository.OnlineSigners;
import dev.factorytrust.tuf.repository.Policy;
import io.fabric8.kubernetes.api.model.Secret;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Everything a decision about one Factory is made from, gathered at one moment.
 *
 * @param dialect that the metadata is stored in; where nothing is stored yet, the one that the Factory declares
 * @param targetsPayloads what is stored at the names of payloads of targets and can be read, the newest first
 * @param roots the stored chain of roots, as far as it holds
 * @param lastGood the newest published state that held, which may be newer than what is readable now
 * @param firstOnlineKeys the keys that root 1 may name for each online role, oldest first
 * @param newOnlineKeys the keys made for each RootRotation that exchanges some, by the rotation's UID
 * @param onlineKeys every Secret of an online key
 * @param sharedWith the other Factory whose roots have a key; nobody's where sharing is allowed
 * @param rootKeys the archive of root keys, while it is in the cluster
 * @param rotations every RootRotation of the Factory
 * @param targets every Target of the Factory
 * @param wishes what the Factory's Targets ask for
 * @param signatures the attached signature Secrets, by the name of the payload that they sign
 * @param quiet how the wish for other targets has settled, see {@link TargetChanges}
 * @param sources what the Factory is to be imported from, read only while that is under way
 * @param ahead how far behind the last signature our clock is, where that is too far to sign and nobody confirmed it
 */
public record FactoryState(
        Factory factory,
        Dialect dialect,
        Policy policy,
        StoredMetadata stored,
        List<TargetsPayload> targetsPayloads,
        Reading reading,
        Roots roots,
        Optional<Reading.Published> lastGood,
        OnlineSigners signers,
        Map<RoleName, List<PublicKey>> firstOnlineKeys,
        Map<String, Map<RoleName, List<PublicKey>>> newOnlineKeys,
        List<OnlineKeys.StoredKey> onlineKeys,
        Function<PublicKey, Optional<FactoryRef>> sharedWith,
        Optional<Secret> rootKeys,
        List<RootRotation> rotations,
        List<Target> targets,
        TargetWishes wishes,
        Map<String, List<Secret>> signatures,
        TargetChanges quiet,
        Optional<ImportSources.Found> sources,
        Optional<Duration> ahead,
        Instant now) {

    /** What the root's next change is decided from. A chain that is still being imported is none yet. */
    public CeremonyInputs ceremonyInputs() {
        return new CeremonyInputs(
                ref(),
                dialect,
                sources.isPresent() ? Collections.emptyNavigableMap() : roots.chain(),
                firstOnlineKeys,
                newOnlineKeys,
                signers,
                isRootUnderway(),
                OverlapSteps.until(this),
                sharedWith,
                rotations,
                stored,
                signatures,
                Defaults.custody(spec()),
                policy.rootExpiresAfter(),
                now);
    }

    /** Whether a stored root is on its way to devices and can get there: without its keys, another has to follow it. */
    private boolean isRootUnderway() {
        return reading.published().isPresent()
                && roots.newest()
                        .map(Signed::metadata)
                        .filter(newest -> newest.version() > stored.rootVersion()
                                || stored.overlapSince().isPresent())
                        .filter(newest -> PublicationSteps.ONLINE.stream()
                                .allMatch(role -> signers.sufficeWithHolders(newest, role)))
                        .isPresent();
    }

    public FactoryRef ref() {
        return stored.factory();
    }

    public String uid() {
        return factory.getMetadata().getUid();
    }

    public FactorySpec spec() {
        return factory.getSpec();
    }

    public Optional<FactoryStatus> status() {
        return Optional.ofNullable(factory.getStatus());
    }

    public Optional<String> annotation(String name) {
        return Optional.ofNullable(factory.getMetadata().getAnnotations()).map(all -> all.get(name));
    }

    /** The version of a role that devices were last served, as far as anything still remembers. */
    public Optional<Long> lastPublished(RoleName role) {
        return reading.published()
                .or(() -> lastGood.map(Reading.Published::repository))
                .map(repository -> repository.role(role).metadata().version())
                .or(() -> status().map(FactoryStatus::roles)
                        .map(roles -> switch (role) {
                            case ROOT -> roles.root();
                            case TARGETS -> roles.targets();
                            case SNAPSHOT -> roles.snapshot();
                            case TIMESTAMP -> roles.timestamp();
                        })
                        .map(RoleStatus::version));
    }

    /** Names the Factory only: the parts hold Secrets. */
    @Override
    public String toString() {
        return "FactoryState[" + ref() + ']';
    }
}
