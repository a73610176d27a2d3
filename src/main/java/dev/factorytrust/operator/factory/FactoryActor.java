package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.names.Names;
import dev.factorytrust.operator.store.ApiServer;
import dev.factorytrust.operator.store.KeyStore;
import dev.factorytrust.operator.store.MetadataStore;
import dev.factorytrust.operator.store.NameTakenException;
import dev.factorytrust.operator.store.PlanOutdatedException;
import dev.factorytrust.operator.store.StoredMetadata;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.repository.KeyOverlap;
import dev.factorytrust.tuf.repository.Publication;
import dev.factorytrust.tuf.repository.RefreshPlanner;
import dev.factorytrust.tuf.repository.Repository;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Carries out one decision. Signed files are verified as devices would, before the first of them is written; the
 * timestamp, which makes the rest visible, is written last.
 */
public final class FactoryActor {

    private final ApiServer api;
    private final MetadataStore metadata;
    private final KeyStore keys;
    private final Keysmith keysmith;
    private final Teardown teardown;

    public FactoryActor(ApiServer api, MetadataStore metadata, KeyStore keys) {
        this.api = api;
        this.metadata = metadata;
        this.keys = keys;
        this.keysmith = new Keysmith(keys);
        this.teardown = new Teardown(api);
    }

    /** @throws PlanOutdatedException when the state is no longer the one that was decided on; nothing is tried again */
    void act(FactoryState state, Decision decision) {
        switch (decision) {
            case Decision.Wait _, Decision.Stall _ -> {}
            case Decision.CreateRootKeys _ -> keysmith.createRootKeys(state);
            case Decision.CreateOnlineKeys(var roles, var rotation) ->
                keysmith.createOnlineKeys(state, roles, rotation);
            case Decision.Adopt adopt -> adopt(state, adopt);
            case Decision.OpenCommitPoint(var floor) -> metadata.create(commitPoint(state, floor));
            case Decision.Declare(var rotation) -> declare(rotation);
            case Decision.WithdrawFirstRoot(var rotation, var payload) -> {
                payload.ifPresent(metadata::delete);
                withdraw(rotation);
            }
            case Decision.SignFirstRoot(var root, var archive) ->
                storeRoot(state, keysmith.sign(state, root, archive), false);
            case Decision.OfferPayload(var payload) -> offer(state, payload);
            case Decision.StoreRoot(var root, var _, var compromise) -> storeVerified(state, root, compromise);
            case Decision.FlipRoot(var root, var overlapSince) -> flip(state, root, overlapSince);
            case Decision.RestartOverlap _ -> restartOverlap(state);
            case Decision.Publish publish -> publish(state, publish);
            case Decision.PutBack(var original, var impostor) -> putBack(original, impostor);
            case Decision.Remove(var object, var _, var _) -> remove(state, object);
            case Decision.PutBackTimestamp(var newest) ->
                metadata.replaceTimestamp(new ConfigMapBuilder(newest)
                        .editMetadata()
                        .withResourceVersion(
                                unchangedTimestamp(state).getMetadata().getResourceVersion())
                        .withUid(null)
                        .endMetadata()
                        .build());
            case Decision.RemoveKey(var key, var _) -> {
                unchangedTimestamp(state);
                LateCaches.requireUnused(api, state, key);
                keys.delete(key);
            }
            case Decision.EraseRootKeys(var archive) -> keys.delete(archive);
            case Decision.AddFinalizer _ -> teardown.addFinalizer(state);
            case Decision.DeleteOwned owned -> teardown.delete(owned);
            case Decision.RemoveFinalizer _ -> teardown.removeFinalizer(state);
        }
    }

    /** A cache that lags has it declared twice; only another Factory's rotation of that name is a fault. */
    private void declare(RootRotation rotation) {
        var name = rotation.getMetadata().getName();
        var owner = rotation.getSpec().factory();
        try {
            PlanOutdatedException.swap(name, () -> api.create(rotation));
        } catch (PlanOutdatedException taken) {
            api.find(RootRotation.class, rotation.getMetadata().getNamespace(), name)
                    .filter(other -> other.getSpec() == null
                            || !other.getSpec().factory().equals(owner))
                    .ifPresent(other -> {
                        throw new NameTakenException(other, owner);
                    });
            throw taken;
        }
    }

    /** Only the declaration that was seen: its successor of the same name may have been signed since. */
    private void withdraw(RootRotation seen) {
        PlanOutdatedException.swap(seen.getMetadata().getName(), () -> api.delete(seen));
    }

    private static ConfigMap commitPoint(FactoryState state, long floor) {
        var first = state.roots().oldest().isPresent() ? state.roots().first() : ImportSteps.firstVersion(state.spec());
        var empty = MetadataStore.startingAt(MetadataStore.emptyTimestamp(state.ref(), state.dialect()), first);
        return floor == 0
                ? empty
                : new ConfigMapBuilder(empty)
                        .editMetadata()
                        .addToAnnotations(Names.VERSION_FLOOR, Long.toString(floor))
                        .endMetadata()
                        .build();
    }

    /** Keys that sign come before what names them; the timestamp, as it was received, comes last. */
    private void adopt(FactoryState state, Decision.Adopt decision) {
        var seen = unchangedTimestamp(state);
        var repository = decision.adoption().repository();
        decision.adoption().keys().forEach((role, brought) -> brought.stream()
                .filter(key -> state.onlineKeys().stream().noneMatch(stored -> stored.secret()
                        .getMetadata()
                        .getName()
                        .equals(ImportSteps.secretName(state, role, key.publicKey()))))
                .forEach(key -> keys.createOnlineKey(state.ref(), state.dialect(), role, key, Optional.empty())));
        decision.lacking().forEach(metadata::create);
        var annotations = new TreeMap<String, String>();
        annotations.put(
                Names.ROOT_VERSION, Long.toString(repository.root().metadata().version()));
        var first = repository.roots().firstKey();
        if (state.roots().first() != first) {
            // The Factory that began was another, which asked for less or more of the chain.
            annotations.put(Names.FIRST_ROOT, Long.toString(first));
        }
        metadata.replaceTimestamp(
                MetadataStore.timestamp(seen, repository.timestamp().file(), annotations));
    }

    /**
     * A root is checked before it exists for anybody, with everything that will be published beside it: what is there
     * now, or where its online keys are others, the same signed by those. Where an online key is lost, nothing can be
     * published beside it: it is stored all the same, for all have signed, and the next root can cure that.
     */
    private void storeVerified(FactoryState state, Signed<Root> root, boolean compromise) {
        var next = root.metadata();
        state.reading()
                .published()
                .filter(_ -> PublicationSteps.ONLINE.stream()
                        .allMatch(role -> state.signers().suffice(next, role)))
                .ifPresent(published -> {
                    var candidate =
                            DeviceCheck.with(published, state.roots().chain()).withRoot(root);
                    var changing = KeyOverlap.changing(published.root().metadata(), next);
                    DeviceCheck.verify(
                            published,
                            changing.isEmpty() ? candidate : candidate.with(rehearsal(state, published, root)));
                });
        storeRoot(state, root, compromise);
    }

    /** Everything signed by the online keys that a root names, never to be stored. */
    private static Publication rehearsal(FactoryState state, Repository published, Signed<Root> root) {
        return RefreshPlanner.plan(
                        published,
                        Optional.empty(),
                        Set.copyOf(PublicationSteps.ONLINE),
                        PublicationSteps.free(state, published),
                        state.policy(),
                        state.uid(),
                        state.now())
                .orElseThrow()
                .sign(state.dialect(), List.of(root.metadata()), state.policy(), state.signers(), state.now());
    }

    private void storeRoot(FactoryState state, Signed<Root> root, boolean compromise) {
        DeviceCheck.requirePublishable(state, root, state.roots().newest());
        var object = MetadataStore.versioned(
                state.ref(), state.dialect(), RoleName.ROOT, root.metadata().version(), root.file());
        metadata.create(
                compromise
                        ? new ConfigMapBuilder(object)
                                .editMetadata()
                                .addToAnnotations(Names.REASON, Names.COMPROMISE)
                                .endMetadata()
                                .build()
                        : object);
    }

    private void flip(FactoryState state, Signed<Root> root, Optional<Instant> overlapSince) {
        var published = state.reading().published().orElseThrow();
        var version = root.metadata().version();
        DeviceCheck.verify(
                published, DeviceCheck.with(published, state.roots().chain().headMap(version, true)));
        var annotations = new TreeMap<String, String>();
        annotations.put(Names.ROOT_VERSION, Long.toString(version));
        overlapSince.ifPresent(since -> annotations.put(Names.OVERLAP_SINCE, since.toString()));
        metadata.replaceTimestamp(MetadataStore.timestamp(
                unchangedTimestamp(state), published.timestamp().file(), annotations));
    }

    private void restartOverlap(FactoryState state) {
        metadata.replaceTimestamp(MetadataStore.timestamp(
                unchangedTimestamp(state),
                state.reading().published().orElseThrow().timestamp().file(),
                Map.of(Names.OVERLAP_SINCE, state.now().toString())));
    }

    private void publish(FactoryState state, Decision.Publish decision) {
        var seen = unchangedTimestamp(state);
        decision.plan()
                .targets()
                .ifPresent(next -> LateCaches.requireNewer(
                        api, state, next, decision.record().orElseGet(state.wishes()::publishedRecord)));
        var commit = decision.commit();
        var publication =
                decision.plan().sign(state.dialect(), commit.signers(), state.policy(), state.signers(), state.now());
        publication.targets().ifPresent(targets -> DeviceCheck.requirePublishable(state, targets, Optional.empty()));
        publication.snapshot().ifPresent(snapshot -> DeviceCheck.requirePublishable(state, snapshot, Optional.empty()));
        DeviceCheck.requirePublishable(state, publication.timestamp(), Optional.empty());
        DeviceCheck.verify(state, publication, commit);
        publication
                .targets()
                .filter(targets -> !isStored(state, targets))
                .ifPresent(targets -> metadata.create(new ConfigMapBuilder(successor(state, targets))
                        .withData(decision.record()
                                .map(record -> Map.of(
                                        Names.MANAGED_JSON, record.toJson().utf8()))
                                .orElse(Map.of()))
                        .build()));
        publication.snapshot().ifPresent(snapshot -> metadata.create(successor(state, snapshot)));
        var annotations = new TreeMap<String, String>();
        annotations.put(Names.SIGNED_AT, state.now().toString());
        annotations.put(Names.ROOT_VERSION, Long.toString(commit.rootVersion()));
        commit.overlapSince().ifPresent(since -> annotations.put(Names.OVERLAP_SINCE, since.toString()));
        metadata.replaceTimestamp(
                MetadataStore.timestamp(seen, publication.timestamp().file(), annotations));
    }

    /** What people are asked to sign as targets is what is wanted now. */
    private void offer(FactoryState state, ConfigMap payload) {
        if (Names.targetsPayloadVersion(
                        state.ref().name(), payload.getMetadata().getName())
                .isPresent()) {
            var plan = state.wishes().plan();
            LateCaches.requireNewer(api, state, plan.content(), plan.record());
        }
        metadata.create(payload);
    }

    /** What holders have signed has one version only, also where the publication is cut off that has just stored it. */
    private static boolean isStored(FactoryState state, Signed<Targets> targets) {
        return state.stored()
                .find(Names.metadata(
                        state.ref().name(), RoleName.TARGETS, targets.metadata().version()))
                .flatMap(object -> state.stored().readable(object, Names.metadataEntry(RoleName.TARGETS)))
                .filter(targets.file()::equals)
                .isPresent();
    }

    /** Names the version that it follows: between the two, versions may be skipped that were never published. */
    private static ConfigMap successor(FactoryState state, Signed<?> signed) {
        var role = signed.metadata().role();
        var object = MetadataStore.versioned(
                state.ref(), state.dialect(), role, signed.metadata().version(), signed.file());
        var annotations = new TreeMap<>(Map.of(Names.SIGNED_AT, state.now().toString()));
        state.lastPublished(role).ifPresent(before -> annotations.put(Names.FOLLOWS, Long.toString(before)));
        return new ConfigMapBuilder(object)
                .editMetadata()
                .addToAnnotations(annotations)
                .endMetadata()
                .build();
    }

    /** The timestamp as it is now, if it is still the one that the plan was made on. */
    private ConfigMap unchangedTimestamp(FactoryState state) {
        var seen = state.stored().timestamp();
        var live = metadata.liveTimestamp(state.ref());
        if (!Objects.equals(version(seen), version(live))) {
            throw new PlanOutdatedException(FactoryPlanner.timestampName(state), null);
        }
        return live.orElseThrow();
    }

    /**
     * Caches of different kinds don't keep step: where a payload's RootRotation was deleted right after the last signature,
     * the deletion may be seen first, and the payload is binding all the same.
     */
    private void remove(FactoryState state, ConfigMap object) {
        var name = object.getMetadata().getName();
        var seen = state.signatures().getOrDefault(name, List.of()).size();
        if (StoredMetadata.file(object, Names.PAYLOAD_JSON).isPresent()) {
            if (api.labelled(Secret.class, state.ref().namespace(), Names.SIGNS, name)
                            .size()
                    > seen) {
                throw new PlanOutdatedException(name, null);
            }
            LateCaches.requireGone(api, state, Names.rotationOf(name));
        }
        metadata.delete(object);
    }

    private static Optional<String> version(Optional<ConfigMap> object) {
        return object.map(found -> found.getMetadata().getResourceVersion());
    }

    private void putBack(ConfigMap original, Optional<ConfigMap> impostor) {
        impostor.ifPresent(metadata::delete);
        var metadataOnly = new ObjectMetaBuilder()
                .withName(original.getMetadata().getName())
                .withNamespace(original.getMetadata().getNamespace())
                .withLabels(original.getMetadata().getLabels())
                .withAnnotations(original.getMetadata().getAnnotations())
                .build();
        metadata.create(
                new ConfigMapBuilder(original).withMetadata(metadataOnly).build());
    }
}
