package dev.factorytrust.tuf.dialect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
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
 * The older TUF of OTA Connect, which aktualizr and aktualizr-lite read and ota-tuf and fioctl write: without consistent
 * snapshots, within what two generations of the device's own code were measured to accept (aktualizr e5118a7, and 2021.1+fio
 * at 015797cb).
 */
public final class OtaConnectDialect extends JsonDialect {

    // Versions are held in 32 bits, signed; 2021.1+fio asks for no root above 999.
    private static final Limits LIMITS =
            new Limits(65_536, 65_536, 65_536, 8 * 1024 * 1024, Integer.MAX_VALUE, 1000, 999, 998);
    // One content: 2021.1+fio keeps an old timestamp beside a new snapshot, and then refuses its own cache.
    private static final Rules RULES = new Rules(false, false, true, true, true, true);

    public OtaConnectDialect() {
        super(new OtaConnectNotation());
    }

    @Override
    public String id() {
        return "OTAConnect";
    }

    @Override
    public Signature signature(KeyId keyid, PublicKey key, Bytes value) {
        return new Signature(
                keyid, value, Map.of(OtaConnectNotation.METHOD, TextNode.valueOf(OtaConnectKeys.method(key))));
    }

    @Override
    public boolean takes(KeyType type) {
        return OtaConnectKeys.keytype(type).isPresent();
    }

    @Override
    public Key key(PublicKey publicKey) {
        return OtaConnectKeys.encode(publicKey);
    }

    /** The SHA-256 of the key's SubjectPublicKeyInfo, as ota-tuf and fioctl have it; to devices any text will do. */
    @Override
    public KeyId keyId(Key key) {
        return key.publicKey()
                .map(material -> new KeyId(material.fingerprint()))
                .orElseThrow(() -> new IllegalArgumentException("a key that can't be used has no keyid"));
    }

    @Override
    public String fileName(RoleName role, long version) {
        return role == RoleName.ROOT ? version + ".root.json" : role + ".json";
    }

    /** Devices hash what they would write of a file, signatures and all, whatever its white space was. */
    @Override
    public Bytes hashed(Bytes file) {
        return Fields.located("the file", () -> CanonicalJson.ESCAPED.of(StrictJson.parse(file)));
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
        return new OtaConnectViolations(LIMITS).of(signed);
    }

    @Override
    public List<String> misread(Map<String, String> hashes, ObjectNode custom) {
        return new OtaConnectCustom(custom).misread();
    }
}
