package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.Bootstrap;
import dev.factorytrust.api.v1alpha1.FactorySpec;
import dev.factorytrust.api.v1alpha1.FactoryStatus;
import dev.factorytrust.names.Names;
import dev.factorytrust.operator.store.ImportSources;
import dev.factorytrust.operator.store.MetadataStore;
import dev.factorytrust.operator.store.OnlineKeys;
import dev.factorytrust.operator.store.Reading;
import dev.factorytrust.operator.store.Roots;
import dev.factorytrust.operator.store.StoredMetadata;
import dev.factorytrust.tuf.adoption.Adoption;
import dev.factorytrust.tuf.adoption.ForeignFile;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.repository.Repository;
import io.fabric8.kubernetes.api.model.ConfigMap;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Adopts a fleet that exists: everything is judged before the first write, the empty commit point comes first, then online
 * keys, roots, targets and snapshot, and last the timestamp that makes it all visible. A stored part of that beside the
 * empty commit point is an import under way: whoever finds it goes on.
 */
final class ImportSteps {

    private ImportSteps() {}

    /**
     * Where to read what is imported, as long as that isn't done. Once anything was ever published under the name, the
     * sources are history: adopting them again would take devices back.
     */
    static Optional<List<Bootstrap.ImportSource>> underWay(
            FactorySpec spec, Optional<FactoryStatus> status, StoredMetadata stored, Roots roots, Reading reading) {
        return Optional.ofNullable(spec.bootstrap().import_())
                .filter(_ -> reading instanceof Reading.Unpublished)
                .filter(_ -> status.map(FactoryStatus::roles).isEmpty())
                .filter(_ -> stored.timestamp()
                        .map(object -> StoredMetadata.annotation(object, Names.VERSION_FLOOR)
                                .isEmpty())
                        .orElseGet(roots.chain()::isEmpty))
                .map(Bootstrap.Import::sources);
    }

    static long firstVersion(FactorySpec spec) {
        return Optional.ofNullable(spec.bootstrap().import_())
                .map(Bootstrap.Import::firstVersion)
                .map(Integer::longValue)
                .orElse(1L);
    }

    static Optional<Decision> plan(FactoryState state) {
        return state.sources().map(found -> next(state, found));
    }

    private static Decision next(FactoryState state, ImportSources.Found found) {
        var misnamed = found.objects().stream()
                .filter(object -> Names.isOurs(state.ref().name(), object.substring(object.indexOf(' ') + 1)))
                .findFirst();
        if (misnamed.isPresent()) {
            return refused(misnamed.get()
                    + " has a name under which the operator itself keeps things: give the source another name");
        }
        if (!found.missing().isEmpty()) {
            return new Decision.Stall(
                    "ImportSourceMissing",
                    "waiting for " + String.join(", ", found.missing())
                            + ", which spec.bootstrap.import.sources names; nothing is adopted before all are there");
        }
        return switch (Adoption.of(
                state.dialect(),
                found.files(),
                new Adoption.Request(
                        firstVersion(state.spec()),
                        Optional.ofNullable(state.spec().trustedRootSha256())))) {
            case Adoption.Refused(var reason, var message) ->
                new Decision.Stall(reason, message + ". Nothing is adopted; it is looked at again when that is mended");
            case Adoption.Adoptable adoptable -> adopt(state, adoptable, found.objects());
        };
    }

    private static Decision adopt(FactoryState state, Adoption.Adoptable adoptable, List<String> sources) {
        if (!adoptable.strangers().isEmpty()) {
            return refused(adoptable.strangers().stream().map(ForeignFile::name).collect(Collectors.joining(", "))
                    + " of " + adoptable.strangers().getFirst().place() + ": root version "
                    + adoptable.repository().root().metadata().version()
                    + " names no such key for any role. Remove it, or bring the roots that name it");
        }
        return FactoryPlanner.first(
                        () -> shared(state, adoptable.repository()),
                        () -> state.stored().timestamp().isEmpty()
                                ? Optional.of(new Decision.OpenCommitPoint(0))
                                : Optional.empty(),
                        () -> otherKey(state, adoptable),
                        () -> otherRoot(state, adoptable.repository()),
                        () -> inTheWay(state, adoptable.repository()))
                .orElseGet(() -> new Decision.Adopt(adoptable, lacking(state, adoptable.repository()), sources));
    }

    /** Holders who sign for two Factories sign what either's devices believe. */
    private static Optional<Decision> shared(FactoryState state, Repository repository) {
        var root = repository.root().metadata();
        return root.role(RoleName.ROOT).keyids().stream()
                .flatMap(keyid -> Optional.ofNullable(root.keys().get(keyid)).flatMap(Key::publicKey).stream())
                .flatMap(key -> state.sharedWith().apply(key).stream())
                .findFirst()
                .map(other -> new Decision.Stall(
                        "SharedRootKey",
                        "root version " + root.version() + " has a key that is a root key of Factory " + other
                                + " too, so what is signed for one could be fed to the other's devices. Where that one isn't"
                                + " needed any more, delete it and what is still stored for it: the ConfigMaps in namespace "
                                + other.namespace() + " that are labelled " + Names.FACTORY + '=' + other.name()
                                + ". Where this is meant to be its copy, set spec.allowSharedRootKeys"));
    }

    /** What stands at the name of a key that was brought, without being it: a broken key would look like a lost one. */
    private static Optional<Decision> otherKey(FactoryState state, Adoption.Adoptable adoptable) {
        return adoptable.keys().entrySet().stream()
                .flatMap(entry -> entry.getValue().stream().flatMap(key -> state.onlineKeys().stream()
                        .filter(stored -> stored.secret()
                                .getMetadata()
                                .getName()
                                .equals(secretName(state, entry.getKey(), key.publicKey())))
                        .filter(stored -> stored.key()
                                .map(SoftwareKey::publicKey)
                                .filter(key.publicKey()::equals)
                                .isEmpty())))
                .map(OnlineKeys.StoredKey::secret)
                .findFirst()
                .map(secret -> new Decision.Stall(
                        "ImportConflict",
                        "Secret " + secret.getMetadata().getName()
                                + " stands where an imported online key belongs, and holds something else: delete it"));
    }

    static String secretName(FactoryState state, RoleName role, PublicKey key) {
        return Names.onlineKey(
                state.ref().name(), role, state.dialect().keyId(state.dialect().key(key)));
    }

    /** Roots that somebody signed are nobody's to throw away but their owner's. */
    private static Optional<Decision> otherRoot(FactoryState state, Repository repository) {
        return state.roots().chain().entrySet().stream()
                .filter(stored -> Optional.ofNullable(repository.roots().get(stored.getKey()))
                        .filter(imported ->
                                imported.file().equals(stored.getValue().file()))
                        .isEmpty())
                .findFirst()
                .map(stored -> new Decision.Stall(
                        "ImportConflict",
                        "ConfigMap " + Names.metadata(state.ref().name(), RoleName.ROOT, stored.getKey())
                                + " is another root than the sources have. Nothing was published under this name yet:"
                                + " delete it, or bring the sources that it came from"));
    }

    private static Optional<Decision> inTheWay(FactoryState state, Repository repository) {
        return objects(state, repository).stream()
                .flatMap(whole -> state.stored().objects(whole).stream())
                .flatMap(wanted -> state.stored().find(wanted.getMetadata().getName()).stream()
                        .filter(there -> !isSame(there, wanted)))
                .findFirst()
                .map(there -> new Decision.Remove(
                        there, "it stands where imported metadata belongs, and nothing was published yet", true));
    }

    /** What is still to be created, in the order in which devices will rely on it. */
    private static List<ConfigMap> lacking(FactoryState state, Repository repository) {
        return objects(state, repository).stream()
                .filter(wanted ->
                        state.stored().find(wanted.getMetadata().getName()).isEmpty())
                .toList();
    }

    /** Everything but the timestamp, which is the commit. */
    private static List<ConfigMap> objects(FactoryState state, Repository repository) {
        var objects = new ArrayList<ConfigMap>();
        var first = repository.roots().firstKey();
        repository.roots().forEach((version, root) -> {
            var object = MetadataStore.versioned(state.ref(), state.dialect(), RoleName.ROOT, version, root.file());
            objects.add(version.equals(first) ? MetadataStore.startingAt(object, first) : object);
        });
        Stream.of(repository.targets(), repository.snapshot())
                .map(signed -> MetadataStore.versioned(
                        state.ref(),
                        state.dialect(),
                        signed.metadata().role(),
                        signed.metadata().version(),
                        signed.file()))
                .forEach(objects::add);
        return objects;
    }

    private static boolean isSame(ConfigMap there, ConfigMap wanted) {
        return Objects.equals(there.getBinaryData(), wanted.getBinaryData())
                && Objects.equals(
                        there.getMetadata().getLabels(), wanted.getMetadata().getLabels());
    }

    private static Decision.Stall refused(String message) {
        return new Decision.Stall("ImportRefused", message);
    }
}
