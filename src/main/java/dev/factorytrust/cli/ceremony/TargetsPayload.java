package dev.factorytrust.cli.ceremony;

import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.InputFile;
import dev.factorytrust.names.Names;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.dialect.Dialects;
import dev.factorytrust.tuf.dialect.MalformedMetadataException;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.repository.RootExtras;
import dev.factorytrust.tuf.repository.TargetsDiff;
import dev.factorytrust.tuf.verify.TrustedMetadataSet;
import dev.factorytrust.tuf.verify.VerificationException;
import dev.factorytrust.tuf.verify.Verifier;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The bytes of a version of targets as an operator offers them to its holders.
 *
 * @param root which names the holders
 * @param published what it follows, where the signer has that, to show what changes
 */
public record TargetsPayload(
        Bytes bytes, Targets next, Root root, Optional<Published> published, String namespace, String factory)
        implements SignedPayload {

    /** @param file targets that somebody says devices have; what it lists isn't shown as new */
    public record Published(InputFile file, Signed<Targets> targets) {}

    /** Whether these bytes are a version of targets, as far as one can tell without a root. */
    static boolean isIn(InputFile payload) {
        try {
            Dialects.recognise(payload.content()).decodeSigned(Targets.class, payload.content());
            return true;
        } catch (MalformedMetadataException e) {
            return false;
        }
    }

    /**
     * @param current the root whose holders sign
     * @param published the file of the targets that devices have
     * @throws Failure saying why nobody should sign it
     */
    public static TargetsPayload read(InputFile payload, InputFile current, Optional<InputFile> published) {
        var dialect = dialect(payload);
        var next = next(dialect, payload);
        var root = root(dialect, current);
        var factory = RootPayload.FACTORY.matcher(RootExtras.of(root).factory().orElse(""));
        if (!factory.matches()) {
            throw Failure.refused(
                    current.name() + " names no Factory: it is the root of another server's, and the first"
                            + " that is changed here names one");
        }
        return new TargetsPayload(
                payload.content(),
                next,
                root,
                published.map(file -> published(dialect, file)),
                factory.group("namespace"),
                factory.group("name"));
    }

    private static Dialect dialect(InputFile payload) {
        try {
            return Dialects.recognise(payload.content());
        } catch (MalformedMetadataException e) {
            throw Failure.refused(payload.name() + " is no payload of targets: " + e.getMessage());
        }
    }

    private static Targets next(Dialect dialect, InputFile payload) {
        try {
            return dialect.decodeSigned(Targets.class, payload.content());
        } catch (MalformedMetadataException e) {
            throw Failure.refused(payload.name() + " is no payload of targets: " + e.getMessage());
        }
    }

    private static Root root(Dialect dialect, InputFile file) {
        try {
            return new TrustedMetadataSet(dialect, file.content(), Instant.MIN)
                    .root()
                    .metadata();
        } catch (VerificationException e) {
            throw Failure.refused(file.name() + " is no root that its own keys signed: " + e.getMessage());
        }
    }

    private static Published published(Dialect dialect, InputFile file) {
        try {
            return new Published(file, dialect.decode(Targets.class, file.content()));
        } catch (MalformedMetadataException e) {
            throw Failure.refused(file.name() + " is no file of targets: " + e.getMessage());
        }
    }

    @Override
    public String subject() {
        return Names.metadata(factory, RoleName.TARGETS, next.version());
    }

    /** The holders that root names for targets; the cluster's own key signs by itself. */
    @Override
    public Stream<Candidate> candidates() {
        var holders = RootExtras.of(root).holders().keySet();
        return root.role(RoleName.TARGETS).keyids().stream()
                .filter(holders::contains)
                .flatMap(keyid -> root.publicKey(keyid).map(key -> new Candidate(keyid, key)).stream());
    }

    @Override
    public String name(KeyId keyid) {
        return Optional.ofNullable(RootExtras.of(root).holders().get(keyid)).orElse(keyid.value());
    }

    private boolean isProven(Published before) {
        var targets = before.targets();
        return Verifier.verify(root.role(RoleName.TARGETS), root.keys(), targets.canonical(), targets.signatures())
                .verified();
    }

    @Override
    public List<String> lines() {
        var lines = new ArrayList<String>();
        lines.add("Targets version %d of Factory %s/%s".formatted(next.version(), namespace, factory));
        lines.add("sha256 " + bytes.sha256() + "  (status.targets.payloads of the Factory must say the same)");
        TargetsDiff.between(published.map(Published::targets).map(Signed::metadata), next)
                .forEach(line -> lines.add("  " + line));
        published
                .filter(before -> !isProven(before))
                .ifPresent(before -> lines.add("  " + before.file().name()
                        + " is not signed as this root asks: what it lists is shown as if devices had it"));
        if (published.isEmpty()) {
            lines.add("  that is all that it lists; with --published you see what it changes");
        }
        candidates()
                .forEach(candidate -> lines.add("  holds targets: " + name(candidate.keyid()) + ", keyid "
                        + candidate.keyid().value()));
        return lines;
    }
}
