package dev.factorytrust.tuf.model;

import dev.factorytrust.tuf.Bytes;

import java.util.List;

/**
 * A file of metadata.
 *
 * @param canonical what the signatures cover: the canonical bytes of {@code signed} as it was received, unknown fields and all
 * @param signatures at most one per keyid (§4.2.1)
 * @param file the whole file, byte for byte
 */
public record Signed<T extends Metadata>(T metadata, Bytes canonical, List<Signature> signatures, Bytes file) {

    public Signed {
        Values.distinct("signatures", signatures.stream().map(Signature::keyid).toList());
        signatures = List.copyOf(signatures);
    }
}
