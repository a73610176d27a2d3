package dev.factorytrust.operator.rotation;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.names.Names;
import dev.factorytrust.operator.store.StoredMetadata;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.dialect.MalformedMetadataException;
import dev.factorytrust.tuf.model.Root;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

/** The ConfigMaps that offer a root's exact bytes to those who sign it. */
final class Payloads {

    private Payloads() {}

    static ConfigMap of(CeremonyInputs inputs, RootRotation rotation, Root next, Bytes canonical, Instant signBefore) {
        var name = rotation.getMetadata().getName();
        var payload = new ConfigMapBuilder()
                .withNewMetadata()
                .withName(Names.payload(name))
                .withNamespace(inputs.factory().namespace())
                .addToLabels(Names.FACTORY, inputs.factory().name())
                .addToLabels(Names.ROOT_ROTATION, name)
                .addToAnnotations(Names.OWNER_UID, rotation.getMetadata().getUid())
                .addToAnnotations(Names.SPEC_SHA256, rotation.getSpec().sha256())
                .addToAnnotations(Names.ROOT_VERSION, Long.toString(next.version()))
                .addToAnnotations(
                        Names.SIGN_BEFORE,
                        signBefore.truncatedTo(ChronoUnit.SECONDS).toString())
                .endMetadata()
                .withImmutable(true)
                .withBinaryData(Map.of(Names.PAYLOAD_JSON, canonical.base64()));
        if (RotationSpecs.isCompromise(rotation)) {
            payload.editMetadata()
                    .addToAnnotations(Names.REASON, Names.COMPROMISE)
                    .endMetadata();
        }
        return payload.build();
    }

    /** What somebody else put at a payload's name must not decide when the next root expires, or that it is too late. */
    static boolean isMeantFor(ConfigMap object, RootRotation rotation) {
        return StoredMetadata.annotation(object, Names.OWNER_UID)
                .filter(rotation.getMetadata().getUid()::equals)
                .isPresent();
    }

    /** An offered payload is the rotation's own if it was made for this object and has the bytes that follow from it. */
    static boolean isOurs(ConfigMap object, RootRotation rotation, Bytes canonical) {
        return isMeantFor(object, rotation)
                && file(object).filter(canonical::equals).isPresent();
    }

    static Optional<Bytes> file(ConfigMap payload) {
        return StoredMetadata.file(payload, Names.PAYLOAD_JSON);
    }

    static Optional<Root> root(Dialect dialect, ConfigMap payload) {
        try {
            return file(payload).map(bytes -> dialect.decodeSigned(Root.class, bytes));
        } catch (MalformedMetadataException e) {
            return Optional.empty();
        }
    }

    static Optional<Instant> signBefore(ConfigMap payload) {
        try {
            return StoredMetadata.annotation(payload, Names.SIGN_BEFORE).map(Instant::parse);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
