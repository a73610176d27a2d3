package dev.factorytrust.cli;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.dialect.MalformedMetadataException;
import dev.factorytrust.tuf.dialect.StandardDialect;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.repository.RootDiff;
import dev.factorytrust.tuf.repository.RootExtras;
import dev.factorytrust.tuf.verify.TrustedMetadataSet;
import dev.factorytrust.tuf.verify.VerificationException;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The bytes of a next root as an operator offers them, once they hold all that must hold before anybody signs them.
 *
 * @param before the root that it follows, where the signer has one; empty for a first root too
 */
record RootPayload(
        Bytes bytes,
        Root next,
        Optional<Before> before,
        RootExtras.Rotation rotation,
        String namespace,
        String factory) {

    /** A root that the signer trusts. */
    record Before(InputFile file, Root root) {}

    private static final StandardDialect DIALECT = new StandardDialect();

    /** Names as Kubernetes takes them; nothing else goes into a Secret, or onto a terminal. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");

    private static final Pattern FACTORY = Pattern.compile("(?<namespace>" + NAME + ")/(?<name>" + NAME + ")");

    /**
     * @param current the file of the root that it follows
     * @throws Failure saying why nobody should sign it
     */
    static RootPayload read(InputFile payload, Optional<InputFile> current) {
        var source = payload.name();
        var next = next(payload);
        var before = current.map(file -> before(file, next));
        requireOwnKeyids(source, next, before);
        var extras = RootExtras.of(next);
        var rotation = extras.rotation()
                .filter(made -> NAME.matcher(made.name()).matches())
                .orElseThrow(() -> Failure.refused(source + " names no rotation, so no operator made it"));
        var factory = FACTORY.matcher(extras.factory().orElse(""));
        if (!factory.matches()) {
            throw Failure.refused(source + " names no Factory, so no operator made it");
        }
        return new RootPayload(
                payload.content(), next, before, rotation, factory.group("namespace"), factory.group("name"));
    }

    private static Root next(InputFile payload) {
        try {
            var root = DIALECT.decodeSigned(Root.class, payload.content());
            if (!root.consistentSnapshot()) {
                throw Failure.refused(
                        payload.name() + " turns consistent_snapshot off, which no operator of ours does");
            }
            return root;
        } catch (MalformedMetadataException e) {
            throw Failure.refused(payload.name() + " is no payload of a root: " + e.getMessage());
        }
    }

    private static Before before(InputFile file, Root next) {
        var source = file.name();
        try {
            var root = new TrustedMetadataSet(DIALECT, file.content(), Instant.MIN)
                    .root()
                    .metadata();
            if (root.version() + 1 != next.version()) {
                throw Failure.refused("%s is root version %d, and the payload is version %d: it follows another root"
                        .formatted(source, root.version(), next.version()));
            }
            var factory = RootExtras.of(root).factory();
            if (factory.isPresent() && !factory.equals(RootExtras.of(next).factory())) {
                throw Failure.refused(source + " is a root of Factory " + factory.get() + ", and the payload is not");
            }
            return new Before(file, root);
        } catch (VerificationException e) {
            throw Failure.refused(source + " is no root that its own keys signed: " + e.getMessage());
        }
    }

    /** Else a key could stand under another's keyid, which is all that people compare. */
    private static void requireOwnKeyids(String source, Root next, Optional<Before> before) {
        next.keys().forEach((keyid, key) -> {
            var known = before.map(root -> key.equals(root.root().keys().get(keyid)))
                    .orElse(false);
            if (!known && !keyid.equals(DIALECT.keyId(key))) {
                throw Failure.refused(source + " lists a key under keyid " + keyid.value()
                        + ", which is another key's: somebody wants you to sign for a key that you don't see"
                        + (before.isPresent() ? "" : "; if the root before lists it so, name that with --current"));
            }
        });
    }

    /** The keyid under which this root or the one before lists the key for root, if either does. */
    Optional<KeyId> keyid(PublicKey key) {
        return Stream.concat(Stream.of(next), before.map(Before::root).stream())
                .flatMap(root -> root.role(RoleName.ROOT).keyids().stream().filter(keyid -> root.keys()
                        .get(keyid)
                        .publicKey()
                        .filter(key::equals)
                        .isPresent()))
                .findFirst();
    }

    /** What a holder reads before signing. */
    List<String> lines() {
        var extras = RootExtras.of(next);
        var lines = new ArrayList<String>();
        lines.add("Root version %d of Factory %s/%s, made for RootRotation %s"
                .formatted(next.version(), namespace, factory, rotation.name()));
        lines.add("sha256 " + bytes.sha256() + "  (status.payload.sha256 of the rotation must be the same)");
        RootDiff.between(before.map(Before::root), next).forEach(line -> lines.add("  " + line));
        before.ifPresent(root -> lines.add("  against " + root.file().name() + ", sha256 "
                + root.file().content().sha256() + ": compare it with what your devices trust"));
        next.role(RoleName.ROOT)
                .keyids()
                .forEach(keyid -> lines.add("  holds root: "
                        + Optional.ofNullable(extras.holders().get(keyid)).orElse("(unnamed)") + ", keyid "
                        + keyid.value()));
        return lines;
    }
}
