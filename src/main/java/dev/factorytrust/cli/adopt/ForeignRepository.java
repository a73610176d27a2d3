package dev.factorytrust.cli.adopt;

import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.device.RepositorySource;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.adoption.ForeignFile;
import dev.factorytrust.tuf.archive.InvalidArchiveException;
import dev.factorytrust.tuf.archive.MetadataArchive;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.dialect.Dialects;
import dev.factorytrust.tuf.dialect.MalformedMetadataException;
import dev.factorytrust.tuf.model.MetaFile;
import dev.factorytrust.tuf.model.RoleName;
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
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The repository that {@code import} takes over: folders, archives of one, servers. What it brings is what a device asks for, and
 * no more; what the first hasn't is looked for in the next.
 */
final class ForeignRepository {

    private static final Pattern ROOT = Pattern.compile("([1-9][0-9]{0,9})\\.root\\.json");
    private static final int MOST_HOPS = Dialects.all().stream()
            .mapToInt(dialect -> dialect.limits().maxRootHops())
            .max()
            .orElseThrow();

    private static final String ARCHIVE = ".*\\.(tgz|tar\\.gz)";

    /** @param rootVersions that it has; empty where that takes asking for one after the other */
    private record Place(String name, MetadataSource source, Optional<List<Long>> rootVersions) {

        Optional<ForeignFile> find(String file) {
            return source.fetch(file).map(content -> new ForeignFile(name, file, content));
        }
    }

    private final List<Place> places;

    private ForeignRepository(List<Place> places) {
        this.places = places;
    }

    static ForeignRepository at(List<String> from) {
        return new ForeignRepository(from.stream().map(ForeignRepository::place).toList());
    }

    private static Place place(String from) {
        var path = from.matches("(?i)https?://.*") ? Optional.<Path>empty() : Optional.of(Path.of(from));
        if (path.filter(Files::isRegularFile).isPresent() && from.matches(ARCHIVE)) {
            var files = archive(path.get());
            return new Place(
                    from, name -> Optional.ofNullable(files.get(name)), Optional.of(versions(files.keySet().stream())));
        }
        return new Place(from, new RepositorySource(from), path.map(ForeignRepository::versions));
    }

    private static Map<String, Bytes> archive(Path file) {
        try (var content = Files.newInputStream(file)) {
            return MetadataArchive.read(Bytes.of(content.readNBytes(MetadataArchive.MAX_ARCHIVE + 1)));
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

    /** Roots from {@code first} on: all that a folder has, then as a device walks a server. The rest as the timestamp names it. */
    List<ForeignFile> files(long first) {
        var files = new ArrayList<>(roots(first));
        var timestamp = find("timestamp.json");
        var snapshot = timestamp.flatMap(file -> role(RoleName.SNAPSHOT, file, ForeignRepository::snapshotVersion));
        var targets = snapshot.flatMap(file -> role(RoleName.TARGETS, file, ForeignRepository::targetsVersion));
        Stream.of(timestamp, snapshot, targets).flatMap(Optional::stream).forEach(files::add);
        return files;
    }

    private List<ForeignFile> roots(long first) {
        var roots = new ArrayList<ForeignFile>();
        var next = first;
        for (var place : places) {
            for (var version : place.rootVersions().orElse(List.of())) {
                if (version >= first) {
                    place.find(version + ".root.json").ifPresent(roots::add);
                    next = Math.max(next, version + 1);
                }
            }
        }
        for (var place : places) {
            if (place.rootVersions().isEmpty()) {
                var walked = LongStream.rangeClosed(next, next + MOST_HOPS + 1)
                        .mapToObj(version -> place.find(version + ".root.json"))
                        .takeWhile(Optional::isPresent)
                        .flatMap(Optional::stream)
                        .toList();
                roots.addAll(walked);
                next += walked.size();
            }
        }
        return roots;
    }

    private Optional<ForeignFile> find(String name) {
        return places.stream().flatMap(place -> place.find(name).stream()).findFirst();
    }

    /** What can't be read is refused by name, with the reason, once all is there. */
    private Optional<ForeignFile> role(
            RoleName role, ForeignFile by, BiFunction<Dialect, Bytes, Optional<Long>> versionIn) {
        try {
            var dialect = Dialects.recognise(by.content());
            return versionIn.apply(dialect, by.content()).flatMap(version -> find(dialect.fileName(role, version))
                    .or(() -> find(role + ".json")));
        } catch (MalformedMetadataException e) {
            return Optional.empty();
        }
    }

    private static Optional<Long> snapshotVersion(Dialect dialect, Bytes timestamp) {
        return Optional.of(dialect.decode(Timestamp.class, timestamp)
                .metadata()
                .snapshotMeta()
                .version());
    }

    private static Optional<Long> targetsVersion(Dialect dialect, Bytes snapshot) {
        return Optional.ofNullable(dialect.decode(Snapshot.class, snapshot)
                        .metadata()
                        .meta()
                        .get("targets.json"))
                .map(MetaFile::version);
    }
}
