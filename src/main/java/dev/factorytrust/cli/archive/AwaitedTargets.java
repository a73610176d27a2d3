package dev.factorytrust.cli.archive;

import dev.factorytrust.api.v1alpha1.OfferedTargets;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.dialect.MalformedMetadataException;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.model.TargetFile;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.verify.Verifier;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What there is of targets while a root that changes who signs them waits for a version that holds before and after.
 *
 * @param served what devices are served; empty where they would refuse it
 * @param refusal why they would; else empty
 * @param offers what may be signed, the newest first
 */
record AwaitedTargets(Optional<Signed<Targets>> served, String refusal, List<Offer> offers) {

    /** @param payload the bytes that status names, whatever their digest */
    record Offer(OfferedTargets status, Optional<Bytes> payload) {

        boolean lists(Dialect dialect, Map<String, TargetFile> content) {
            try {
                return payload.filter(bytes -> dialect.decodeSigned(Targets.class, bytes)
                                .targets()
                                .equals(content))
                        .isPresent();
            } catch (MalformedMetadataException e) {
                return false;
            }
        }
    }

    /** Whether the root goes on waiting: what is served doesn't hold under it. */
    boolean areMissing(Root next) {
        return served.filter(targets -> Verifier.verify(
                                next.role(RoleName.TARGETS), next.keys(), targets.canonical(), targets.signatures())
                        .verified())
                .isEmpty();
    }
}
