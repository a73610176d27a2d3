package dev.factorytrust.cli;

import dev.factorytrust.api.v1alpha1.OfferedTargets;
import dev.factorytrust.cli.ceremony.TargetsVersion;

import java.util.ArrayList;
import java.util.List;

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
        lines.add("  still to sign, before " + payload.signBefore() + ": "
                + String.join(", ", TargetsVersion.missing(payload)));
        lines.add("  sha256 " + payload.sha256() + ": compare it before you sign");
        lines.add(
                "  each of them: kubectl factory target payload %s -n %s --version-number %d --out %s.json --current-out root.json"
                        .formatted(factory, namespace, payload.version(), payload.configMap()));
        lines.add("          then: kubectl factory sign %s.json --current root.json --key YOUR-KEY.pem > signed.yaml"
                .formatted(payload.configMap()));
        lines.add("          then: kubectl factory attach signed.yaml");
        return lines;
    }
}
