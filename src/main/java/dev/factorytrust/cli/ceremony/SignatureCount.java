package dev.factorytrust.cli.ceremony;

import dev.factorytrust.api.v1alpha1.RootRotationStatus;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.KeyRef;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.RejectedSignature;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a RootRotation's status says of signatures: whose count, which don't, whose are missing. */
public record SignatureCount(Optional<RootRotationStatus> status) {

    private static final Set<Phase> FINAL = Set.of(Phase.COMPLETED, Phase.REJECTED, Phase.SUPERSEDED);

    public Optional<Phase> phase() {
        return status.map(RootRotationStatus::phase);
    }

    /** Nothing that is attached from now on changes anything. */
    public boolean isOver() {
        return phase().filter(FINAL::contains).isPresent();
    }

    public boolean hasPayload() {
        return status.map(RootRotationStatus::payload).isPresent();
    }

    public Set<String> signed() {
        return sides().flatMap(side -> side.signed().stream())
                .map(KeyRef::keyid)
                .collect(Collectors.toSet());
    }

    /** Keys that join and have not signed yet, by which their holders prove to have them. */
    public Set<String> unproven() {
        return signatures().map(RootRotationStatus.Signatures::added).stream()
                .flatMap(added -> added.missing().stream())
                .map(KeyRef::keyid)
                .collect(Collectors.toSet());
    }

    /** Why what came in this Secret doesn't count; several reasons where several keys were tried. */
    public List<String> rejected(String secret) {
        return signatures().map(RootRotationStatus.Signatures::rejected).orElse(List.of()).stream()
                .filter(rejection -> rejection.secret().equals(secret))
                .map(RejectedSignature::reason)
                .toList();
    }

    /** Whoever may still sign to some effect, by name; empty once all is signed. */
    public List<String> missing() {
        var sides = sides().filter(side -> side.signed().size() < side.threshold())
                .flatMap(side -> side.missing().stream());
        var added = signatures().map(RootRotationStatus.Signatures::added).stream()
                .flatMap(keys -> keys.missing().stream());
        return Stream.concat(sides, added).map(SignatureCount::name).distinct().toList();
    }

    /** The holder's name as root has it; the keyid where it has none. */
    String nameOf(String keyid) {
        return Stream.concat(
                        sides().flatMap(side -> Stream.concat(side.signed().stream(), side.missing().stream())),
                        signatures().map(RootRotationStatus.Signatures::added).stream()
                                .flatMap(added -> added.missing().stream()))
                .filter(key -> key.keyid().equals(keyid))
                .map(SignatureCount::name)
                .findFirst()
                .orElse(keyid);
    }

    /** What condition Complete says. */
    public String why() {
        return status.map(RootRotationStatus::conditions).orElse(List.of()).stream()
                .filter(condition -> condition.type().equals("Complete"))
                .map(condition -> condition.message())
                .findFirst()
                .orElse("its status says no more");
    }

    private static String name(KeyRef key) {
        return key.name() == null ? key.keyid() : key.name();
    }

    private Optional<RootRotationStatus.Signatures> signatures() {
        return status.map(RootRotationStatus::signatures);
    }

    private Stream<RootRotationStatus.Side> sides() {
        return signatures().stream()
                .flatMap(both -> Stream.of(both.current(), both.next()))
                .filter(side -> side != null);
    }
}
