package dev.factorytrust.cli.ceremony;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.cli.cluster.Cluster;
import dev.factorytrust.cli.cluster.Waiting;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.InputFile;
import dev.factorytrust.cli.console.Output;
import dev.factorytrust.cli.console.Person;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.PrivateKeys;
import dev.factorytrust.tuf.crypto.WrittenSignature;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

@Command(
        name = "attach",
        mixinStandardHelpOptions = true,
        description = {
            "Brings signatures to the cluster, and says whether they count and who is still missing.",
            "Takes the YAML that kubectl factory sign prints, or with --rotation and --signature what openssl wrote."
        })
public final class Attach implements Runnable {

    @Spec
    private CommandSpec command;

    @Parameters(
            paramLabel = "FILE",
            arity = "0..*",
            description = "Secrets as sign prints them, one or several; - for standard input.")
    private List<Path> files = List.of();

    @Option(
            names = "--rotation",
            paramLabel = "ROTATION",
            description = "The RootRotation whose payload was signed; for targets FACTORY-targets-VERSION.")
    private String rotation;

    @Option(
            names = "--signature",
            paramLabel = "FILE",
            description = "The signature: the bytes as openssl writes them, or in hex or base64.")
    private Path signature;

    @Option(
            names = "--keyid",
            paramLabel = "KEYID",
            description = "Whose signature it is. Default: the key that verifies it.")
    private String keyid;

    @Mixin
    private Person person;

    @Mixin
    private Cluster cluster;

    @Mixin
    private Waiting waiting;

    @Mixin
    private Output output;

    /** @param missing holders by name, keyids where they have none */
    record Rotation(String namespace, String rotation, Optional<String> phase, List<String> missing) {}

    @Override
    public void run() {
        var bare = signature != null;
        if (files.isEmpty() != bare || (rotation != null) != bare || keyid != null && !bare) {
            throw new ParameterException(
                    command.commandLine(),
                    "name files of Secrets, or else --rotation and --signature, and with these --keyid at will");
        }
        // All are looked at before the first is sent.
        var signatures = bare ? List.of(bare()) : fromFiles();
        var attachments = new Attachments(cluster, person::tell);
        attachments.create(signatures);
        var reports = signatures.stream()
                .collect(Collectors.groupingBy(Signed::of, LinkedHashMap::new, Collectors.toList()))
                .entrySet()
                .stream()
                .map(those -> report(attachments, those.getKey(), those.getValue()))
                .toList();
        output.print(reports, reports.stream().flatMap(of -> lines(of).stream()).toList());
    }

    private record Signed(String namespace, String rotation) {

        static Signed of(SignatureSecret signature) {
            return new Signed(signature.namespace(), signature.rotation());
        }
    }

    private List<SignatureSecret> fromFiles() {
        return files.stream()
                .flatMap(file -> SignatureFile.read(InputFile.orStandardInput(file), cluster).stream())
                .map(this::comparedWithThePayload)
                .toList();
    }

    /** A signature may come before its payload. If that is there, what can't count is refused here, and nothing is sent. */
    private SignatureSecret comparedWithThePayload(SignatureSecret attached) {
        var targets = TargetsVersion.of(attached.namespace(), attached.rotation());
        if (targets.isPresent()) {
            targets.flatMap(version -> version.offered(cluster))
                    .ifPresent(payload -> requireSame(
                            attached, payload.sha256(), payload.configMap(), "kubectl factory target payload"));
            return attached;
        }
        var offered = cluster.look(RootRotation.class, attached.namespace(), attached.rotation())
                .filter(found -> new SignatureCount(Optional.ofNullable(found.getStatus())).hasPayload());
        offered.ifPresent(found -> requireSame(
                attached,
                found.getStatus().payload().sha256(),
                "RootRotation " + attached.rotation(),
                "kubectl factory root payload"));
        return offered.isEmpty() || !attached.keyids().isEmpty()
                ? attached
                : attached.by(signer(
                                "Secret " + attached.name(),
                                OfferedPayload.of(cluster, offered.get()).checked(),
                                written(
                                        "Secret " + attached.name(),
                                        attached.data().get(SignatureSecret.SIGNATURE)))
                        .keyid());
    }

    private static void requireSame(SignatureSecret attached, String now, String of, String verb) {
        attached.payloadSha256().filter(signed -> !signed.equalsIgnoreCase(now)).ifPresent(signed -> {
            throw Failure.refused("Secret " + attached.name() + " signs sha256 " + signed + ", and the payload of " + of
                    + " is " + now + ": somebody swapped it, or it was replaced since. Fetch it anew with " + verb
                    + ", and sign that");
        });
    }

    private SignatureSecret bare() {
        var file = InputFile.of(signature);
        var value = written(file.name(), file.content());
        var payload = TargetsVersion.of(cluster.namespace(), rotation)
                .<SignedPayload>map(version -> offered(version, value))
                .orElseGet(() -> OfferedPayload.fetch(cluster, cluster.namespace(), rotation)
                        .checked());
        var signer = signer(file.name(), payload, value);
        return SignatureSecret.of(payload, signer.keyid(), signer.key(), value);
    }

    /** As the root names its holders that has the one who signed. */
    private TargetsPayload offered(TargetsVersion version, Bytes value) {
        var payloads = OfferedTargetsPayload.fetch(
                        cluster, version.namespace(), version.factory(), OptionalLong.of(version.version()))
                .checked();
        return payloads.stream()
                .filter(payload ->
                        payload.signerOf(value, Optional.ofNullable(keyid)).isPresent())
                .findFirst()
                .orElseGet(payloads::getFirst);
    }

    private static Bytes written(String name, Bytes content) {
        if (PrivateKeys.isIn(content)) {
            throw Failure.refused(name + " holds a PRIVATE KEY, and nothing of it was sent anywhere: sign with it, and"
                    + " attach the signature");
        }
        return WrittenSignature.read(content)
                .orElseThrow(() -> Failure.refused(name + " is no signature: expected are 64 bytes (Ed25519), DER"
                        + " (ECDSA), or 256, 384 or 512 bytes (RSA), as they are, in hex or in base64"));
    }

    private SignedPayload.Candidate signer(String name, SignedPayload payload, Bytes value) {
        var only = Optional.ofNullable(keyid);
        return payload.signerOf(value, only)
                .orElseThrow(() -> Failure.refused(name + " is no signature of the payload of "
                        + (payload instanceof RootPayload ? "RootRotation " : "") + payload.subject() + ". "
                        + String.join(". ", payload.whyInvalid(value, only))));
    }

    private Rotation report(Attachments attachments, Signed signed, List<SignatureSecret> signatures) {
        if (!waiting.isWanted()) {
            return new Rotation(signed.namespace(), signed.rotation(), Optional.empty(), List.of());
        }
        var targets = TargetsVersion.of(signed.namespace(), signed.rotation());
        if (targets.isPresent()) {
            var outcome = targets.get().awaitCounted(cluster, signatures, waiting);
            return new Rotation(signed.namespace(), signed.rotation(), Optional.of(outcome.state()), outcome.missing());
        }
        if (cluster.look(RootRotation.class, signed.namespace(), signed.rotation())
                .isEmpty()) {
            person.tell("there is no RootRotation " + signed.rotation() + " in namespace " + signed.namespace()
                    + " yet; the signature waits for it");
            return new Rotation(signed.namespace(), signed.rotation(), Optional.empty(), List.of());
        }
        var count = attachments.awaitCounted(signatures, waiting.timeout());
        return new Rotation(signed.namespace(), signed.rotation(), count.phase().map(Output::name), count.missing());
    }

    private static List<String> lines(Rotation report) {
        return report
                .phase()
                .map(phase -> (TargetsVersion.of(report.namespace(), report.rotation())
                                        .isPresent()
                                ? "Targets "
                                : "RootRotation ")
                        + report.rotation() + ": " + phase
                        + (report.missing().isEmpty() ? "" : ", still to sign: " + String.join(", ", report.missing())))
                .stream()
                .toList();
    }
}
