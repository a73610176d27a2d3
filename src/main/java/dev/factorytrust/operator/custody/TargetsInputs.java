package dev.factorytrust.operator.custody;

import dev.factorytrust.api.v1alpha1.OfferedTargets;
import dev.factorytrust.operator.store.FactoryRef;
import dev.factorytrust.operator.store.StoredMetadata;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.repository.DesiredTargets;
import dev.factorytrust.tuf.repository.OnlineSigners;
import dev.factorytrust.tuf.repository.RolePolicy;
import io.fabric8.kubernetes.api.model.Secret;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the next version of targets is decided from, where holders sign it.
 *
 * @param payloads see {@link TargetsPayload#stored}
 * @param signatures attached Secrets by the name of the payload that they sign
 * @param reported the payloads that status names: what the operator itself has offered
 * @param published what devices are served; empty before the first publication
 * @param above devices may have seen versions up to this one: none of them is used again
 * @param plan what targets should list
 * @param settled whether the plan has stood for long enough to be offered
 * @param wanted whether a new version is wanted though it may list the same
 */
public record TargetsInputs(
        FactoryRef factory,
        Dialect dialect,
        StoredMetadata stored,
        List<TargetsPayload> payloads,
        OnlineSigners signers,
        Map<String, List<Secret>> signatures,
        List<OfferedTargets> reported,
        Optional<Targets> published,
        long above,
        DesiredTargets.Plan plan,
        boolean settled,
        boolean wanted,
        RolePolicy policy,
        Instant now) {

    long publishedVersion() {
        return published.map(Targets::version).orElse(0L);
    }

    /** Names the Factory only: the parts hold Secrets. */
    @Override
    public String toString() {
        return "TargetsInputs[" + factory + ']';
    }
}
