package dev.factorytrust.cli.adopt;

import dev.factorytrust.cli.cluster.Cluster;
import dev.factorytrust.cli.cluster.Waiting;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.InputFile;
import dev.factorytrust.cli.console.Passphrase;
import dev.factorytrust.cli.console.Person;
import dev.factorytrust.tuf.adoption.Adoption;
import dev.factorytrust.tuf.adoption.ForeignFile;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.dialect.Dialects;
import dev.factorytrust.tuf.dialect.MalformedMetadataException;
import dev.factorytrust.tuf.model.Root;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description = {
            "Adopts a fleet that exists: its roots, its present metadata, and its online keys where you hold them.",
            "All is verified here first, as a device would. The Factory goes on where the old server stopped."
        })
public final class Import implements Runnable {

    enum Format {
        text,
        yaml
    }

    @Spec
    private CommandSpec command;

    @Parameters(paramLabel = "FACTORY", description = "The Factory's name: new in its namespace.")
    private String name;

    @Option(
            names = "--from",
            required = true,
            paramLabel = "SOURCE",
            description = {
                "Where its metadata is: a folder, an archive of one (.tgz), or the URL that devices use.",
                "May be repeated: what the first hasn't is looked for in the next."
            })
    private List<String> from;

    @Option(
            names = "--keys",
            paramLabel = "FILE_OR_FOLDER",
            description =
                    "Private online keys (PKCS#8 in PEM; .sec of garage-sign), or a folder of such files. May be repeated.")
    private List<Path> keys = List.of();

    @Option(
            names = "--first-version",
            paramLabel = "N",
            description = "The oldest root that devices may have. Default: that of --root, or else 1.")
    private Long firstVersion;

    @Option(names = "--root", paramLabel = "FILE", description = "That root, from where you have always had it.")
    private Path root;

    @Option(names = "--trusted-sha256", paramLabel = "HEX", description = "Or that root's SHA-256.")
    private String trustedSha256;

    @Option(
            names = "--allow-shared-root-keys",
            description = "It is a copy of another Factory, whose root has the same keys.")
    private boolean allowSharedRootKeys;

    @Option(names = "--dry-run", description = "Print what would be created, as YAML, and leave the cluster alone.")
    private boolean dryRun;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "text",
            description = "yaml is the same as --dry-run. ${COMPLETION-CANDIDATES}.")
    private Format format = Format.text;

    @Mixin
    private Person person;

    @Mixin
    private Waiting waiting;

    @Mixin
    private Passphrase passphrase;

    @Mixin
    private Cluster cluster;

    @Override
    public void run() {
        if (!name.matches("[a-z0-9]([-a-z0-9]{0,34}[a-z0-9])?")) {
            throw Failure.refused("'" + name + "' is no name of a Factory: at most 36 of a-z, 0-9 and -");
        }
        var fleet = verified();
        person.tell("From " + String.join(" and ", from) + ", verified as a device would that has root "
                + fleet.repository().roots().firstKey() + ":");
        AdoptionReport.roles(fleet, Instant.now()).forEach(line -> person.tell("  " + line));
        AdoptionReport.keys(fleet).forEach(line -> person.tell("  " + line));
        fleet.strangers()
                .forEach(file -> person.tell("  left out: " + file.name() + " of " + file.place() + ", no role of root "
                        + fleet.repository().root().metadata().version() + " has this key"));
        fleet.warnings().forEach(warning -> person.tell("  not every TUF client can read " + warning));
        if (root == null && trustedSha256 == null) {
            person.tell(
                    "  compare the SHA-256 of the first root with what your devices were born with: nothing else vouches for it");
        }
        var objects = ImportObjects.of(name, cluster.namedNamespace(), fleet, allowSharedRootKeys);
        if (dryRun || format == Format.yaml) {
            objects.keys()
                    .ifPresent(secret ->
                            person.tell("Secret " + secret.getMetadata().getName()
                                    + " holds private keys: it belongs into no repository unless encrypted"));
            objects.all().forEach(this::print);
            command.commandLine().getOut().flush();
            return;
        }
        cluster.read(client -> namespace -> {
            var run = new ImportRun(client, namespace, objects, fleet, person::tell);
            run.create();
            if (waiting.isWanted()) {
                run.await(waiting);
            }
            return null;
        });
    }

    private Adoption.Adoptable verified() {
        var pin = trusted();
        var first = first();
        var files = new ArrayList<ForeignFile>(ForeignRepository.at(from).files(first));
        var dialect = dialect(files);
        files.addAll(BroughtKeys.read(keys, passphrase));
        return switch (Adoption.of(dialect, files, new Adoption.Request(first, pin))) {
            case Adoption.Adoptable fleet -> fleet;
            case Adoption.Refused(var _, var message) -> throw Failure.refused(message);
        };
    }

    /** Of the first root; where there is none, it is refused for that, in whichever. */
    private static Dialect dialect(List<ForeignFile> files) {
        return files.stream()
                .findFirst()
                .map(file -> new InputFile(file.where(), file.content()).dialect())
                .orElseGet(() -> Dialects.all().getFirst());
    }

    private Optional<String> trusted() {
        var ofFile = Optional.ofNullable(root).map(file -> InputFile.read(file).sha256());
        var given = Optional.ofNullable(trustedSha256).map(String::toLowerCase);
        if (ofFile.isPresent() && given.isPresent() && !ofFile.equals(given)) {
            throw Failure.refused(root + " has SHA-256 " + ofFile.get() + ", and --trusted-sha256 is another");
        }
        return ofFile.or(() -> given);
    }

    private long first() {
        if (firstVersion != null) {
            if (firstVersion < 1 || firstVersion > Integer.MAX_VALUE) {
                throw Failure.refused("--first-version is a version of root: 1 or more");
            }
            return firstVersion;
        }
        if (root == null) {
            return 1;
        }
        try {
            var file = InputFile.of(root);
            return file.dialect().decode(Root.class, file.content()).metadata().version();
        } catch (MalformedMetadataException e) {
            throw Failure.refused(root + " is no root: " + e.getMessage());
        }
    }

    private void print(HasMetadata object) {
        command.commandLine().getOut().print(Serialization.asYaml(object));
    }
}
