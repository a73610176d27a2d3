package dev.factorytrust.cli;

import dev.factorytrust.names.Names;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.dialect.MalformedMetadataException;
import dev.factorytrust.tuf.dialect.StandardDialect;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.repository.RootDiff;
import dev.factorytrust.tuf.repository.RootExtras;
import dev.factorytrust.tuf.verify.TrustedMetadataSet;
import dev.factorytrust.tuf.verify.VerificationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

@Command(
        name = "sign",
        mixinStandardHelpOptions = true,
        description = {
            "Signs the payload of a RootRotation on a machine that needs neither a cluster nor a network.",
            "Shows what the next root changes, asks, and prints the Secret that carries the signature as YAML:",
            "apply it, or commit it to the repository that your cluster is synchronised from."
        })
final class Sign implements Runnable {

    private static final StandardDialect DIALECT = new StandardDialect();

    /** Names as Kubernetes takes them; nothing else goes into a Secret, or onto a terminal. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");

    private static final Pattern FACTORY = Pattern.compile(NAME + "/" + NAME);

    @Spec
    private CommandSpec command;

    @Parameters(paramLabel = "PAYLOAD", description = "The payload's file: payload.json of the rotation's ConfigMap.")
    private Path payload;

    @Option(names = "--key", required = true, paramLabel = "FILE", description = "Your private key (PKCS#8, PEM).")
    private Path key;

    @Option(
            names = "--current",
            paramLabel = "FILE",
            description = "The root that the payload follows, to show what changes. Without it everything is shown.")
    private Path current;

    @Option(names = "--yes", description = "Don't ask: you have compared the digest that is shown.")
    private boolean yes;

    @Mixin
    private Passphrase passphrase;

    @Override
    public void run() {
        var bytes = InputFile.read(payload);
        var next = next(bytes);
        var before = Optional.ofNullable(current).map(file -> before(file, next));
        requireOwnKeyids(next, before);
        var extras = RootExtras.of(next);
        var rotation = extras.rotation()
                .map(RootExtras.Rotation::name)
                .filter(name -> NAME.matcher(name).matches())
                .orElseThrow(() -> Failure.refused(payload + " names no rotation, so no operator made it"));
        var factory = extras.factory()
                .filter(name -> FACTORY.matcher(name).matches())
                .orElseThrow(() -> Failure.refused(payload + " names no Factory, so no operator made it"));
        var signer = KeyFiles.read(key, passphrase);
        requireListed(signer.publicKey(), next, before);
        tell("Root version " + next.version() + " of Factory "
                + extras.factory().orElse("(unnamed)") + ", made for RootRotation " + rotation);
        tell("sha256 " + bytes.sha256() + "  (status.payload.sha256 of the rotation must be the same)");
        RootDiff.between(before, next).forEach(line -> tell("  " + line));
        before.ifPresent(_ -> tell("  against " + current + ", sha256 "
                + InputFile.read(current).sha256() + ": compare it with what your devices trust"));
        next.role(RoleName.ROOT)
                .keyids()
                .forEach(keyid -> tell("  holds root: "
                        + Optional.ofNullable(extras.holders().get(keyid)).orElse("(unnamed)") + ", keyid "
                        + keyid.value()));
        if (!yes && !Terminal.confirms("Sign it with " + key + "?", "pass --yes once you have compared the digest")) {
            throw Failure.refused("nothing was signed");
        }
        var secret = secret(rotation, factory, signer.publicKey(), signer.sign(bytes));
        command.commandLine().getOut().print(Output.yaml(secret));
        command.commandLine().getOut().flush();
    }

    private Root next(Bytes bytes) {
        try {
            var root = DIALECT.decodeSigned(Root.class, bytes);
            if (!root.consistentSnapshot()) {
                throw Failure.refused(payload + " turns consistent_snapshot off, which no operator of ours does");
            }
            return root;
        } catch (MalformedMetadataException e) {
            throw Failure.refused(payload + " is no payload of a root: " + e.getMessage());
        }
    }

    private Root before(Path file, Root next) {
        try {
            var root = new TrustedMetadataSet(DIALECT, InputFile.read(file), Instant.MIN)
                    .root()
                    .metadata();
            if (root.version() + 1 != next.version()) {
                throw Failure.refused("%s is root version %d, and the payload is version %d: it follows another root"
                        .formatted(file, root.version(), next.version()));
            }
            var factory = RootExtras.of(root).factory();
            if (factory.isPresent() && !factory.equals(RootExtras.of(next).factory())) {
                throw Failure.refused(file + " is a root of Factory " + factory.get() + ", and the payload is not");
            }
            return root;
        } catch (VerificationException e) {
            throw Failure.refused(file + " is no root that its own keys signed: " + e.getMessage());
        }
    }

    /** Else a key could stand under another's keyid, which is all that people compare. */
    private void requireOwnKeyids(Root next, Optional<Root> before) {
        next.keys().forEach((keyid, key) -> {
            var known = before.map(root -> key.equals(root.keys().get(keyid))).orElse(false);
            if (!known && !keyid.equals(DIALECT.keyId(key))) {
                throw Failure.refused(payload + " lists a key under keyid " + keyid.value()
                        + ", which is another key's: somebody wants you to sign for a key that you don't see");
            }
        });
    }

    /** A signature that neither side counts would only be refused later, by the operator. */
    private void requireListed(PublicKey publicKey, Root next, Optional<Root> before) {
        var keyid = DIALECT.keyId(DIALECT.key(publicKey));
        var listed = next.role(RoleName.ROOT).keyids().contains(keyid)
                || before.filter(root -> root.role(RoleName.ROOT).keyids().contains(keyid))
                        .isPresent();
        if (!listed) {
            throw Failure.refused("%s (keyid %s) is no root key of %s%s"
                    .formatted(
                            key,
                            keyid.value(),
                            payload,
                            before.isPresent()
                                    ? " or of the root before it"
                                    : "; if it is one that goes, name the root before with --current"));
        }
    }

    private static Map<String, Object> secret(String rotation, String factory, PublicKey signer, Bytes signature) {
        var metadata = new LinkedHashMap<String, Object>();
        metadata.put("name", rotation + "-by-" + signer.fingerprint().substring(0, 8));
        metadata.put("namespace", factory.substring(0, factory.indexOf('/')));
        metadata.put("labels", Map.of(Names.SIGNS, Names.payload(rotation)));
        var secret = new LinkedHashMap<String, Object>();
        secret.put("apiVersion", "v1");
        secret.put("kind", "Secret");
        secret.put("metadata", metadata);
        secret.put("type", Names.SIGNATURE_TYPE);
        secret.put("data", Map.of("signature", signature.base64()));
        return secret;
    }

    /** To a person: standard output is the Secret's alone. */
    private void tell(String line) {
        command.commandLine().getErr().println(Output.harmless(line));
    }
}
