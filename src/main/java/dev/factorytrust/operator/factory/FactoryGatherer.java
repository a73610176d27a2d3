package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.FactorySpec;
import dev.factorytrust.api.v1alpha1.FactoryStatus;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.names.Names;
import dev.factorytrust.operator.Defaults;
import dev.factorytrust.operator.custody.TargetsPayload;
import dev.factorytrust.operator.store.FactoryCache;
import dev.factorytrust.operator.store.FactoryRef;
import dev.factorytrust.operator.store.ImportSources;
import dev.factorytrust.operator.store.KeyStore;
import dev.factorytrust.operator.store.MetadataStore;
import dev.factorytrust.operator.store.OnlineKeys;
import dev.factorytrust.operator.store.Reading;
import dev.factorytrust.operator.store.Roots;
import dev.factorytrust.operator.store.StoredMetadata;
import dev.factorytrust.operator.target.TargetWishes;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.dialect.MalformedMetadataException;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.model.TargetFile;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.repository.OnlineSigners;
import dev.factorytrust.tuf.repository.Policy;
import dev.factorytrust.tuf.repository.Repository;
import dev.factorytrust.tuf.repository.RootExtras;
import dev.factorytrust.tuf.repository.TargetsRoom;
import dev.factorytrust.tuf.verify.Verifier;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Gathers what a decision needs, from caches only: an idle Factory costs the API server nothing. Only what a Factory is
 * imported from is read live, until that is done.
 */
public final class FactoryGatherer {

    /** A clock this far behind the last signature must not sign: devices would see time go back. */
    private static final Duration SKEW = Duration.ofMinutes(1);

    private final MetadataStore metadata;
    private final KeyStore keys;
    private final FactoryCache<RootRotation> rotations;
    private final FactoryCache<Target> targets;
    private final FactoryCache<Secret> signatures;
    private final ImportSources imports;
    private final InstantSource clock;
    private final Supplier<Optional<Instant>> serverTime;
    private final Duration leastOverlap;
    private final TargetQuiet quiet = new TargetQuiet();

    /**
     * @param signatures grouped by the name of the payload that they sign
     * @param serverTime what the API server's own clock says; asked only when ours looks wrong
     * @param leastOverlap what caches before the devices make necessary, whatever a Factory asks for
     */
    public FactoryGatherer(
            MetadataStore metadata,
            KeyStore keys,
            FactoryCache<RootRotation> rotations,
            FactoryCache<Target> targets,
            FactoryCache<Secret> signatures,
            ImportSources imports,
            InstantSource clock,
            Supplier<Optional<Instant>> serverTime,
            Duration leastOverlap) {
        this.metadata = metadata;
        this.keys = keys;
        this.rotations = rotations;
        this.targets = targets;
        this.signatures = signatures;
        this.imports = imports;
        this.clock = clock;
        this.serverTime = serverTime;
        this.leastOverlap = leastOverlap;
    }

    public FactoryState gather(Factory factory) {
        var ref = new FactoryRef(
                factory.getMetadata().getNamespace(), factory.getMetadata().getName());
        var now = clock.instant();
        var look = metadata.look(ref);
        var dialect = look.dialect().orElseGet(() -> Defaults.dialect(factory.getSpec()));
        var stored = look.stored();
        var roots = look.roots();
        var reading = look.reading();
        var online = keys.onlineKeys(ref, dialect);
        var policy = policy(factory, roots);
        var mine = List.copyOf(rotations.of(ref).values());
        var wanted = List.copyOf(targets.of(ref).values());
        var signers = signers(factory, online, roots);
        var held = roots.newest()
                .map(Signed::metadata)
                .filter(root -> signers.needHolders(root, RoleName.TARGETS))
                .isPresent();
        var wishes = wishes(factory, dialect, wanted, stored, roots, reading, held, policy.allowEmptyTargets());
        return new FactoryState(
                factory,
                dialect,
                policy,
                stored,
                TargetsPayload.stored(dialect, stored),
                reading,
                roots,
                metadata.lastGood(ref),
                signers,
                online.byRole(),
                online.byRotation(),
                online.all(),
                Boolean.TRUE.equals(factory.getSpec().allowSharedRootKeys())
                        ? _ -> Optional.empty()
                        : key -> metadata.rootKeys().otherThan(ref, key),
                keys.rootKeys(ref),
                mine,
                wanted,
                wishes,
                signatures(ref, mine, stored),
                quiet.look(ref, wishes, now),
                sources(factory, look),
                behind(stored, now),
                now);
    }

    /**
     * An imported root names no holders: there, where custody isn't Online, a key of targets that isn't held is somebody's. So
     * it stays where Online is declared while people are asked to sign, for that changes nothing before root agrees.
     */
    private static OnlineSigners signers(Factory factory, OnlineKeys online, Roots roots) {
        var all = roots.chain().values().stream().map(Signed::metadata).toList();
        var held = online.signers(all);
        var people = Defaults.custody(factory.getSpec()) != FactorySpec.Custody.ONLINE
                || Optional.ofNullable(factory.getStatus())
                        .map(FactoryStatus::targets)
                        .map(FactoryStatus.TargetsSummary::payloads)
                        .isPresent();
        return !people
                ? held
                : new OnlineSigners(
                        held.byKeyId(),
                        all.stream()
                                .filter(root -> RootExtras.of(root).factory().isEmpty())
                                .flatMap(root -> held.missing(root, RoleName.TARGETS).stream())
                                .collect(Collectors.toSet()));
    }

    private Optional<ImportSources.Found> sources(Factory factory, MetadataStore.Look look) {
        return Defaults.paused(factory.getSpec())
                ? Optional.empty()
                : ImportSteps.underWay(
                                factory.getSpec(),
                                Optional.ofNullable(factory.getStatus()),
                                look.stored(),
                                look.roots(),
                                look.reading())
                        .map(sources -> imports.read(factory.getMetadata().getNamespace(), sources));
    }

    /** A fleet that was imported has keys that its devices can read: no others are made unless the spec names them. */
    private Policy policy(Factory factory, Roots roots) {
        var policy = Defaults.policy(factory.getSpec(), leastOverlap);
        return factory.getSpec().bootstrap().import_() == null
                ? policy
                : roots.newest()
                        .map(Signed::metadata)
                        .map(root -> Defaults.keepingKeyTypes(policy, factory.getSpec(), root))
                        .orElse(policy);
    }

    public void forget(FactoryRef factory) {
        quiet.forget(factory);
        keys.forget(factory);
    }

    private TargetWishes wishes(
            Factory factory,
            Dialect dialect,
            List<Target> wanted,
            StoredMetadata stored,
            Roots roots,
            Reading reading,
            boolean held,
            boolean allowEmpty) {
        var ref = stored.factory();
        var newest = reading.published().map(Repository::targets).or(() -> newestStored(dialect, stored, roots));
        var committed = newest.map(Signed::metadata);
        return TargetWishes.of(
                dialect,
                TargetsRoom.of(dialect, newest, held),
                factory.getMetadata().getUid(),
                committed.map(Targets::targets).orElse(Map.<String, TargetFile>of()),
                committed
                        .flatMap(role -> stored.find(Names.metadata(ref.name(), RoleName.TARGETS, role.version())))
                        .flatMap(stored::record),
                wanted,
                allowEmpty);
    }

    /** Where no timestamp says which targets count, the newest stored ones that root's keys signed keep what they list. */
    static Optional<Signed<Targets>> newestStored(Dialect dialect, StoredMetadata stored, Roots roots) {
        return roots.newest()
                .map(Signed::metadata)
                .flatMap(root -> stored.versions(RoleName.TARGETS).descendingMap().values().stream()
                        .flatMap(object -> signed(dialect, root, stored, object).stream())
                        .findFirst());
    }

    private static Optional<Signed<Targets>> signed(
            Dialect dialect, Root root, StoredMetadata stored, ConfigMap object) {
        try {
            return stored.readable(object, Names.metadataEntry(RoleName.TARGETS))
                    .map(file -> dialect.decode(Targets.class, file))
                    .filter(targets -> Verifier.verify(
                                    root.role(RoleName.TARGETS), root.keys(), targets.canonical(), targets.signatures())
                            .verified());
        } catch (MalformedMetadataException e) {
            return Optional.empty();
        }
    }

    /** Also those on payloads whose rotation is gone: all may have signed before it was deleted. */
    private Map<String, List<Secret>> signatures(
            FactoryRef factory, List<RootRotation> rotations, StoredMetadata stored) {
        return Stream.concat(
                        rotations.stream()
                                .map(rotation ->
                                        Names.payload(rotation.getMetadata().getName())),
                        Stream.concat(stored.rootPayloads().keySet().stream(), targetsPayloads(stored)))
                .distinct()
                .collect(Collectors.toUnmodifiableMap(
                        Function.identity(),
                        payload -> List.copyOf(signatures
                                .of(new FactoryRef(factory.namespace(), payload))
                                .values())));
    }

    private static Stream<String> targetsPayloads(StoredMetadata stored) {
        return stored.targetsPayloads().values().stream()
                .map(payload -> payload.getMetadata().getName());
    }

    private Optional<Duration> behind(StoredMetadata stored, Instant now) {
        return stored.signedAt()
                .map(signed -> Duration.between(now, signed))
                .filter(ahead -> ahead.compareTo(SKEW) > 0)
                .filter(_ -> !serverTime
                        .get()
                        .map(server -> Duration.between(now, server).abs().compareTo(SKEW) <= 0)
                        .orElse(false));
    }
}
