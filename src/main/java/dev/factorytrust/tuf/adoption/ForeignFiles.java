package dev.factorytrust.tuf.adoption;

import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.dialect.MalformedMetadataException;
import dev.factorytrust.tuf.model.Metadata;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Snapshot;
import dev.factorytrust.tuf.model.Targets;

import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** What was brought, by name, and which of it was of use. */
final class ForeignFiles {

    private static final Pattern ROOT = Pattern.compile("([1-9][0-9]{0,9})\\.root\\.json");

    private final Map<String, ForeignFile> byName = new TreeMap<>();
    private final Set<String> used = new HashSet<>();

    ForeignFiles(Collection<ForeignFile> files) {
        files.forEach(file -> {
            var other = byName.putIfAbsent(file.name(), file);
            if (other != null && !other.content().equals(file.content())) {
                throw new RefusedException(
                        RefusedException.REFUSED,
                        "%s and %s are two different files of one name: remove the wrong one"
                                .formatted(other.where(), file.where()));
            }
        });
    }

    Collection<ForeignFile> all() {
        return Collections.unmodifiableCollection(byName.values());
    }

    /** Every {@code N.root.json}, by N. */
    NavigableMap<Long, ForeignFile> roots() {
        var roots = new TreeMap<Long, ForeignFile>();
        byName.forEach((name, file) -> {
            var version = ROOT.matcher(name);
            if (version.matches()) {
                roots.put(Long.parseLong(version.group(1)), file);
            }
        });
        return roots;
    }

    ForeignFile timestamp() {
        return use(Optional.ofNullable(byName.get("timestamp.json"))
                .orElseThrow(() -> new RefusedException(RefusedException.INCOMPLETE, "there is no timestamp.json")));
    }

    /** {@code V.snapshot.json}, or {@code snapshot.json} where that isn't there; both are fine if they agree. */
    ForeignFile versioned(Dialect dialect, RoleName role, long version, String namedBy) {
        var plain = Optional.ofNullable(byName.get(role.value() + ".json"));
        var named = Optional.ofNullable(byName.get(dialect.fileName(role, version)));
        if (named.isEmpty() && plain.isEmpty()) {
            throw new RefusedException(
                    RefusedException.INCOMPLETE,
                    "%s names version %d of %s, and there is neither %s nor %s.json"
                            .formatted(namedBy, version, role, dialect.fileName(role, version), role));
        }
        named.flatMap(file -> plain.filter(other -> !other.content().equals(file.content())))
                .filter(other -> claims(dialect, other, version))
                .ifPresent(other -> {
                    throw new RefusedException(
                            RefusedException.REFUSED,
                            "%s and %s both claim to be version %d of %s, and differ: remove the wrong one"
                                    .formatted(named.get().where(), other.where(), version, role));
                });
        return use(named.or(() -> plain).orElseThrow());
    }

    private static boolean claims(Dialect dialect, ForeignFile file, long version) {
        try {
            Class<? extends Metadata> type = file.name().equals("targets.json") ? Targets.class : Snapshot.class;
            return dialect.decode(type, file.content()).metadata().version() == version;
        } catch (MalformedMetadataException unreadable) {
            return false;
        }
    }

    ForeignFile use(ForeignFile file) {
        used.add(file.name());
        return file;
    }

    void markUsed(ForeignFile file) {
        used.add(file.name());
    }

    /** What nothing was read from, such as older versions of targets. */
    List<String> unused() {
        return byName.values().stream()
                .filter(file -> !used.contains(file.name()))
                .map(ForeignFile::where)
                .toList();
    }
}
