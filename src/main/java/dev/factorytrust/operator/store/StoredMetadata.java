package dev.factorytrust.operator.store;

import dev.factorytrust.names.Names;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.archive.DamagedPartException;
import dev.factorytrust.tuf.archive.PartedFiles;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.dialect.Dialects;
import dev.factorytrust.tuf.dialect.MalformedMetadataException;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.repository.ManagedPaths;
import io.fabric8.kubernetes.api.model.ConfigMap;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The ConfigMaps of one Factory, sorted by what they are and not yet believed: anybody with the right to write
 * ConfigMaps may have put them there. {@link Reading} says what holds.
 */
public final class StoredMetadata {

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,15}");

    private final FactoryRef factory;
    private final Map<String, ConfigMap> all;
    private final int largest;
    private final Map<RoleName, NavigableMap<Long, ConfigMap>> versions = new EnumMap<>(RoleName.class);

    private final StoredFiles files;

    public StoredMetadata(FactoryRef factory, Map<String, ConfigMap> all) {
        this(factory, all, Names.LARGEST_FILE, Optional.empty());
    }

    /**
     * @param largest the most bytes of content in one object
     * @param before an earlier look: what was read then isn't read again where the objects are the same
     */
    StoredMetadata(FactoryRef factory, Map<String, ConfigMap> all, int largest, Optional<StoredMetadata> before) {
        this.factory = factory;
        this.all = Map.copyOf(all);
        this.largest = largest;
        this.files = new StoredFiles(this.all, before.map(earlier -> earlier.files));
        for (var role : RoleName.values()) {
            versions.put(role, new TreeMap<>());
        }
        this.all.forEach((name, object) -> role(object)
                .filter(role -> role != RoleName.TIMESTAMP)
                .ifPresent(role -> version(object)
                        .filter(version -> name.equals(Names.metadata(factory.name(), role, version)))
                        .ifPresent(version -> versions.get(role).put(version, object))));
    }

    public FactoryRef factory() {
        return factory;
    }

    /** Whether these are the very objects that {@code other} was made of: an informer makes each change a new one. */
    boolean hasSameObjects(StoredMetadata other) {
        return all.size() == other.all.size()
                && all.entrySet().stream().allMatch(entry -> other.all.get(entry.getKey()) == entry.getValue());
    }

    public Optional<ConfigMap> find(String name) {
        return Optional.ofNullable(all.get(name));
    }

    /** Every object, whatever it is. */
    public Stream<ConfigMap> everything() {
        return all.values().stream();
    }

    /** Every stored version of a role but timestamp, by version. */
    public NavigableMap<Long, ConfigMap> versions(RoleName role) {
        return Collections.unmodifiableNavigableMap(versions.get(role));
    }

    /**
     * The versions of a role that were published once, up to {@code newest}: each names the one that it follows. What
     * else stands between them was planted, or left by a publication that never came to its commit. Their names say what
     * they are, as to whoever reads what is published: labels may be changed.
     */
    public NavigableMap<Long, ConfigMap> published(RoleName role, long newest) {
        var history = new TreeMap<Long, ConfigMap>();
        for (var next = Optional.of(newest); next.isPresent(); ) {
            var version = next.get();
            var object = find(Names.metadata(factory.name(), role, version));
            object.ifPresent(found -> history.put(version, found));
            next = object.flatMap(found -> number(found, Names.FOLLOWS)).filter(before -> before < version);
        }
        return Collections.unmodifiableNavigableMap(history);
    }

    /** The first version above {@code committed} whose name nothing has taken: a stored name is never written again. */
    public long freeVersion(RoleName role, long committed) {
        var version = committed + 1;
        var begun = parts(role).keySet();
        while (all.containsKey(Names.metadata(factory.name(), role, version)) || begun.contains(version)) {
            version++;
        }
        return version;
    }

    /** Everything that stands at the name of a part of a role's metadata, by version. */
    private NavigableMap<Long, List<ConfigMap>> parts(RoleName role) {
        var name =
                Pattern.compile(Pattern.quote(factory.name() + '-' + role.value()) + "-([0-9]{1,15})-part-[0-9]{1,9}");
        var parts = new TreeMap<Long, List<ConfigMap>>();
        all.forEach((found, object) -> {
            var matcher = name.matcher(found);
            if (matcher.matches()) {
                parts.computeIfAbsent(Long.parseLong(matcher.group(1)), _ -> new ArrayList<>())
                        .add(object);
            }
        });
        return parts;
    }

    /** Parts of versions up to {@code newest} that no head lists: left by a crash, planted, or of a head that has gone. */
    public Stream<ConfigMap> strayParts(RoleName role, long newest) {
        return parts(role).headMap(newest, true).entrySet().stream().flatMap(entry -> {
            var listed = find(Names.metadata(factory.name(), role, entry.getKey()))
                    .flatMap(PartedObjects::index)
                    .map(index -> index.parts().map(PartedFiles.Part::name).toList())
                    .orElse(List.of());
            return entry.getValue().stream()
                    .filter(part -> !listed.contains(part.getMetadata().getName()));
        });
    }

    /** The objects that a metadata object is stored as, in the order of their creation. */
    public List<ConfigMap> objects(ConfigMap whole) {
        return PartedObjects.of(whole, largest);
    }

    /** The object, and the parts that it lists as far as they are there. */
    public List<ConfigMap> withParts(ConfigMap object) {
        return files.sources(object);
    }

    /**
     * A metadata file, whether it is stored in parts or not.
     *
     * @return empty where the object has no such file
     * @throws DamagedPartException where its parts aren't what was stored
     */
    public Optional<Bytes> whole(ConfigMap object, String entry) {
        return files.read(object, entry);
    }

    /** The same, or empty where its parts aren't what was stored. */
    public Optional<Bytes> readable(ConfigMap object, String entry) {
        try {
            return whole(object, entry);
        } catch (DamagedPartException e) {
            return Optional.empty();
        }
    }

    /** Which paths of a targets version came from Targets, where the object says so readably. */
    public Optional<ManagedPaths> record(ConfigMap targets) {
        try {
            return readable(targets, Names.MANAGED_JSON).map(ManagedPaths::fromJson);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Whether there is metadata of any kind, committed or not. */
    public boolean isEmpty() {
        return timestamp().isEmpty() && versions.values().stream().allMatch(Map::isEmpty);
    }

    public Optional<ConfigMap> timestamp() {
        return find(Names.timestamp(factory.name()));
    }

    /**
     * The dialect that it is stored in: what the first root is written in, for that is what devices read; before there is one,
     * what the commit point says. Empty where neither tells.
     */
    public Optional<Dialect> dialect() {
        return find(Names.metadata(factory.name(), RoleName.ROOT, firstRoot()))
                .flatMap(object -> file(object, Names.metadataEntry(RoleName.ROOT)))
                .flatMap(StoredMetadata::recognised)
                .or(() -> timestamp()
                        .flatMap(object -> annotation(object, Names.DIALECT))
                        .flatMap(StoredMetadata::known));
    }

    private static Optional<Dialect> known(String id) {
        return Dialects.all().stream()
                .filter(dialect -> dialect.id().equals(id))
                .findFirst();
    }

    private static Optional<Dialect> recognised(Bytes root) {
        try {
            return Optional.of(Dialects.recognise(root));
        } catch (MalformedMetadataException e) {
            return Optional.empty();
        }
    }

    /** The newest root that the timestamp object lets devices see; 0 before the first publication. */
    public long rootVersion() {
        return timestamp().flatMap(object -> number(object, Names.ROOT_VERSION)).orElse(0L);
    }

    /** The version that roots start at: 1 unless the fleet was imported. Where the timestamp is lost, the first root says it. */
    public long firstRoot() {
        return timestamp()
                .map(object -> number(object, Names.FIRST_ROOT).orElse(1L))
                .or(() -> versions.get(RoleName.ROOT).entrySet().stream()
                        .filter(entry -> entry.getKey() == 1
                                || number(entry.getValue(), Names.FIRST_ROOT)
                                        .filter(entry.getKey()::equals)
                                        .isPresent())
                        .map(Map.Entry::getKey)
                        .findFirst())
                .orElse(1L);
    }

    /** When the timestamp was signed, by the clock of whoever signed it. */
    public Optional<Instant> signedAt() {
        return timestamp().flatMap(StoredMetadata::signedAt);
    }

    /** When an online role's file was signed, where the object says so. */
    public static Optional<Instant> signedAt(ConfigMap object) {
        return time(object, Names.SIGNED_AT);
    }

    /** When the present overlap of online keys made its last step; empty outside one. */
    public Optional<Instant> overlapSince() {
        return timestamp().flatMap(object -> time(object, Names.OVERLAP_SINCE));
    }

    /** Whether holders signed this root because a key was compromised: its keys take over at once. */
    public boolean isAnswerToCompromise(long version) {
        return find(Names.metadata(factory.name(), RoleName.ROOT, version))
                .flatMap(object -> annotation(object, Names.REASON))
                .filter(Names.COMPROMISE::equals)
                .isPresent();
    }

    /** Every stored payload of a root, whoever put it there, by its name. */
    public Map<String, ConfigMap> rootPayloads() {
        return all.entrySet().stream()
                .filter(entry -> label(entry.getValue(), Names.ROOT_ROTATION)
                        .map(Names::payload)
                        .filter(entry.getKey()::equals)
                        .isPresent())
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** Every stored payload of targets, whoever put it there, by the version that it is to be. */
    public NavigableMap<Long, ConfigMap> targetsPayloads() {
        var payloads = new TreeMap<Long, ConfigMap>();
        all.forEach((name, object) ->
                Names.targetsPayloadVersion(factory.name(), name).ifPresent(version -> payloads.put(version, object)));
        return Collections.unmodifiableNavigableMap(payloads);
    }

    /** The stored file of a metadata object or payload, or empty where the object has none. */
    public static Optional<Bytes> file(ConfigMap object, String entry) {
        return Optional.ofNullable(object.getBinaryData())
                .map(data -> data.get(entry))
                .flatMap(text -> {
                    try {
                        return Optional.of(Bytes.base64(text));
                    } catch (IllegalArgumentException e) {
                        return Optional.empty();
                    }
                });
    }

    /** Whether they hold the same files and texts; the API server may leave out what is empty. */
    public static boolean haveSameContent(ConfigMap one, ConfigMap other) {
        return content(one.getBinaryData()).equals(content(other.getBinaryData()))
                && content(one.getData()).equals(content(other.getData()));
    }

    private static Map<String, String> content(Map<String, String> entries) {
        return Optional.ofNullable(entries).orElse(Map.of());
    }

    public static Optional<String> annotation(ConfigMap object, String name) {
        return Optional.ofNullable(object.getMetadata().getAnnotations()).map(all -> all.get(name));
    }

    private static Optional<RoleName> role(ConfigMap object) {
        return label(object, Names.ROLE).flatMap(RoleName::of);
    }

    private static Optional<Long> version(ConfigMap object) {
        return label(object, Names.VERSION).flatMap(StoredMetadata::number);
    }

    private static Optional<String> label(ConfigMap object, String name) {
        return Optional.ofNullable(object.getMetadata().getLabels()).map(all -> all.get(name));
    }

    private static Optional<Long> number(ConfigMap object, String annotation) {
        return annotation(object, annotation).flatMap(StoredMetadata::number);
    }

    private static Optional<Instant> time(ConfigMap object, String annotation) {
        try {
            return annotation(object, annotation).map(Instant::parse);
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static Optional<Long> number(String text) {
        return NUMBER.matcher(text).matches() ? Optional.of(Long.parseLong(text)) : Optional.empty();
    }
}
