package dev.factorytrust.cli.folder;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import dev.factorytrust.api.v1alpha1.Durations;
import dev.factorytrust.api.v1alpha1.RootRotationSpec;
import dev.factorytrust.cli.ceremony.SignatureFile;
import dev.factorytrust.cli.ceremony.SignatureSecret;
import dev.factorytrust.cli.cluster.Cluster;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.InputFile;
import dev.factorytrust.cli.console.Output;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.repository.RootProposal;
import dev.factorytrust.tuf.verify.TrustedMetadataSet;
import dev.factorytrust.tuf.verify.VerificationException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A folder in which somebody changes root, laid out as garage-sign's: {@code roles/N.root.json}, {@code roles/root.json},
 * and in {@code roles/unsigned} the change, the payload that the operator made of it, and the signatures so far. It holds
 * nothing secret.
 */
final class RootFolder {

    /**
     * Whose folder it is.
     *
     * @param rootExpiresAfter how long its roots live, as the Factory says; null where that isn't known
     * @param movedFrom {@code <namespace>/<name>} that it had before it was restored under this one; null if it wasn't
     * @param firstRoot the version that its devices begin with; null for 1, as of all but some that were imported
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Owner(String namespace, String factory, String rootExpiresAfter, String movedFrom, Long firstRoot) {

        Owner startingAt(long version) {
            return new Owner(namespace, factory, rootExpiresAfter, movedFrom, version == 1 ? null : (Long) version);
        }

        long first() {
            return firstRoot == null ? 1 : firstRoot;
        }

        Optional<Duration> life() {
            return Optional.ofNullable(rootExpiresAfter).map(Durations::parse);
        }

        /** What was known before, where this doesn't say. */
        Owner completedBy(Owner before) {
            return new Owner(
                    namespace,
                    factory,
                    rootExpiresAfter == null ? before.rootExpiresAfter : rootExpiresAfter,
                    movedFrom == null ? before.movedFrom : movedFrom,
                    firstRoot == null ? before.firstRoot : firstRoot);
        }

        boolean isSameAs(Owner other) {
            return namespace.equals(other.namespace) && factory.equals(other.factory);
        }

        @Override
        public String toString() {
            return namespace + '/' + factory;
        }
    }

    private final Path directory;

    RootFolder(Path directory) {
        this.directory = directory;
    }

    private Path ownerFile() {
        return directory.resolve("factory.yaml");
    }

    private Path roles() {
        return directory.resolve("roles");
    }

    private Path unsigned() {
        return roles().resolve("unsigned");
    }

    Path changeFile() {
        return unsigned().resolve("rotation.yaml");
    }

    Path payloadFile() {
        return unsigned().resolve("root.json");
    }

    Optional<Owner> findOwner() {
        return Files.exists(ownerFile()) ? Optional.of(FolderFiles.yaml(ownerFile(), Owner.class)) : Optional.empty();
    }

    Owner owner() {
        return findOwner()
                .filter(owner -> owner.namespace() != null && owner.factory() != null)
                .orElseThrow(() -> Failure.refused(
                        directory + " holds no root yet: kubectl factory root pull FACTORY --repo " + directory));
    }

    /**
     * The newest root, once every hop from the first one holds.
     *
     * @throws Failure naming the file that doesn't
     */
    Signed<Root> newest() {
        var first = owner().first();
        var trusted = trusted(first);
        try {
            for (var version = first + 1; Files.exists(rootFile(version)); version++) {
                trusted.updateRoot(InputFile.read(rootFile(version)));
            }
        } catch (VerificationException e) {
            throw Failure.refused("the roots in " + roles() + " are no chain: " + e.getMessage());
        }
        return trusted.root();
    }

    private TrustedMetadataSet trusted(long version) {
        try {
            var file = InputFile.of(rootFile(version));
            return new TrustedMetadataSet(file.dialect(), file.content(), Instant.MIN);
        } catch (VerificationException e) {
            throw Failure.refused(rootFile(version) + " is no root that its own keys signed: " + e.getMessage());
        }
    }

    /** As {@code --current} takes it. */
    InputFile newestFile() {
        return InputFile.of(rootFile(newest().metadata().version()));
    }

    Path rootFile(long version) {
        return roles().resolve(version + ".root.json");
    }

    /** The change in the making; one that changes nothing where there is none. */
    RootEdit change() {
        if (Files.notExists(changeFile())) {
            return RootEdit.none(owner().factory(), newest().metadata().version());
        }
        var tree = FolderFiles.yaml(changeFile(), JsonNode.class);
        try {
            return new RootEdit(FolderFiles.YAML.treeToValue(tree.path("spec"), RootRotationSpec.class));
        } catch (IOException | NullPointerException e) {
            throw Failure.refused(changeFile() + " is no RootRotation");
        }
    }

    /**
     * The next root as it would be if the operator made it now.
     *
     * @throws Failure where there can't be one
     */
    RootProposal.Proposed proposed(RootEdit change) {
        var life = change.life().or(owner()::life).orElse(Durations.ROOT_EXPIRES_AFTER);
        return change.proposed(
                newestFile().dialect(),
                newest().metadata(),
                owner().namespace(),
                Instant.now().plus(life));
    }

    /** Replaces the change. What was offered and signed for another is worth nothing, and goes. */
    void store(RootEdit change) {
        forgetPayload();
        var spec = change.spec();
        FolderFiles.write(
                changeFile(),
                Bytes.utf8(Output.yaml(Output.ordered(
                        "apiVersion",
                        "factory-trust.dev/v1alpha1",
                        "kind",
                        "RootRotation",
                        "metadata",
                        Output.ordered("name", change.name(), "namespace", owner().namespace()),
                        "spec",
                        spec))));
    }

    Optional<InputFile> payload() {
        return Files.exists(payloadFile()) ? Optional.of(InputFile.of(payloadFile())) : Optional.empty();
    }

    void storePayload(Bytes payload) {
        forgetPayload();
        FolderFiles.write(payloadFile(), payload);
    }

    /** What was signed of the payload that is here. */
    List<SignatureSecret> signatures(Cluster cluster) {
        if (Files.notExists(unsigned())) {
            return List.of();
        }
        try (var files = Files.list(unsigned())) {
            return files.filter(file -> file.getFileName().toString().endsWith(".signature.yaml"))
                    .sorted()
                    .flatMap(file -> SignatureFile.read(InputFile.of(file), cluster).stream())
                    .toList();
        } catch (IOException e) {
            throw Failure.file(unsigned(), "can't be read", e);
        }
    }

    /** Beside the others: one file per key. */
    void add(SignatureSecret signature) {
        FolderFiles.write(unsigned().resolve(signature.name() + ".signature.yaml"), Bytes.utf8(signature.yaml()));
    }

    void forgetPayload() {
        if (Files.notExists(unsigned())) {
            return;
        }
        try (var files = Files.list(unsigned())) {
            for (var file : files.toList()) {
                if (file.equals(payloadFile()) || file.toString().endsWith(".signature.yaml")) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw Failure.file(unsigned(), "can't be cleared", e);
        }
    }

    void forgetChange() {
        forgetPayload();
        try {
            Files.deleteIfExists(changeFile());
        } catch (IOException e) {
            throw Failure.file(changeFile(), "can't be deleted", e);
        }
    }

    /**
     * Takes over a chain of roots that was verified.
     *
     * @throws Failure where the folder is another Factory's
     */
    void store(Owner owner, List<Bytes> roots) {
        findOwner().filter(known -> !known.isSameAs(owner)).ifPresent(known -> {
            throw Failure.refused(directory + " is the folder of Factory " + known + ", not of " + owner
                    + ": name another with --repo");
        });
        for (var i = 0; i < roots.size(); i++) {
            var version = owner.first() + i;
            var file = rootFile(version);
            if (Files.exists(file) && !InputFile.read(file).equals(roots.get(i))) {
                throw Failure.refused(file + " is another root version " + version + " than that of Factory " + owner
                        + " there now: the server's roots were exchanged, or the Factory was made anew. Compare with"
                        + " what your devices trust before you believe either");
            }
        }
        var end = owner.first() + roots.size();
        if (Files.exists(rootFile(end))) {
            throw Failure.refused(directory + " has root version " + end + ", and Factory " + owner + " only "
                    + (end - 1) + ": it was set back");
        }
        FolderFiles.write(
                ownerFile(),
                Bytes.utf8(Output.yaml(findOwner().map(owner::completedBy).orElse(owner))));
        for (var i = 0; i < roots.size(); i++) {
            FolderFiles.write(rootFile(owner.first() + i), roots.get(i));
        }
        FolderFiles.write(roles().resolve("root.json"), roots.getLast());
    }

    @Override
    public String toString() {
        return directory.toString();
    }
}
