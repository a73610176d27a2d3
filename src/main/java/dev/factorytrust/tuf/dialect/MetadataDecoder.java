package dev.factorytrust.tuf.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.factorytrust.tuf.model.DelegatedRole;
import dev.factorytrust.tuf.model.Delegations;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.MetaFile;
import dev.factorytrust.tuf.model.Metadata;
import dev.factorytrust.tuf.model.Role;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signature;
import dev.factorytrust.tuf.model.Snapshot;
import dev.factorytrust.tuf.model.SuccinctRoles;
import dev.factorytrust.tuf.model.TargetFile;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.model.Timestamp;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/** From JSON to the model, by specification 1.0.34 §4, save what the {@link Notation} says otherwise. */
final class MetadataDecoder {

    private static final int EXPIRES_LENGTH = "2030-01-01T00:00:00Z".length();
    private static final DateTimeFormatter EXPIRES =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'").withResolverStyle(ResolverStyle.STRICT);
    private static final Pattern HASH = Pattern.compile("([0-9a-f]{2})+");
    private static final String SNAPSHOT_FILE = "snapshot.json";

    private final Notation notation;

    MetadataDecoder(Notation notation) {
        this.notation = notation;
    }

    <T extends Metadata> T metadata(Class<T> type, JsonNode tree) {
        var signed = Fields.of("signed", tree);
        var role = RoleName.valueOf(type.getSimpleName().toUpperCase(Locale.ROOT));
        return Fields.located("signed", () -> {
            var metadata = metadata(role, signed);
            notation.require(metadata);
            return type.cast(metadata);
        });
    }

    private Metadata metadata(RoleName role, Fields signed) {
        var type = signed.text("_type");
        if (!type.equals(notation.type(role))) {
            throw new MalformedMetadataException(
                    "signed._type is " + Quote.shorten(type) + ", where " + notation.type(role) + " is expected");
        }
        notation.readHeader(signed);
        var version = signed.integer("version");
        var expires = expires(signed);
        return switch (role) {
            case ROOT -> root(signed, version, expires);
            case TARGETS -> targets(signed, version, expires);
            case SNAPSHOT -> {
                var meta = signed.map("meta", name -> name, MetadataDecoder::metaFile);
                yield new Snapshot(version, expires, meta, signed.unrecognized());
            }
            case TIMESTAMP -> timestamp(signed, version, expires);
        };
    }

    private Root root(Fields signed, long version, Instant expires) {
        return new Root(
                version,
                expires,
                notation.consistentSnapshot(signed),
                signed.map("keys", KeyId::new, notation::key),
                signed.map("roles", name -> name, MetadataDecoder::role),
                signed.unrecognized());
    }

    private static Timestamp timestamp(Fields signed, long version, Instant expires) {
        var meta = signed.map("meta", name -> name, MetadataDecoder::metaFile);
        if (!meta.keySet().equals(Set.of(SNAPSHOT_FILE))) {
            throw new MalformedMetadataException("signed.meta lists other than just " + SNAPSHOT_FILE); // §4.6
        }
        return new Timestamp(version, expires, meta.get(SNAPSHOT_FILE), signed.unrecognized());
    }

    private Targets targets(Fields signed, long version, Instant expires) {
        return new Targets(
                version,
                expires,
                signed.map("targets", path -> path, MetadataDecoder::targetFile),
                signed.optional("delegations", name -> delegations(signed.object(name))),
                signed.unrecognized());
    }

    private static Role role(String path, JsonNode node) {
        var role = Fields.of(path, node);
        return new Role(keyids(role), role.smallInteger("threshold"), role.unrecognized());
    }

    private static MetaFile metaFile(String path, JsonNode node) {
        var file = Fields.of(path, node);
        return new MetaFile(
                file.integer("version"),
                file.optional("length", file::integer).map(OptionalLong::of).orElseGet(OptionalLong::empty),
                file.optional("hashes", name -> hashes(file)).orElseGet(Map::of),
                file.unrecognized());
    }

    private static TargetFile targetFile(String path, JsonNode node) {
        var file = Fields.of(path, node);
        return new TargetFile(
                file.integer("length"),
                hashes(file),
                file.optional("custom", name -> file.object(name).json()),
                file.unrecognized());
    }

    private static Map<String, String> hashes(Fields file) {
        var hashes = file.map("hashes", name -> name, (path, hash) -> {
            // Clients compare hashes as text, so an upper-case one never matches.
            if (!hash.isTextual() || !HASH.matcher(hash.textValue()).matches()) {
                throw new MalformedMetadataException(path + " isn't lower-case hexadecimal");
            }
            return hash.textValue();
        });
        if (hashes.isEmpty()) {
            throw new MalformedMetadataException(file.path() + ".hashes is empty");
        }
        return hashes;
    }

    private Delegations delegations(Fields delegations) {
        if (delegations.has("roles") == delegations.has("succinct_roles")) {
            throw new MalformedMetadataException(
                    delegations.path() + " has not exactly one of roles and succinct_roles");
        }
        return new Delegations(
                delegations.map("keys", KeyId::new, notation::key),
                delegations
                        .optional("roles", name -> delegations.list(name, MetadataDecoder::delegatedRole))
                        .orElseGet(List::of),
                delegations.optional("succinct_roles", name -> succinctRoles(delegations.object(name))),
                delegations.unrecognized());
    }

    private static DelegatedRole delegatedRole(String path, JsonNode node) {
        var role = Fields.of(path, node);
        return new DelegatedRole(
                role.text("name"),
                keyids(role),
                role.smallInteger("threshold"),
                role.bool("terminating"),
                role.optional("paths", role::texts),
                role.optional("path_hash_prefixes", role::texts),
                role.unrecognized());
    }

    private static SuccinctRoles succinctRoles(Fields roles) {
        return new SuccinctRoles(
                keyids(roles),
                roles.smallInteger("threshold"),
                roles.smallInteger("bit_length"),
                roles.text("name_prefix"),
                roles.unrecognized());
    }

    private static List<KeyId> keyids(Fields role) {
        return role.texts("keyids").stream().map(KeyId::new).toList();
    }

    List<Signature> signatures(String path, JsonNode array) {
        var signatures = Fields.list(path, array, (at, node) -> notation.readSignature(Fields.of(at, node)));
        var seen = new HashSet<KeyId>();
        for (var signature : signatures) {
            // §4.2.1: a client that counted both would reach a threshold with one key.
            if (!seen.add(signature.keyid())) {
                throw new MalformedMetadataException(path + " has two of " + signature.keyid());
            }
        }
        return signatures;
    }

    private static Instant expires(Fields signed) {
        var text = signed.text("expires");
        try {
            if (text.length() == EXPIRES_LENGTH) {
                return LocalDateTime.parse(text, EXPIRES).toInstant(ZoneOffset.UTC);
            }
        } catch (DateTimeParseException e) {
            // refused below, with all others
        }
        throw signed.wrong("expires", "a date of the form YYYY-MM-DDTHH:MM:SSZ");
    }

    static String expires(Instant expires) {
        return EXPIRES.format(expires.atOffset(ZoneOffset.UTC));
    }
}
