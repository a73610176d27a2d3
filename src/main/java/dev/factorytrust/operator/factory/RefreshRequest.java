package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.names.Names;
import dev.factorytrust.operator.store.StoredMetadata;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.repository.Repository;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The owner asks that all that was signed before a moment be signed anew. It is a cut-off, not a command: however often
 * it is seen, it has its effect once, so it may stay where it is, also in Git.
 */
final class RefreshRequest {

    /** What the clock of whoever asks may be ahead of ours without being told so. */
    private static final Duration TOLERANCE = Duration.ofMinutes(1);

    private RefreshRequest() {}

    /** The published online roles that were signed before the cut-off. */
    static Set<RoleName> due(FactoryState state, Repository published) {
        return cutOff(state.factory())
                .filter(cutOff -> !cutOff.isAfter(state.now()))
                .map(cutOff -> PublicationSteps.ONLINE.stream()
                        .filter(role -> isOlder(state, published, role, cutOff))
                        .collect(Collectors.toUnmodifiableSet()))
                .orElse(Set.of());
    }

    /** What doesn't say when it was signed, as metadata that was adopted, is older than any cut-off. */
    private static boolean isOlder(FactoryState state, Repository published, RoleName role, Instant cutOff) {
        var name = Names.metadata(
                state.ref().name(), role, published.role(role).metadata().version());
        return state.stored()
                .find(name)
                .flatMap(StoredMetadata::signedAt)
                .filter(signed -> !signed.isBefore(cutOff))
                .isEmpty();
    }

    /** When the cut-off comes; empty where it has come, or there is none. */
    static Optional<Instant> awaited(FactoryState state) {
        return cutOff(state.factory()).filter(state.now()::isBefore);
    }

    /** Why the annotation has no effect, for whoever wrote it. */
    static Optional<String> ignored(Factory factory, Instant now) {
        return text(factory)
                .flatMap(text -> cutOff(factory)
                        .map(cutOff -> cutOff.isAfter(now.plus(TOLERANCE))
                                ? Optional.of("it lies in the future, and nothing is signed for it before that")
                                : Optional.<String>empty())
                        .orElse(Optional.of("it is no moment as 2026-11-25T10:00:00Z")))
                .map(why -> "annotation " + Names.REFRESH_REQUESTED + " (" + why + ")");
    }

    private static Optional<Instant> cutOff(Factory factory) {
        try {
            return text(factory).map(Instant::parse);
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> text(Factory factory) {
        return Optional.ofNullable(factory.getMetadata().getAnnotations()).map(all -> all.get(Names.REFRESH_REQUESTED));
    }
}
