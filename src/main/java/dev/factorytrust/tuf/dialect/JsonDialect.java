package dev.factorytrust.tuf.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.model.Metadata;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Signature;
import dev.factorytrust.tuf.model.Signed;

import java.util.Comparator;
import java.util.List;

/** Reading and writing, which is the same in every dialect but for its {@link Notation}. */
abstract sealed class JsonDialect implements Dialect permits StandardDialect, OtaConnectDialect {

    private final Notation notation;
    private final MetadataDecoder decoder;
    private final MetadataEncoder encoder;

    JsonDialect(Notation notation) {
        this.notation = notation;
        this.decoder = new MetadataDecoder(notation);
        this.encoder = new MetadataEncoder(notation);
    }

    /** What {@code _type} says in metadata of this role. */
    String type(RoleName role) {
        return notation.type(role);
    }

    @Override
    public Bytes canonical(Metadata metadata) {
        return notation.canonical().of(encoder.metadata(metadata));
    }

    @Override
    public <T extends Metadata> T decodeSigned(Class<T> type, Bytes canonical) {
        return decoder.metadata(type, canonicalTree(canonical));
    }

    private JsonNode canonicalTree(Bytes canonical) {
        var tree = notation.canonical().parse(canonical);
        if (!Fields.located("the signed part", () -> notation.canonical().of(tree))
                .equals(canonical)) {
            throw new MalformedMetadataException("the signed part isn't in canonical form");
        }
        return tree;
    }

    @Override
    public <T extends Metadata> Signed<T> decode(Class<T> type, Bytes file) {
        var envelope = Fields.of("the file", StrictJson.parse(file));
        var signed = envelope.object("signed").json();
        var signatures = decoder.signatures("signatures", envelope.json().path("signatures"));
        return Fields.located(
                "the file",
                () -> new Signed<>(
                        decoder.metadata(type, signed), notation.canonical().of(signed), signatures, file));
    }

    @Override
    public <T extends Metadata> Signed<T> assemble(Class<T> type, Bytes canonical, List<Signature> signatures) {
        var tree = canonicalTree(canonical);
        var metadata = decoder.metadata(type, tree);
        var sorted = signatures.stream()
                .sorted(Comparator.comparing(Signature::keyid))
                .toList();
        var envelope = JsonNodeFactory.instance.objectNode();
        envelope.set("signatures", encoder.signatures(sorted));
        envelope.set("signed", tree);
        return new Signed<>(metadata, canonical, sorted, notation.file(envelope));
    }

    @Override
    public List<Signature> decodeSignatures(Bytes json) {
        return decoder.signatures("signatures", StrictJson.parse(json));
    }
}
