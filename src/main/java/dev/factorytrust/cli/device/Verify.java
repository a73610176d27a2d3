package dev.factorytrust.cli.device;

import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.InputFile;
import dev.factorytrust.cli.console.Output;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.Metadata;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Snapshot;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.model.Timestamp;
import dev.factorytrust.tuf.repository.RootDiff;
import dev.factorytrust.tuf.verify.ClientWorkflow;
import dev.factorytrust.tuf.verify.DeviceState;
import dev.factorytrust.tuf.verify.VerificationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = {
            "Walks a repository as a device would, hop by hop from the root that you trust.",
            "Prints what was accepted, and what was refused and why."
        })
public final class Verify implements Callable<Integer> {

    @Parameters(paramLabel = "URL", description = "Where devices find their metadata: http, https, or a folder.")
    private String url;

    @Option(names = "--root", required = true, paramLabel = "FILE", description = "The root that you trust.")
    private Path root;

    @Option(
            names = "--at",
            paramLabel = "TIME",
            description = "Whether it would hold then: a moment as 2027-01-01T00:00:00Z. Default: now.")
    private Instant at = Instant.now();

    @Mixin
    private Output output;

    /** One file that the device read, in the order in which it read them. */
    record Step(String role, long version, Instant expires, String sha256, List<String> changes) {}

    /**
     * What the walk came to.
     *
     * @param refusedFile the file that was refused, or that is missing; empty where it is the trusted root itself
     * @param holdsUntil the first moment at which the device would refuse what it has accepted
     */
    record Walk(
            String url,
            Instant at,
            boolean accepted,
            Optional<String> refused,
            Optional<RepositorySource.Answer> refusedFile,
            Optional<Instant> holdsUntil,
            List<Step> steps,
            List<String> targets) {}

    @Override
    public Integer call() {
        var file = InputFile.of(root);
        var trusted = file.content();
        var dialect = file.dialect();
        var source = new RepositorySource(url);
        var device = DeviceState.fresh(trusted);
        try {
            var updated = ClientWorkflow.update(dialect, device, source, at);
            print(true, Optional.empty(), Optional.empty(), steps(dialect, trusted, source), names(dialect, updated));
            return 0;
        } catch (VerificationException e) {
            print(false, Optional.of(e.getMessage()), source.refused(e), steps(dialect, trusted, source), List.of());
            return Failure.REFUSED;
        }
    }

    private static List<String> names(Dialect dialect, DeviceState device) {
        return device.targets()
                .map(file -> dialect.decode(Targets.class, file).metadata().targets().keySet().stream()
                        .sorted()
                        .toList())
                .orElse(List.of());
    }

    /** What can be read of what was fetched; a refused file is shown too, as far as it says anything. */
    private static List<Step> steps(Dialect dialect, Bytes trusted, RepositorySource source) {
        var steps = new ArrayList<Step>();
        var newest = read(dialect, Root.class, trusted);
        newest.ifPresent(first -> steps.add(step(first, trusted, List.of())));
        for (var fetched : source.fetched().entrySet()) {
            var file = fetched.getValue();
            var role = fetched.getKey().replaceFirst("^[0-9]+\\.", "");
            var metadata =
                    switch (role) {
                        case "root.json" -> read(dialect, Root.class, file);
                        case "timestamp.json" -> read(dialect, Timestamp.class, file);
                        case "snapshot.json" -> read(dialect, Snapshot.class, file);
                        default -> read(dialect, Targets.class, file);
                    };
            if (metadata.isPresent() && metadata.get() instanceof Root next) {
                steps.add(step(next, file, RootDiff.between(newest, next)));
                newest = Optional.of(next);
            } else {
                metadata.ifPresent(found -> steps.add(step(found, file, List.of())));
            }
        }
        return steps;
    }

    private static Step step(Metadata metadata, Bytes file, List<String> changes) {
        return new Step(metadata.role().value(), metadata.version(), metadata.expires(), file.sha256(), changes);
    }

    private static String place(RepositorySource.Answer answer) {
        return answer.where()
                + ' '
                + answer.said()
                + answer.bytes().map(bytes -> ": " + bytes + " bytes").orElse("")
                + answer.sha256().map(digest -> ", sha256 " + digest).orElse("");
    }

    private static <T extends Metadata> Optional<T> read(Dialect dialect, Class<T> type, Bytes file) {
        try {
            return Optional.of(dialect.decode(type, file).metadata());
        } catch (RuntimeException e) {
            return Optional.empty(); // the device has said why it was refused
        }
    }

    private void print(
            boolean accepted,
            Optional<String> refused,
            Optional<RepositorySource.Answer> file,
            List<Step> steps,
            List<String> targets) {
        var roots = steps.stream().filter(step -> step.role().equals("root")).toList();
        var holdsUntil = steps.stream()
                .filter(step -> !step.role().equals("root") || step.equals(roots.getLast()))
                .map(Step::expires)
                .min(Instant::compareTo)
                .filter(_ -> accepted);
        var lines = new ArrayList<String>();
        for (var step : steps) {
            var trusted = roots.indexOf(step) == 0 ? "  trusted, from " + root : "";
            lines.add("%-9s %5d  expires %s  sha256 %s%s"
                    .formatted(step.role(), step.version(), step.expires(), step.sha256(), trusted));
            step.changes().forEach(change -> lines.add("                 " + change));
        }
        refused.ifPresentOrElse(
                why -> {
                    lines.add("refused: " + why);
                    lines.add("         " + file.map(Verify::place).orElse(root + ", the root that you trust"));
                    lines.add("A device that trusts this root and sees this repository at " + at + " stays as it is.");
                },
                () -> {
                    targets.forEach(target -> lines.add("target           " + target));
                    lines.add("accepted at " + at + "; it holds until " + holdsUntil.orElseThrow());
                });
        output.print(new Walk(url, at, accepted, refused, file, holdsUntil, steps, targets), lines);
    }
}
