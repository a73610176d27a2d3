package dev.factorytrust.tuf.verify;

import dev.factorytrust.tuf.Bytes;

import java.util.Optional;

/** Where a device fetches metadata: a server, or what is about to be published. */
@FunctionalInterface
public interface MetadataSource {

    /** The file of that name, or nothing where a server answers 404. */
    Optional<Bytes> fetch(String fileName);
}
