package dev.factorytrust.cli.adopt;

import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.device.RepositorySource;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.adoption.ForeignFile;
import dev.factorytrust.tuf.archive.InvalidArchiveException;
import dev.factorytrust.tuf.archive.MetadataArchive;
import dev.factorytrust.tuf.dialect.Dialects;
import dev.factorytrust.tuf.dialect.MalformedMetadataException;
import dev.factorytrust.tuf.model.Snapshot;
import dev.factorytrust.tuf.model.Timestamp;
import dev.factorytrust.tuf.verify.MetadataSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The repository that {@code import} takes over: a folder, an archive of one, or a server. What it brings is what a device
 * asks for, and no more.
 */
final class ForeignRepository {

    private static final Pattern ROOT = Pattern.compile("([1-9][0-9]{0,9})\\.root\\.json");
    private static final int MOST_HOPS = Dialects.all().stream()
            .mapToInt(dialect -> dialect.limits().maxRootHops())
            .max()
            .orElseThrow();

    private static final String ARCHIVE = ".*\\.(tgz|tar\\.gz)";

    private final String from;
    private final MetadataSource source;
    private final Optional<List<Long>> rootVersions;

    private ForeignRepository(String from, MetadataSource source, Optional<List<Long>> rootVersions) {
        this.from = from;
        this.source = source;
        this.rootVersions = rootVersions;
    }

    static ForeignRepository at(String from) {
        var path = from.matches("(?i)https?://.*") ? Optional.<Path>empty() : Optional.of(Path.of(from));
        if (path.filter(Files::isRegularFile).isPresent() && from.matches(ARCHIVE)) {
            var files = archive(path.get());
            return new ForeignRepository(
                    from, name -> Optional.ofNullable(files.get(name)), Optional.of(versions(files.keySet().stream())));
        }
        return new ForeignRepository(from, new RepositorySource(from), path.map(ForeignRepository::versions));
    }

    private static Map<String, Bytes> archive(Path file) {
        try {
            return MetadataArchive.read(Bytes.of(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw Failure.file(file, "can't be read", e);
        } catch (InvalidArchiveException e) {
            throw Failure.refused(file + ": " + e.getMessage());
        }
    }

    private static List<Long> versions(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw Failure.refused("'" + folder + "' is neither a URL (http, https), a folder nor an archive (.tgz)");
        }
        try (var files = Files.list(folder)) {
            return versions(files.map(file -> file.getFileName().toString()));
        } catch (IOException e) {
            throw Failure.file(folder, "can't be read", e);
        }
    }

    private static List<Long> versions(Stream<String> names) {
        return names.map(ROOT::matcher)
                .filter(name -> name.matches())
                .map(name -> Long.parseLong(name.group(1)))
                .toList();
    }

    /** Roots from {@code first} on: all that a folder has, or as a device walks a server. The rest as the timestamp names it. */
    List<ForeignFile> files(long first) {
        var files = new ArrayList<ForeignFile>();
        rootVersions
                .map(versions -> versions.stream().mapToLong(version -> version).filter(version -> version >= first))
                .orElseGet(() -> LongStream.rangeClosed(first, first + MOST_HOPS + 1))
                .mapToObj(version -> add(files, version + ".root.json"))
                .takeWhile(found -> rootVersions.isPresent() || found.isPresent())
                .forEach(_ -> {});
        add(files, "timestamp.json")
                .flatMap(file -> snapshotVersion(file))
                .flatMap(version -> add(files, version + ".snapshot.json").or(() -> add(files, "snapshot.json")))
                .flatMap(file -> targetsVersion(file))
                .flatMap(version -> add(files, version + ".targets.json").or(() -> add(files, "targets.json")));
        return files;
    }

    private Optional<Bytes> add(List<ForeignFile> files, String name) {
        var found = source.fetch(name);
        found.ifPresent(content -> files.add(new ForeignFile(from, name, content)));
        return found;
    }

    /** What can't be read is refused by name, with the reason, once all is there. */
    private Optional<Long> snapshotVersion(Bytes timestamp) {
        try {
            return Optional.of(Dialects.recognise(timestamp)
                    .decode(Timestamp.class, timestamp)
                    .metadata()
                    .snapshotMeta()
                    .version());
        } catch (MalformedMetadataException e) {
            return Optional.empty();
        }
    }

    private Optional<Long> targetsVersion(Bytes snapshot) {
        try {
            return Optional.ofNullable(Dialects.recognise(snapshot)
                            .decode(Snapshot.class, snapshot)
                            .metadata()
                            .meta()
                            .get("targets.json"))
                    .map(meta -> meta.version());
        } catch (MalformedMetadataException e) {
            return Optional.empty();
        }
    }
}
