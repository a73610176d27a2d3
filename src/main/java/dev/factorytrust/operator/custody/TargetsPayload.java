package dev.factorytrust.operator.custody;

import dev.factorytrust.names.Names;
import dev.factorytrust.operator.store.FactoryRef;
import dev.factorytrust.operator.store.StoredMetadata;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.dialect.MalformedMetadataException;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.repository.ManagedPaths;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A version of targets as it is offered to its holders.
 *
 * @param canonical the exact bytes to sign
 * @param record which paths come from which Targets, to be stored beside that version
 * @param signBefore until when signatures count
 */
public record TargetsPayload(
        ConfigMap object, Bytes canonical, Targets targets, Optional<ManagedPaths> record, Instant signBefore) {

    static TargetsPayload make(
            FactoryRef factory, Dialect dialect, Targets targets, ManagedPaths record, Instant signBefore) {
        var canonical = dialect.canonical(targets);
        var until = signBefore.truncatedTo(ChronoUnit.SECONDS);
        var object = new ConfigMapBuilder()
                .withNewMetadata()
                .withName(Names.targetsPayload(factory.name(), targets.version()))
                .withNamespace(factory.namespace())
                .addToLabels(Names.FACTORY, factory.name())
                .addToLabels(Names.VERSION, Long.toString(targets.version()))
                .addToAnnotations(Names.DIALECT, dialect.id())
                .addToAnnotations(Names.SIGN_BEFORE, until.toString())
                .endMetadata()
                .withImmutable(true)
                .withBinaryData(Map.of(Names.PAYLOAD_JSON, canonical.base64()))
                .withData(Map.of(Names.MANAGED_JSON, record.toJson().utf8()))
                .build();
        return new TargetsPayload(object, canonical, targets, Optional.of(record), until);
    }

    /** What is stored at payloads' names and can be read, the newest first. */
    public static List<TargetsPayload> stored(Dialect dialect, StoredMetadata stored) {
        return stored.targetsPayloads().descendingMap().entrySet().stream()
                .flatMap(entry -> read(dialect, entry.getKey(), entry.getValue()).stream())
                .toList();
    }

    /** @return empty where it isn't one that the operator makes */
    private static Optional<TargetsPayload> read(Dialect dialect, long version, ConfigMap object) {
        try {
            return StoredMetadata.file(object, Names.PAYLOAD_JSON)
                    .flatMap(canonical -> StoredMetadata.annotation(object, Names.SIGN_BEFORE)
                            .map(Instant::parse)
                            .map(signBefore -> new TargetsPayload(
                                    object,
                                    canonical,
                                    dialect.decodeSigned(Targets.class, canonical),
                                    record(object),
                                    signBefore)))
                    .filter(payload -> payload.version() == version);
        } catch (MalformedMetadataException | DateTimeException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<ManagedPaths> record(ConfigMap object) {
        return Optional.ofNullable(object.getData())
                .map(data -> data.get(Names.MANAGED_JSON))
                .map(json -> ManagedPaths.fromJson(Bytes.utf8(json)));
    }

    public String name() {
        return object.getMetadata().getName();
    }

    public long version() {
        return targets.version();
    }
}
