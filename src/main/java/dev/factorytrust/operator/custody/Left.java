package dev.factorytrust.operator.custody;

import dev.factorytrust.names.Names;
import dev.factorytrust.tuf.dialect.MalformedMetadataException;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.verify.Verifier;
import io.fabric8.kubernetes.api.model.ConfigMap;

import java.util.List;
import java.util.Optional;

/** What stands where a version of targets is to be stored that holders sign: their name for it is taken once. */
public sealed interface Left {

    record Nothing() implements Left {}

    /** A publication that was cut off has stored it, and it can go on. */
    record Whole(Signed<Targets> targets) implements Left {}

    /** A publication that was cut off has stored it, and since then another root has to accept it, too. */
    record Outdated() implements Left {}

    /** Somebody else has put it there, or no root accepts it. */
    record InTheWay(ConfigMap object) implements Left {}

    /** @param roots that have to accept it */
    static Left of(TargetsInputs inputs, TargetsPayload payload, List<Root> roots) {
        return inputs.stored()
                .find(Names.metadata(inputs.factory().name(), RoleName.TARGETS, payload.version()))
                .map(object -> targets(inputs, object)
                        .filter(targets -> targets.canonical().equals(payload.canonical()))
                        .filter(_ -> inputs.stored().record(object).equals(payload.record()))
                        .map(targets -> accepted(object, targets, roots))
                        .orElseGet(() -> new InTheWay(object)))
                .orElseGet(Nothing::new);
    }

    private static Left accepted(ConfigMap object, Signed<Targets> targets, List<Root> roots) {
        var accepting = roots.stream().filter(root -> holds(root, targets)).count();
        return accepting == roots.size() ? new Whole(targets) : accepting > 0 ? new Outdated() : new InTheWay(object);
    }

    private static boolean holds(Root root, Signed<Targets> targets) {
        return Verifier.verify(root.role(RoleName.TARGETS), root.keys(), targets.canonical(), targets.signatures())
                .verified();
    }

    private static Optional<Signed<Targets>> targets(TargetsInputs inputs, ConfigMap object) {
        try {
            return inputs.stored()
                    .readable(object, Names.metadataEntry(RoleName.TARGETS))
                    .map(file -> inputs.dialect().decode(Targets.class, file));
        } catch (MalformedMetadataException e) {
            return Optional.empty();
        }
    }
}
