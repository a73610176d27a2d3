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
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

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
        var bytes = read(payload);
        var next = next(bytes);
        var before = Optional.ofNullable(current).map(file -> before(file, next));
        var extras = RootExtras.of(next);
        var rotation = extras.rotation()
                .map(RootExtras.Rotation::name)
                .orElseThrow(() -> Failure.refused(payload + " names no rotation, so no operator made it"));
        var signer = KeyFiles.read(key, passphrase);
        requireListed(signer.publicKey(), next, before);
        tell("Root version " + next.version() + " of Factory "
                + extras.factory().orElse("(unnamed)") + ", made for RootRotation " + rotation);
        tell("sha256 " + bytes.sha256() + "  (status.payload.sha256 of the rotation must be the same)");
        RootDiff.between(before, next).forEach(line -> tell("  " + line));
        if (!yes && !Terminal.confirms("Sign it with " + key + "?", "pass --yes once you have compared the digest")) {
            throw Failure.refused("nothing was signed");
        }
        var secret = secret(rotation, extras.factory(), signer.publicKey(), signer.sign(bytes));
        command.commandLine().getOut().print(Output.yaml(secret));
        command.commandLine().getOut().flush();
    }

    private Root next(Bytes bytes) {
        try {
            return DIALECT.decodeSigned(Root.class, bytes);
        } catch (MalformedMetadataException e) {
            throw Failure.refused(payload + " is no payload of a root: " + e.getMessage());
        }
    }

    private Root before(Path file, Root next) {
        try {
            var root = DIALECT.decode(Root.class, read(file)).metadata();
            if (root.version() + 1 != next.version()) {
                throw Failure.refused("%s is root version %d, and the payload is version %d: it follows another root"
                        .formatted(file, root.version(), next.version()));
            }
            return root;
        } catch (MalformedMetadataException e) {
            throw Failure.refused(file + " is no root: " + e.getMessage());
        }
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

    private static Map<String, Object> secret(
            String rotation, Optional<String> factory, PublicKey signer, Bytes signature) {
        var metadata = new LinkedHashMap<String, Object>();
        metadata.put("name", rotation + "-by-" + signer.fingerprint().substring(0, 8));
        factory.map(name -> name.substring(0, Math.max(0, name.indexOf('/'))))
                .filter(namespace -> !namespace.isEmpty())
                .ifPresent(namespace -> metadata.put("namespace", namespace));
        metadata.put("labels", Map.of(Names.SIGNS, Names.payload(rotation)));
        var secret = new LinkedHashMap<String, Object>();
        secret.put("apiVersion", "v1");
        secret.put("kind", "Secret");
        secret.put("metadata", metadata);
        secret.put("type", Names.SIGNATURE_TYPE);
        secret.put("data", Map.of("signature", signature.base64()));
        return secret;
    }

    private static Bytes read(Path file) {
        try {
            return Bytes.of(Files.readAllBytes(file));
        } catch (IOException e) {
            throw Failure.file(file, "can't be read", e);
        }
    }

    /** To a person: standard output is the Secret's alone. */
    private void tell(String line) {
        command.commandLine().getErr().println(Output.harmless(line));
    }
}
