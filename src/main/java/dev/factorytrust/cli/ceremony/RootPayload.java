package dev.factorytrust.cli.ceremony;

import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.InputFile;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.dialect.Dialects;
import dev.factorytrust.tuf.dialect.MalformedMetadataException;
import dev.factorytrust.tuf.model.Key;
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
public record RootPayload(
        Dialect dialect,
        Bytes bytes,
        Root next,
        Optional<Before> before,
        RootExtras.Rotation rotation,
        String namespace,
        String factory)
        implements SignedPayload {

    /** A root that the signer trusts. */
    public record Before(InputFile file, Root root) {}

    /** Names as Kubernetes takes them; nothing else goes into a Secret, or onto a terminal. */
    static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");

    static final Pattern FACTORY = Pattern.compile("(?<namespace>" + NAME + ")/(?<name>" + NAME + ")");

    /**
     * @param current the file of the root that it follows
     * @throws Failure saying why nobody should sign it
     */
    public static RootPayload read(InputFile payload, Optional<InputFile> current) {
        var source = payload.name();
        var dialect = dialect(payload);
        var next = next(dialect, payload);
        var before = current.map(file -> before(dialect, file, next));
        requireOwnKeyids(dialect, source, next, before);
        var extras = RootExtras.of(next);
        var rotation = extras.rotation()
                .filter(made -> NAME.matcher(made.name()).matches())
                .orElseThrow(() -> Failure.refused(source + " names no rotation, so no operator made it"));
        var factory = FACTORY.matcher(extras.factory().orElse(""));
        if (!factory.matches()) {
            throw Failure.refused(source + " names no Factory, so no operator made it");
        }
        return new RootPayload(
                dialect, payload.content(), next, before, rotation, factory.group("namespace"), factory.group("name"));
    }

    /**
     * The same for somebody who is to sign it: for the Factory whose root it follows, and for no other that has the same keys.
     *
     * @param movedFrom {@code <namespace>/<name>} that the Factory had before, where it was restored under another
     * @throws Failure also where the root before is another Factory's
     */
    public static RootPayload toSign(InputFile payload, Optional<InputFile> current, Optional<String> movedFrom) {
        var read = read(payload, current);
        read.before()
                .flatMap(before -> RootExtras.of(before.root()).factory())
                .filter(factory -> !factory.equals(read.namespace() + '/' + read.factory()))
                .filter(factory -> !movedFrom.equals(Optional.of(factory)))
                .ifPresent(factory -> {
                    throw Failure.refused(
                            "%s is a root of Factory %s, and the payload is one of %s/%s. Only if %2$s was restored as that: --moved-from %2$s"
                                    .formatted(
                                            read.before().orElseThrow().file().name(),
                                            factory,
                                            read.namespace(),
                                            read.factory()));
                });
        return read;
    }

    private static Dialect dialect(InputFile payload) {
        try {
            return Dialects.recognise(payload.content());
        } catch (MalformedMetadataException e) {
            throw noPayload(payload, e);
        }
    }

    private static Root next(Dialect dialect, InputFile payload) {
        try {
            var root = dialect.decodeSigned(Root.class, payload.content());
            if (root.consistentSnapshot() != dialect.rules().consistentSnapshot()) {
                throw Failure.refused("%s turns consistent_snapshot %s, which no operator of ours does"
                        .formatted(payload.name(), root.consistentSnapshot() ? "on" : "off"));
            }
            return root;
        } catch (MalformedMetadataException e) {
            throw noPayload(payload, e);
        }
    }

    private static Failure noPayload(InputFile payload, MalformedMetadataException why) {
        return Failure.refused(payload.name() + " is no payload of a root: " + why.getMessage());
    }

    private static Before before(Dialect dialect, InputFile file, Root next) {
        var source = file.name();
        try {
            var root = new TrustedMetadataSet(dialect, file.content(), Instant.MIN)
                    .root()
                    .metadata();
            if (root.version() + 1 != next.version()) {
                throw Failure.refused("%s is root version %d, and the payload is version %d: it follows another root"
                        .formatted(source, root.version(), next.version()));
            }
            return new Before(file, root);
        } catch (VerificationException e) {
            throw Failure.refused(source + " is no root that its own keys signed: " + e.getMessage());
        }
    }

    /** Else a key could stand under another's keyid, which is all that people compare. */
    private static void requireOwnKeyids(Dialect dialect, String source, Root next, Optional<Before> before) {
        next.keys().forEach((keyid, key) -> {
            var known = before.map(root -> key.equals(root.root().keys().get(keyid)))
                    .orElse(false);
            if (!known && !isOwn(dialect, keyid, key)) {
                throw Failure.refused(source + " lists a key under keyid " + keyid.value()
                        + ", which is another key's: somebody wants you to sign for a key that you don't see"
                        + (before.isPresent() ? "" : "; if the root before lists it so, name that with --current"));
            }
        });
    }

    private static boolean isOwn(Dialect dialect, KeyId keyid, Key key) {
        try {
            return keyid.equals(dialect.keyId(key));
        } catch (IllegalArgumentException e) {
            return false; // a key that nobody can use has no keyid
        }
    }

    @Override
    public String subject() {
        return rotation.name();
    }

    /** Root keys of this root and of the one before; and holders of targets who join, for they prove to have their keys. */
    @Override
    public Stream<Candidate> candidates() {
        var rootKeys = Stream.concat(Stream.of(next), before.map(Before::root).stream())
                .flatMap(root -> root.role(RoleName.ROOT).keyids().stream().flatMap(keyid -> candidate(root, keyid)));
        var joining = RootExtras.of(next).holders().keySet().stream()
                .filter(next.role(RoleName.TARGETS).keyids()::contains)
                .filter(keyid -> before.filter(root -> root.root().keys().containsKey(keyid))
                        .isEmpty())
                .flatMap(keyid -> candidate(next, keyid));
        return Stream.concat(rootKeys, joining).distinct();
    }

    private static Stream<Candidate> candidate(Root root, KeyId keyid) {
        return root.publicKey(keyid).map(key -> new Candidate(keyid, key)).stream();
    }

    @Override
    public String name(KeyId keyid) {
        return Stream.concat(Stream.of(next), before.map(Before::root).stream())
                .flatMap(root ->
                        Optional.ofNullable(RootExtras.of(root).holders().get(keyid)).stream())
                .findFirst()
                .orElse(keyid.value());
    }

    @Override
    public List<String> lines() {
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
        next.role(RoleName.TARGETS).keyids().stream()
                .filter(extras.holders()::containsKey)
                .forEach(keyid ->
                        lines.add("  holds targets: " + extras.holders().get(keyid) + ", keyid " + keyid.value()));
        return lines;
    }
}
