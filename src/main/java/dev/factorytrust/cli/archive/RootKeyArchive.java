package dev.factorytrust.cli.archive;

import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.archive.KeyArchive;
import dev.factorytrust.tuf.crypto.InvalidKeyException;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import dev.factorytrust.tuf.dialect.Dialects;
import dev.factorytrust.tuf.dialect.MalformedMetadataException;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.verify.TrustedMetadataSet;
import dev.factorytrust.tuf.verify.VerificationException;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;

/**
 * The archive of root keys that were made in the cluster, once it is proven to be that: it holds every key of the
 * Factory's root 1 and no other, and each of them signs.
 *
 * @param firstRoot the file whose keys they are
 */
record RootKeyArchive(Bytes content, List<PublicKey> keys, Bytes firstRoot) {

    /**
     * @param what to call the archive where something is wrong with it
     * @throws Failure where it isn't what it should be
     */
    static RootKeyArchive verified(String what, Bytes content, Bytes firstRoot) {
        var listed = new HashSet<>(RootHistory.rootKeys(root(firstRoot)).values());
        var archived = archive(what, content).keys().stream()
                .map(KeyArchive.ArchivedKey::key)
                .toList();
        for (var key : archived) {
            if (!listed.contains(key.publicKey())) {
                throw Failure.refused("%s has a key that root version 1 doesn't list (%s): it is another Factory's"
                        .formatted(what, key.publicKey()));
            }
            if (!key.isProven()) {
                throw Failure.refused(what + " has a key that doesn't sign (" + key.publicKey() + ")");
            }
        }
        var keys = archived.stream().map(SoftwareKey::publicKey).toList();
        listed.removeAll(keys);
        if (!listed.isEmpty()) {
            throw Failure.refused("%s lacks %d of the keys that root version 1 lists".formatted(what, listed.size()));
        }
        return new RootKeyArchive(content, keys, firstRoot);
    }

    private static KeyArchive archive(String what, Bytes content) {
        try {
            return KeyArchive.read(content);
        } catch (InvalidKeyException e) {
            throw Failure.refused(what + " is no archive of keys: " + e.getMessage());
        }
    }

    private static Root root(Bytes file) {
        try {
            return new TrustedMetadataSet(Dialects.recognise(file), file, Instant.MIN)
                    .root()
                    .metadata();
        } catch (VerificationException | MalformedMetadataException e) {
            throw Failure.refused(
                    "root version 1 in the cluster is no root that its own keys signed: " + e.getMessage());
        }
    }
}
