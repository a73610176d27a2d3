package dev.factorytrust.cli.archive;

import dev.factorytrust.api.v1alpha1.Durations;
import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.FactorySpec;
import dev.factorytrust.api.v1alpha1.RootRotationSpec.OnlineRole;
import dev.factorytrust.cli.cluster.Cluster;
import dev.factorytrust.cli.cluster.Waiting;
import dev.factorytrust.cli.console.Disk;
import dev.factorytrust.cli.console.DurationConverter;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.Folded;
import dev.factorytrust.cli.console.InputFile;
import dev.factorytrust.cli.console.Output;
import dev.factorytrust.cli.console.Person;
import dev.factorytrust.cli.console.Terminal;
import dev.factorytrust.cli.device.RepositorySource;
import dev.factorytrust.cli.key.KeyTypes;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.dialect.Dialects;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.verify.ClientWorkflow;
import dev.factorytrust.tuf.verify.DeviceState;
import dev.factorytrust.tuf.verify.VerificationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.Stack;
import java.util.stream.Collectors;
import java.util.stream.Stream;

@Command(
        name = "rotate",
        mixinStandardHelpOptions = true,
        description = {
            "Exchanges the keys in an archive for new ones, in one step: makes the new key, declares the RootRotation,",
            "checks what the operator offers, signs it with the old key and the new one, waits until devices are served the new",
            "root, and replaces the archive. Interrupted anywhere, it is run again and goes on.",
            "With --no-wait it returns once all is signed; run again later, it replaces the archive."
        })
public final class KeysRotate implements Runnable {

    /** {@code --online=timestamp}, or {@code --online} for all three: never the word after it, which is the Factory. */
    static final class Attached implements IParameterPreprocessor {
        @Override
        public boolean preprocess(Stack<String> words, CommandSpec command, ArgSpec option, Map<String, Object> info) {
            if (!"=".equals(info.get("separator"))) {
                words.push("timestamp,snapshot,targets");
            }
            return false;
        }
    }

    @Parameters(paramLabel = "FACTORY")
    private String name;

    @Option(
            names = "--archive",
            required = true,
            paramLabel = "FILE",
            description = "The archive of keys; it is replaced by one with the new keys in it, and the old ones kept.")
    private Path archive;

    @Option(
            names = "--type",
            defaultValue = "ed25519",
            converter = KeyTypes.class,
            completionCandidates = KeyTypes.class,
            description = "Of the new key: one of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private KeyType type;

    @Option(
            names = "--online",
            arity = "0..1",
            split = ",",
            paramLabel = "ROLE",
            preprocessor = Attached.class,
            description = "Exchange online keys too: --online=timestamp,snapshot,targets, or --online for all three.")
    private List<OnlineRole> online;

    @Option(
            names = "--targets",
            description =
                    "Exchange the archive's key of targets too, or make the first where custody becomes Offline or"
                            + " Shared; and sign the targets that the new root waits for.")
    private boolean targets;

    @Option(
            names = "--keep-root-key",
            description = "Exchange only the others; with --online, --targets or --compromise.")
    private boolean keepRootKey;

    @Option(
            names = "--compromise",
            description = "A key is in wrong hands: overtakes other rotations, and exchanges all online keys at once.")
    private boolean compromise;

    @Option(names = "--message", description = "Why, for the RootRotation.")
    private String message;

    @Option(
            names = "--expires-after",
            paramLabel = "DURATION",
            converter = DurationConverter.AsWritten.class,
            description = "How long the new root is valid: a number of s, m, h or d. Default: the Factory's.")
    private String expiresAfter;

    @Option(
            names = "--root",
            paramLabel = "FILE",
            description = "A root that you trust, where a root key of yours has signed none of those in the cluster.")
    private Path root;

    @Option(
            names = "--moved-from",
            paramLabel = "NAMESPACE/NAME",
            description = "What the Factory was called before it was restored under this name.")
    private String movedFrom;

    @Option(
            names = "--url",
            description =
                    "Where devices find their metadata: verify there too, as a device that trusts the root before.")
    private String url;

    @Option(names = "--yes", description = "Don't show what changes and ask before signing.")
    private boolean yes;

    @Mixin
    private Person person;

    @Mixin
    private Waiting waiting;

    @Mixin
    private Cluster cluster;

    @Mixin
    private Output output;

    @Override
    public void run() {
        requireSense();
        var result = cluster.<KeyRotationOutcome>read(client -> namespace -> {
            try (var files = ArchiveFile.open(archive, Disk.LOCAL)) {
                return rotate(new KubernetesFactoryCluster(client, namespace), namespace, files);
            }
        });
        output.print(result, result.lines());
    }

    private void requireSense() {
        if (keepRootKey && online == null && !targets && !compromise) {
            throw Failure.refused("--keep-root-key alone leaves nothing to exchange: name --online or --targets too");
        }
        if (!yes) {
            Terminal.required("pass --yes to sign without being asked");
        }
    }

    private KeyRotationOutcome rotate(FactoryCluster factories, String namespace, ArchiveFile files) {
        var factory = factories
                .factory(name)
                .orElseThrow(() -> Failure.refused("there is no Factory " + name + " in namespace " + namespace));
        var request = new KeyRotationRequest(
                namespace,
                name,
                roles(),
                type,
                Optional.ofNullable(online)
                        .filter(roles -> !roles.isEmpty())
                        .map(roles -> roles.stream().distinct().toList()),
                compromise,
                Optional.ofNullable(message),
                Optional.ofNullable(expiresAfter),
                Optional.ofNullable(movedFrom));
        var run = new KeyRotationRun(
                factories,
                files,
                request,
                Optional.ofNullable(root).map(InputFile::of),
                new KeyRotationRun.People(this::agrees, person::tell, this::checkAsDevice),
                new KeyRotationRun.Waiting(patience(factory, request), waiting.isWanted()));
        return KeyRotationOutcome.of(request, files.path().toString(), run.run());
    }

    private Set<RoleName> roles() {
        return Stream.of(RoleName.ROOT, RoleName.TARGETS)
                .filter(role -> role == RoleName.ROOT ? !keepRootKey : targets)
                .collect(Collectors.toSet());
    }

    private Duration patience(Factory factory, KeyRotationRequest request) {
        var overlap = Optional.ofNullable(factory.getSpec().rotationPolicy())
                .map(FactorySpec.RotationPolicy::onlineKeys)
                .map(FactorySpec.OnlineKeys::overlap)
                .map(Durations::parse)
                .orElse(Durations.OVERLAP);
        return waiting.timeout(
                Duration.ofMinutes(15).plus(request.overlaps() ? overlap.multipliedBy(3) : Duration.ZERO));
    }

    /** What nobody asked for on the command line isn't covered by its --yes. */
    private boolean agrees(List<String> changes, boolean asked) {
        changes.stream().flatMap(Folded::lines).forEach(person::tell);
        return yes && asked
                || Terminal.confirms(
                        "Sign it?",
                        asked
                                ? "pass --yes to sign without being asked"
                                : "--yes covers only what was asked for: run this at a terminal, and look at it");
    }

    /** The roots in the cluster have been verified; here is what devices are really given. */
    private void checkAsDevice(Bytes before) {
        if (url == null) {
            return;
        }
        try {
            var dialect = Dialects.recognise(before);
            var device =
                    ClientWorkflow.update(dialect, DeviceState.fresh(before), new RepositorySource(url), Instant.now());
            person.tell("a device at " + url + " comes to root version "
                    + dialect.decode(Root.class, device.root()).metadata().version());
        } catch (VerificationException e) {
            throw Failure.refused("the new root is published, but a device at " + url + " refuses what it is given: "
                    + e.getMessage() + ". Run this again once that is cured; the new keys wait beside the archive");
        }
    }
}
