package dev.factorytrust.tuf.dialect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.Metadata;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Signature;
import dev.factorytrust.tuf.model.Signed;

import java.util.List;
import java.util.Map;

/** All that differs between the forms of TUF metadata that devices read. Everything that reads takes bytes from strangers. */
public interface Dialect {

    /** What users call it. */
    String id();

    /**
     * The bytes to sign for metadata that is made here. What was received has bytes of its own: {@link Signed#canonical()}.
     *
     * @throws IllegalArgumentException if it holds what this dialect can't write
     */
    Bytes canonical(Metadata metadata);

    /**
     * Reads a payload: the canonical bytes of a signed part alone.
     *
     * @throws MalformedMetadataException also if the bytes aren't canonical
     */
    <T extends Metadata> T decodeSigned(Class<T> type, Bytes canonical);

    /** @throws MalformedMetadataException if this is no file of such metadata; signatures aren't verified */
    <T extends Metadata> Signed<T> decode(Class<T> type, Bytes file);

    /**
     * The file to serve, the same for the same input whatever the signatures' order.
     *
     * @throws MalformedMetadataException as {@link #decodeSigned} does
     */
    <T extends Metadata> Signed<T> assemble(Class<T> type, Bytes canonical, List<Signature> signatures);

    /**
     * Reads a {@code signatures} array alone.
     *
     * @throws MalformedMetadataException if it isn't one
     */
    List<Signature> decodeSignatures(Bytes json);

    /** @throws IllegalArgumentException as {@link #key} does */
    Signature signature(KeyId keyid, PublicKey key, Bytes value);

    /** Whether devices take keys of this type; if not, they refuse every file that lists one. */
    boolean takes(KeyType type);

    /** @throws IllegalArgumentException if devices don't take keys of this type */
    Key key(PublicKey publicKey);

    /** @throws IllegalArgumentException if it can't be told of a key that can't be used */
    KeyId keyId(Key key);

    /** Under which name devices ask for a top-level role's metadata. */
    String fileName(RoleName role, long version);

    /**
     * What the hashes cover that snapshot and timestamp tell of a file. Its length is that of the file itself.
     *
     * @throws MalformedMetadataException if the bytes have to be read for it, and can't be
     */
    Bytes hashed(Bytes file);

    Rules rules();

    Limits limits();

    /** Every limit of a known client that this file breaks, as sentences that name the place; empty if all can read it. */
    List<String> violations(Signed<?> signed);

    /**
     * Why devices would misread an entry of targets that is made here, as sentences that name the member. Stricter than {@link
     * #violations}, which has to bear with what others have signed.
     *
     * @param hashes by algorithm; empty ones are somebody else's to refuse
     */
    List<String> misread(Map<String, String> hashes, ObjectNode custom);
}
