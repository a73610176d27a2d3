package dev.factorytrust.cli;

import dev.factorytrust.api.v1alpha1.OfferedTargets;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.Side;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A version of targets that waits for its holders, as they read it: what it changes, who has yet to sign, and how. */
final class OpenTargets {

    private OpenTargets() {}

    static List<String> lines(String namespace, String factory, OfferedTargets payload) {
        var lines = new ArrayList<String>();
        lines.add("Targets version " + payload.version() + ": AwaitingSignatures");
        payload.diff().forEach(line -> lines.add("  " + line));
        payload.signatures()
                .rejected()
                .forEach(signature ->
                        lines.add("  not counted, Secret " + signature.secret() + ": " + signature.reason()));
        lines.add("  still to sign, before " + payload.signBefore() + ": " + missing(payload));
        lines.add("  sha256 " + payload.sha256() + ": compare it before you sign");
        lines.add(
                "  each of them: kubectl factory target payload %s -n %s --version-number %d --out %s.json --current-out root.json"
                        .formatted(factory, namespace, payload.version(), payload.configMap()));
        lines.add("          then: kubectl factory sign %s.json --current root.json --key YOUR-KEY.pem > signed.yaml"
                .formatted(payload.configMap()));
        lines.add("          then: kubectl factory attach signed.yaml");
        return lines;
    }

    private static String missing(OfferedTargets payload) {
        return Stream.of(payload.signatures().current(), payload.signatures().next())
                .filter(Objects::nonNull)
                .filter(side -> side.signed().size() < side.threshold())
                .map(Side::missing)
                .flatMap(List::stream)
                .map(key -> key.name() != null ? key.name() : key.keyid())
                .distinct()
                .collect(Collectors.joining(", "));
    }
}
