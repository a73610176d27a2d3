package dev.factorytrust.cli;

import dev.factorytrust.api.v1alpha1.RootRotationStatus;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import dev.factorytrust.cli.console.Output;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A RootRotation that is not over, as its holders read it: what it changes, who has yet to sign, and how. */
final class OpenRotation {

    private OpenRotation() {}

    /** @param archived whether the holder of root's keys has them in an archive */
    static List<String> lines(String namespace, Status.Rotation rotation, boolean archived) {
        var status = rotation.status();
        var lines = new ArrayList<String>();
        lines.add("RootRotation " + rotation.name() + ": "
                + Optional.ofNullable(status.phase()).map(Output::name).orElse("Unseen")
                + Optional.ofNullable(rotation.message())
                        .map(message -> ", " + message)
                        .orElse(""));
        Optional.ofNullable(status.diff()).orElse(List.of()).forEach(line -> lines.add("  " + line));
        if (status.phase() != Phase.AWAITING_SIGNATURES) {
            status.conditions().stream()
                    .filter(condition -> !condition.type().equals("Complete")
                            || !condition.status().equals("True"))
                    .map(condition -> "  " + condition.reason() + ": " + condition.message())
                    .forEach(lines::add);
        }
        rejected(status).forEach(lines::add);
        var missing = missing(status);
        if (status.payload() != null && !missing.isEmpty()) {
            lines.add("  still to sign, before " + status.payload().signBefore() + ": " + missing);
            lines.add("  sha256 " + status.payload().sha256() + ": compare it before you sign");
            lines.addAll(commands(namespace, rotation.name(), archived));
        }
        return lines;
    }

    private static List<String> commands(String namespace, String rotation, boolean archived) {
        var fetch = "kubectl factory root payload %1$s -n %2$s --out %1$s.json".formatted(rotation, namespace);
        return archived
                ? List.of("  whoever has the archive: " + fetch
                        + " && kubectl factory sign %s.json --archive keys.tgz | kubectl factory attach -"
                                .formatted(rotation))
                : List.of(
                        "  each of them: " + fetch,
                        "          then: kubectl factory sign %s.json --key YOUR-KEY.pem > signed.yaml"
                                .formatted(rotation),
                        "          then: kubectl factory attach signed.yaml");
    }

    private static Stream<String> rejected(RootRotationStatus status) {
        return Optional.ofNullable(status.signatures()).map(RootRotationStatus.Signatures::rejected).stream()
                .flatMap(List::stream)
                .map(signature -> "  not counted, Secret " + signature.secret() + ": " + signature.reason());
    }

    private static String missing(RootRotationStatus status) {
        return Optional.ofNullable(status.signatures()).stream()
                .flatMap(signatures -> Stream.concat(
                        Stream.of(signatures.current(), signatures.next())
                                .filter(side -> side != null && side.signed().size() < side.threshold())
                                .flatMap(side -> side.missing().stream()),
                        Optional.ofNullable(signatures.added()).stream().flatMap(added -> added.missing().stream())))
                .map(key -> key.name() != null ? key.name() : key.keyid())
                .distinct()
                .collect(Collectors.joining(", "));
    }
}
