package dev.factorytrust.operator.custody;

import dev.factorytrust.api.v1alpha1.OfferedTargets;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.RejectedSignature;
import dev.factorytrust.operator.rotation.HolderNames;
import dev.factorytrust.tuf.repository.TargetsTally;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What a Factory's status says of the targets that holders are asked to sign. */
public final class TargetsStatus {

    private TargetsStatus() {}

    /** @param visibleRoot the version of the root that devices have */
    public static List<OfferedTargets> payloads(TargetsCeremonies ceremonies, long visibleRoot) {
        var open = ceremonies.open().stream()
                .map(ceremony -> offered(ceremony.payload(), ceremony.diff(), signatures(ceremony, visibleRoot)));
        // Its signatures don't count any more, but its version is taken.
        var closed = ceremonies.closed().stream().map(payload -> offered(payload, null, null));
        return Stream.concat(open, closed)
                .sorted(Comparator.comparingLong(OfferedTargets::version).reversed())
                .toList();
    }

    /** What is waited for, from whom; for conditions. */
    public static String message(TargetsCeremony ceremony, long visibleRoot) {
        var payload = ceremony.payload();
        var about = "Targets version " + payload.version() + " waits for signatures on ConfigMap " + payload.name()
                + " (sha256 " + payload.canonical().sha256() + ") until " + payload.signBefore() + ": ";
        var waits = new ArrayList<String>();
        sides(ceremony, visibleRoot).filter(side -> !side.holders().met()).forEach(side -> {
            var lacking = side.holders().threshold() - side.holders().signed().size();
            waits.add(lacking + " more of " + HolderNames.names(side.holders().missing())
                    + (side.rootVersion() > visibleRoot
                            ? ", who sign targets under root version " + side.rootVersion()
                            : ""));
        });
        var rejected = ceremony.refused().size() + ceremony.tally().rejected().size();
        return waits.isEmpty()
                ? "All have signed targets version " + payload.version() + "; it is being published"
                : about
                        + String.join("; ", waits)
                        + (rejected == 0
                                ? ""
                                : ". " + rejected + " attached and not usable, see status.targets.payloads");
    }

    /** The reason that goes with {@link #message}. */
    public static String reason(TargetsCeremony ceremony) {
        return ceremony.refused().isEmpty() && ceremony.tally().rejected().isEmpty()
                ? "AwaitingSignatures"
                : "InvalidSignature";
    }

    private static OfferedTargets offered(
            TargetsPayload payload, List<String> diff, OfferedTargets.Signatures signatures) {
        return new OfferedTargets(
                payload.name(),
                payload.version(),
                payload.canonical().sha256(),
                payload.signBefore().toString(),
                diff,
                signatures);
    }

    private static OfferedTargets.Signatures signatures(TargetsCeremony ceremony, long visibleRoot) {
        var sides = sides(ceremony, visibleRoot).toList();
        return new OfferedTargets.Signatures(
                sides.stream()
                        .filter(side -> side.rootVersion() == visibleRoot)
                        .findFirst()
                        .or(() -> sides.stream().findFirst())
                        .map(side -> HolderNames.side(side.holders()))
                        .orElse(null),
                sides.stream()
                        .filter(side -> visibleRoot > 0 && side.rootVersion() > visibleRoot)
                        .findFirst()
                        .map(side -> HolderNames.side(side.holders()))
                        .orElse(null),
                Stream.concat(ceremony.refused().stream(), ceremony.tally().rejected().stream())
                        .map(rejection -> new RejectedSignature(rejection.source(), rejection.reason()))
                        .sorted(Comparator.comparing(RejectedSignature::secret))
                        .toList());
    }

    /** Of a root that devices have passed nobody is asked any more: what still needs it only waits for the overlap to end. */
    private static Stream<TargetsTally.Side> sides(TargetsCeremony ceremony, long visibleRoot) {
        return ceremony.tally().sides().stream().filter(side -> side.rootVersion() >= visibleRoot);
    }
}
