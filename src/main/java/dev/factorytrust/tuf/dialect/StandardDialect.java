package dev.factorytrust.tuf.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.Metadata;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Signature;
import dev.factorytrust.tuf.model.Signed;

import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * TUF specification 1.0.34 with consistent snapshots, within the limits that python-tuf, tuf-js, go-tuf, tough and
 * sigstore-java have in common.
 */
public final class StandardDialect implements Dialect {

    // Versions: tough and sigstore-java hold 32 bits, one of them signed. Hops: python-tuf, tuf-js and go-tuf stop at
    // 256.
    private static final Limits LIMITS =
            new Limits(65_536, 16_384, 2_000_000, 5_000_000, Integer.MAX_VALUE, 1000, Integer.MAX_VALUE, 256);

    @Override
    public String id() {
        return "TUF";
    }

    @Override
    public Bytes canonical(Metadata metadata) {
        return CanonicalJson.of(StandardEncoder.metadata(metadata));
    }

    @Override
    public <T extends Metadata> T decodeSigned(Class<T> type, Bytes canonical) {
        return StandardDecoder.metadata(type, canonicalTree(canonical));
    }

    private static JsonNode canonicalTree(Bytes canonical) {
        var tree = StrictJson.parseCanonical(canonical);
        if (!CanonicalJson.of(tree).equals(canonical)) {
            throw new MalformedMetadataException("the signed part isn't in canonical form");
        }
        return tree;
    }

    @Override
    public <T extends Metadata> Signed<T> decode(Class<T> type, Bytes file) {
        var envelope = Fields.of("the file", StrictJson.parse(file));
        var signed = envelope.object("signed").json();
        var signatures =
                StandardDecoder.signatures("signatures", envelope.json().path("signatures"));
        return Fields.located(
                "the file",
                () -> new Signed<>(StandardDecoder.metadata(type, signed), CanonicalJson.of(signed), signatures, file));
    }

    @Override
    public <T extends Metadata> Signed<T> assemble(Class<T> type, Bytes canonical, List<Signature> signatures) {
        var tree = canonicalTree(canonical);
        var metadata = StandardDecoder.metadata(type, tree);
        var sorted = signatures.stream()
                .sorted(Comparator.comparing(Signature::keyid))
                .toList();
        // The tree keeps the canonical order of names, so the file differs from it in escapes alone.
        var file = "{\"signatures\":" + StandardEncoder.signatures(sorted) + ",\"signed\":" + tree + "}";
        return new Signed<>(metadata, canonical, sorted, Bytes.utf8(file));
    }

    @Override
    public List<Signature> decodeSignatures(Bytes json) {
        return StandardDecoder.signatures("signatures", StrictJson.parse(json));
    }

    @Override
    public Signature signature(KeyId keyid, PublicKey key, Bytes value) {
        return new Signature(keyid, value, Map.of());
    }

    @Override
    public Key key(PublicKey publicKey) {
        return StandardKeys.encode(publicKey);
    }

    /** §4.2: over the whole key object, fields that nobody knows included. */
    @Override
    public KeyId keyId(Key key) {
        return StandardKeys.id(key);
    }

    /** §6.2.1 and §6.2.2. */
    @Override
    public String fileName(RoleName role, long version) {
        return role == RoleName.TIMESTAMP ? "timestamp.json" : version + "." + role + ".json";
    }

    @Override
    public Limits limits() {
        return LIMITS;
    }

    @Override
    public List<String> violations(Signed<?> signed) {
        return new StandardViolations(LIMITS).of(signed);
    }
}
