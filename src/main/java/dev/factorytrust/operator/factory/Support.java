package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.names.Names;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;

/** What is declared and has no effect: said plainly instead of ignored. */
final class Support {

    private Support() {}

    /** It does no harm, but its author should know. */
    static Optional<String> ignored(Factory factory, Instant now) {
        var fields = new ArrayList<String>();
        Optional.ofNullable(factory.getMetadata().getAnnotations())
                .map(all -> all.get(Names.VERSION_FLOOR))
                .filter(text -> Repairs.number(text) == 0)
                .ifPresent(_ -> fields.add("annotation " + Names.VERSION_FLOOR + " (it is not a whole number from 1 to "
                        + Repairs.HIGHEST_FLOOR + ")"));
        RefreshRequest.ignored(factory, now).ifPresent(fields::add);
        return fields.isEmpty()
                ? Optional.empty()
                : Optional.of("Without effect in this version of the operator: " + String.join("; ", fields));
    }
}
