package dev.factorytrust.tuf.dialect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Signature;
import dev.factorytrust.tuf.model.Signed;

import java.util.List;
import java.util.Map;

/**
 * TUF specification 1.0.34 with consistent snapshots, within the limits that python-tuf, tuf-js, go-tuf, tough and
 * sigstore-java have in common.
 */
public final class StandardDialect extends JsonDialect {

    // Versions: tough and sigstore-java hold 32 bits, one of them signed. Hops: python-tuf, tuf-js and go-tuf stop at
    // 256.
    private static final Limits LIMITS =
            new Limits(65_536, 16_384, 2_000_000, 5_000_000, Integer.MAX_VALUE, 1000, Integer.MAX_VALUE, 256);
    private static final Rules RULES = new Rules(true, true, false, false, false, false);

    public StandardDialect() {
        super(new StandardNotation());
    }

    @Override
    public String id() {
        return "TUF";
    }

    @Override
    public Signature signature(KeyId keyid, PublicKey key, Bytes value) {
        return new Signature(keyid, value, Map.of());
    }

    @Override
    public boolean takes(KeyType type) {
        return true;
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

    /** §5.4.2 and its like: over the file as it was fetched. */
    @Override
    public Bytes hashed(Bytes file) {
        return file;
    }

    @Override
    public Rules rules() {
        return RULES;
    }

    @Override
    public Limits limits() {
        return LIMITS;
    }

    @Override
    public List<String> violations(Signed<?> signed) {
        return new StandardViolations(LIMITS).of(signed);
    }

    @Override
    public List<String> misread(Map<String, String> hashes, ObjectNode custom) {
        return hashes.isEmpty() || hashes.containsKey("sha256")
                ? List.of()
                : List.of("hashes has no sha256, and tough reads no other: add it");
    }
}
