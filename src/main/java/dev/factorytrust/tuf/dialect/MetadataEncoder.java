package dev.factorytrust.tuf.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.factorytrust.tuf.model.DelegatedRole;
import dev.factorytrust.tuf.model.Delegations;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.MetaFile;
import dev.factorytrust.tuf.model.Metadata;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signature;
import dev.factorytrust.tuf.model.Snapshot;
import dev.factorytrust.tuf.model.SuccinctRoles;
import dev.factorytrust.tuf.model.TargetFile;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.model.Timestamp;

import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** From the model to JSON: the mirror of {@link MetadataDecoder}. Unknown fields go first, so that none displaces a known one. */
final class MetadataEncoder {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Notation notation;

    MetadataEncoder(Notation notation) {
        this.notation = notation;
    }

    ObjectNode metadata(Metadata metadata) {
        var signed = object(metadata.unrecognized());
        signed.put("_type", notation.type(metadata.role()));
        notation.writeHeader(signed);
        signed.put("version", metadata.version());
        signed.put("expires", MetadataDecoder.expires(metadata.expires()));
        switch (metadata) {
            case Root root -> {
                signed.put("consistent_snapshot", root.consistentSnapshot());
                signed.set("keys", keys(root.keys()));
                signed.set(
                        "roles",
                        map(
                                root.roles(),
                                name -> name,
                                role -> role(object(role.unrecognized()), role.keyids(), role.threshold())));
            }
            case Targets targets -> {
                signed.set("targets", map(targets.targets(), path -> path, MetadataEncoder::targetFile));
                targets.delegations().ifPresent(delegations -> signed.set("delegations", delegations(delegations)));
            }
            case Snapshot snapshot -> signed.set("meta", map(snapshot.meta(), name -> name, MetadataEncoder::metaFile));
            case Timestamp timestamp ->
                signed.set("meta", JSON.objectNode().set("snapshot.json", metaFile(timestamp.snapshotMeta())));
        }
        return signed;
    }

    ArrayNode signatures(List<Signature> signatures) {
        var array = JSON.arrayNode();
        signatures.forEach(signature -> array.add(notation.writeSignature(signature)));
        return array;
    }

    private static ObjectNode metaFile(MetaFile file) {
        var node = object(file.unrecognized());
        node.put("version", file.version());
        file.length().ifPresent(length -> node.put("length", length));
        if (!file.hashes().isEmpty()) {
            node.set("hashes", map(file.hashes(), name -> name, JSON::textNode));
        }
        return node;
    }

    private static ObjectNode targetFile(TargetFile file) {
        var node = object(file.unrecognized());
        node.put("length", file.length());
        node.set("hashes", map(file.hashes(), name -> name, JSON::textNode));
        file.custom().ifPresent(custom -> node.set("custom", custom));
        return node;
    }

    private static ObjectNode delegations(Delegations delegations) {
        var node = object(delegations.unrecognized());
        node.set("keys", keys(delegations.keys()));
        delegations.succinctRoles().ifPresentOrElse(bins -> node.set("succinct_roles", succinctRoles(bins)), () -> {
            var roles = node.putArray("roles");
            delegations.roles().forEach(role -> roles.add(delegatedRole(role)));
        });
        return node;
    }

    private static ObjectNode delegatedRole(DelegatedRole role) {
        var node = role(object(role.unrecognized()), role.keyids(), role.threshold());
        node.put("name", role.name());
        node.put("terminating", role.terminating());
        role.paths().ifPresent(paths -> paths.forEach(node.putArray("paths")::add));
        role.pathHashPrefixes().ifPresent(prefixes -> prefixes.forEach(node.putArray("path_hash_prefixes")::add));
        return node;
    }

    private static ObjectNode succinctRoles(SuccinctRoles roles) {
        return role(object(roles.unrecognized()), roles.keyids(), roles.threshold())
                .put("bit_length", roles.bitLength())
                .put("name_prefix", roles.namePrefix());
    }

    private static ObjectNode role(ObjectNode node, List<KeyId> keyids, int threshold) {
        var ids = node.putArray("keyids");
        keyids.forEach(keyid -> ids.add(keyid.value()));
        return node.put("threshold", threshold);
    }

    private static ObjectNode keys(Map<KeyId, Key> keys) {
        return map(keys, KeyId::value, Key::json);
    }

    private static <K, V> ObjectNode map(Map<K, V> map, Function<K, String> name, Function<V, JsonNode> value) {
        var node = JSON.objectNode();
        map.forEach((k, v) -> node.set(name.apply(k), value.apply(v)));
        return node;
    }

    static ObjectNode object(Map<String, JsonNode> unrecognized) {
        var node = JSON.objectNode();
        node.setAll(unrecognized);
        return node;
    }
}
