package dev.factorytrust.operator.factory;

import java.time.Instant;
import java.util.Optional;

/**
 * When the wish for other targets than the published ones was first and last seen to change.
 *
 * <p>Kept in memory: after a restart the change is new, and published a second later.
 */
public record TargetChanges(Optional<Instant> first, Optional<Instant> last) {

    public static final TargetChanges NONE = new TargetChanges(Optional.empty(), Optional.empty());

    public TargetChanges seen(Instant now) {
        return new TargetChanges(first.or(() -> Optional.of(now)), Optional.of(now));
    }
}
