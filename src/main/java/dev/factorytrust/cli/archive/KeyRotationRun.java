package dev.factorytrust.cli.archive;

import dev.factorytrust.cli.ceremony.RootPayload;
import dev.factorytrust.cli.ceremony.SignatureSecret;
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

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
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
     * @param agrees whether what is shown may be signed
     * @param tell takes a line for a person
     * @param checked is shown the root that was current, once its successor is published; refuses by a {@link Failure}
     */
    record People(Predicate<List<String>> agrees, Consumer<String> tell, Consumer<Bytes> checked) {}

    /** How it ended. */
    enum End {
        ROTATED,
        /** The cluster goes on by itself; the archive is replaced by the next run. */
        SIGNED,
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
                    cluster.declare(rotation);
                }
                case KeyRotationStep.Sign(var payload, var signers) -> {
                    if (!sign(payload, signers)) {
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

    private void makeKeys(Dialect dialect, int count) {
        var content = files.read().orElseThrow();
        var made = Stream.generate(() -> SoftwareKey.generate(request.type()))
                .limit(count)
                .collect(Collectors.toMap(key -> keyid(dialect, key), key -> key));
        files.createPending(KeyArchive.add(
                content,
                made.entrySet().stream()
                        .map(named -> new ArchivedKey(RoleName.ROOT, named.getKey(), named.getValue()))
                        .toList()));
        made.keySet().forEach(keyid -> people.tell()
                .accept("made a new %s key, keyid %s, in %s"
                        .formatted(request.type().id(), keyid.value(), files.pendingPath())));
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
    private boolean sign(RootPayload payload, Map<KeyId, SoftwareKey> signers) {
        var open = signers.entrySet().stream()
                .filter(signer -> !attached.contains(
                        SignatureSecret.name(payload, signer.getValue().publicKey())))
                .toList();
        if (open.isEmpty()) {
            return false;
        }
        requireAgreement(payload);
        for (var signer : open) {
            var key = signer.getValue();
            var signature = SignatureSecret.of(payload, signer.getKey(), key.publicKey(), key.sign(payload.bytes()));
            cluster.attach(signature);
            attached.add(signature.name());
        }
        people.tell().accept("signed with " + open.size() + (open.size() == 1 ? " key" : " keys") + ", and attached");
        return true;
    }

    /** Asked once for each payload: a Compromise may get another one, if a root came in between. */
    private void requireAgreement(RootPayload payload) {
        var digest = payload.bytes().sha256();
        if (agreed.filter(digest::equals).isPresent()) {
            return;
        }
        if (!people.agrees().test(payload.lines())) {
            var name = payload.rotation().name();
            throw Failure.refused(
                    ("nothing was signed. RootRotation %s waits, unsigned: run this again to sign it, or have it"
                                    + " deleted (kubectl delete rootrotation %s -n %s)")
                            .formatted(name, name, request.namespace()));
        }
        agreed = Optional.of(digest);
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
            people.checked().accept(state.roots().before(fresh));
        }
        files.replaceByPending();
    }
}
