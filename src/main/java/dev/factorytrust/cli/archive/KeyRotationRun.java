package dev.factorytrust.cli.archive;

import dev.factorytrust.cli.ceremony.RootPayload;
import dev.factorytrust.cli.ceremony.SignatureSecret;
import dev.factorytrust.cli.ceremony.SignedPayload;
import dev.factorytrust.cli.ceremony.TargetsPayload;
import dev.factorytrust.cli.cluster.Waiting;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.InputFile;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.archive.KeyArchive;
import dev.factorytrust.tuf.archive.KeyArchive.ArchivedKey;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.verify.VerificationException;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Rotates a holder's keys: looks, plans and acts, one step at a time, until nothing is left to do. It remembers nothing
 * that matters: every step begins from what is on the disk and in the cluster, so a run that was interrupted anywhere is
 * taken up by the next.
 */
final class KeyRotationRun {

    /**
     * Who else has a say.
     *
     * @param tell takes a line for a person
     * @param checked is shown the root that was current, once its successor is published; refuses by a {@link Failure}
     */
    record People(Consent consent, Consumer<String> tell, Consumer<Bytes> checked) {}

    /** Whether what is shown may be signed. */
    interface Consent {

        /** @param asked whether there is nothing in it that the command line didn't ask for */
        boolean to(List<String> lines, boolean asked);
    }

    /** How it ended. */
    enum End {
        ROTATED,
        /** The cluster goes on by itself; the archive is replaced by the next run. */
        SIGNED,
        /** What was begun before is done, the archive replaced, and nothing begun of what is asked for. */
        EARLIER_ROTATED,
        /** There was nothing left to do but to tidy up. */
        TIDIED
    }

    /** @param patience how long to wait for the cluster; unless {@code toTheEnd}, only for what is to be signed */
    record Waiting(Duration patience, boolean toTheEnd) {}

    private final FactoryCluster cluster;
    private final ArchiveFile files;
    private final KeyRotationRequest request;
    private final KeyRotationGatherer gatherer;
    private final People people;
    private final Waiting waiting;

    private final Set<String> attached = new HashSet<>();
    private Optional<String> followed = Optional.empty();
    private Optional<String> agreed = Optional.empty();
    private String told = "";

    KeyRotationRun(
            FactoryCluster cluster,
            ArchiveFile files,
            KeyRotationRequest request,
            Optional<InputFile> trusted,
            People people,
            Waiting waiting) {
        this.cluster = cluster;
        this.files = files;
        this.request = request;
        this.people = people;
        this.waiting = waiting;
        gatherer = new KeyRotationGatherer(cluster, files, request, trusted);
    }

    /** How it came out, and from what it was last decided. */
    record Result(End end, KeyRotationState state) {}

    Result run() {
        var until = cluster.now().plus(waiting.patience());
        for (; ; ) {
            var state = gatherer.gather(followed);
            follow(state);
            switch (KeyRotationPlanner.plan(state, request)) {
                case KeyRotationStep.MakeKeys(var count) ->
                    makeKeys(state.roots().dialect(), count);
                case KeyRotationStep.Declare(var rotation) -> {
                    people.tell()
                            .accept("declares RootRotation "
                                    + rotation.getMetadata().getName());
                    if (keepsTargetsKey(state)) {
                        people.tell()
                                .accept(
                                        "note that the archive has a key of targets too, which stays as it is: if the archive"
                                                + " leaked, run this with --targets");
                    }
                    cluster.declare(rotation);
                }
                case KeyRotationStep.Sign(var payload, var signers, var unasked) -> {
                    if (!sign(state, payload, signers, unasked)) {
                        pause(state, "the operator has yet to count the signatures", until);
                    }
                }
                case KeyRotationStep.Wait(var why, var signed) -> {
                    if (signed && !waiting.toTheEnd()) {
                        return new Result(End.SIGNED, state);
                    }
                    pause(state, why, until);
                }
                case KeyRotationStep.Replace() -> {
                    replace(state);
                    return new Result(End.ROTATED, state);
                }
                case KeyRotationStep.ReplaceFirst() -> {
                    replace(state);
                    return new Result(End.EARLIER_ROTATED, state);
                }
                case KeyRotationStep.Done() -> {
                    return new Result(End.ROTATED, state);
                }
                case KeyRotationStep.RemoveLeftover() -> {
                    files.deletePending();
                    return new Result(End.TIDIED, state);
                }
                case KeyRotationStep.Foreign() ->
                    throw Failure.refused(
                            "Factory %s trusts none of the keys in %s: its root version %d lists others; %s"
                                    .formatted(
                                            request.factory(),
                                            files.path(),
                                            state.roots().root().version(),
                                            gatherer.whose(state)));
                case KeyRotationStep.Refuse(var why) -> throw Failure.refused(why);
            }
        }
    }

    /** What this run has seen under way and then sees ended is told, not tried again behind the holder's back. */
    private void follow(KeyRotationState state) {
        if (state.rotation().isPresent() && !state.hasEnded()) {
            followed = state.name();
        }
    }

    private boolean keepsTargetsKey(KeyRotationState state) {
        return request.compromise()
                && !request.roles().contains(RoleName.TARGETS)
                && !state.active(RoleName.TARGETS).isEmpty();
    }

    private void makeKeys(Dialect dialect, Map<RoleName, Integer> count) {
        var content = files.read().orElseThrow();
        var made = count.keySet().stream()
                .sorted()
                .flatMap(role -> Stream.generate(() -> SoftwareKey.generate(request.type()))
                        .limit(count.get(role))
                        .map(key -> new ArchivedKey(role, keyid(dialect, key), key)))
                .toList();
        files.createPending(KeyArchive.add(content, made));
        made.forEach(named -> people.tell()
                .accept("made a new %s key for %s, keyid %s, in %s"
                        .formatted(
                                request.type().id(),
                                named.role().orElseThrow().value(),
                                keyid(dialect, named.key()).value(),
                                files.pendingPath())));
    }

    private KeyId keyid(Dialect dialect, SoftwareKey key) {
        try {
            return dialect.keyId(dialect.key(key.publicKey()));
        } catch (IllegalArgumentException e) {
            throw Failure.refused("the devices of Factory %s, dialect %s, take no such key: %s. Name another --type"
                    .formatted(request.factory(), dialect.id(), e.getMessage()));
        }
    }

    /** Whether there was anything to do: status is behind what this run has attached. */
    private boolean sign(
            KeyRotationState state, SignedPayload payload, Map<KeyId, SoftwareKey> signers, List<String> unasked) {
        var open = signers.entrySet().stream()
                .filter(signer -> !attached.contains(
                        SignatureSecret.name(payload, signer.getValue().publicKey())))
                .toList();
        if (open.isEmpty()) {
            return false;
        }
        requireAgreement(state, payload, unasked);
        if (payload instanceof RootPayload && !state.fresh().isEmpty()) {
            files.remember(payload.bytes());
        }
        for (var signer : open) {
            var key = signer.getValue();
            var signature = SignatureSecret.of(payload, signer.getKey(), key.publicKey(), key.sign(payload.bytes()));
            cluster.attach(signature);
            attached.add(signature.name());
        }
        people.tell()
                .accept("signed %s with %d %s, and attached"
                        .formatted(payload.subject(), open.size(), open.size() == 1 ? "key" : "keys"));
        return true;
    }

    /** Asked once for each payload: a Compromise may get another one, if a root came in between. */
    private void requireAgreement(KeyRotationState state, SignedPayload payload, List<String> unasked) {
        var digest = payload.bytes().sha256();
        if (agreed.filter(digest::equals).isPresent()) {
            return;
        }
        var lines = Stream.concat(payload.lines().stream(), unasked.stream().map("  "::concat))
                .toList();
        if (!people.consent().to(lines, unasked.isEmpty())) {
            throw Failure.refused(refused(state, payload));
        }
        agreed = Optional.of(digest);
    }

    private String refused(KeyRotationState state, SignedPayload payload) {
        return switch (payload) {
            case RootPayload root ->
                "nothing was signed. RootRotation %1$s waits, unsigned: run this again to sign it, or have it deleted (kubectl delete rootrotation %1$s -n %2$s)"
                        .formatted(root.rotation().name(), request.namespace());
            case TargetsPayload _ ->
                "targets weren't signed. Root version %d is, and waits for them: run this again to sign them"
                        .formatted(state.roots().root().version());
        };
    }

    private void pause(KeyRotationState state, String why, Instant until) {
        if (!cluster.now().isBefore(until)) {
            throw Failure.unreachable(
                    "RootRotation " + state.name().orElseThrow() + " takes longer: " + why
                            + ". Run the same command again to go on",
                    null);
        }
        if (!why.equals(told)) {
            told = why;
            people.tell().accept("waits: " + why);
        }
        cluster.pause(waiting.patience());
    }

    private void replace(KeyRotationState state) {
        if (state.isPublished()) {
            var fresh =
                    state.fresh().values().stream().map(SoftwareKey::publicKey).toList();
            var before = state.roots().before(fresh);
            if (request.roles().contains(RoleName.TARGETS)) {
                requireAccepted(state, before);
            }
            people.checked().accept(before);
        }
        files.replaceByPending();
    }

    /** Root alone doesn't tell whether devices take what the holder has signed under it. */
    private void requireAccepted(KeyRotationState state, Bytes before) {
        try {
            gatherer.deviceWith(
                    before, state.roots(), state.roots().visible().metadata().version());
        } catch (VerificationException e) {
            throw Failure.refused("the new keys are published, but a device that has the root before would refuse what"
                    + " the cluster has for it: " + e.getMessage()
                    + ". Run this again once that is cured; the new keys wait beside the archive");
        }
    }
}
