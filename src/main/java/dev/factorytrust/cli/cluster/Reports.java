package dev.factorytrust.cli.cluster;

import dev.factorytrust.api.v1alpha1.Condition;
import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.FactoryStatus;
import dev.factorytrust.api.v1alpha1.Target;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What resources say of themselves, in the words of their conditions. */
public final class Reports {

    private Reports() {}

    public static Optional<FactoryStatus> status(Factory factory) {
        return Optional.ofNullable(factory.getStatus());
    }

    public static List<Condition> conditions(Factory factory) {
        return status(factory).map(FactoryStatus::conditions).orElse(List.of());
    }

    /** The condition of that type, where it is true. */
    public static Optional<Condition> holds(List<Condition> conditions, String type) {
        return conditions.stream()
                .filter(condition ->
                        condition.type().equals(type) && condition.status().equals("True"))
                .findFirst();
    }

    /** Everything but that all is well, for somebody who has waited in vain. */
    public static String troubles(List<Condition> conditions) {
        var told = conditions.stream()
                .filter(condition ->
                        !condition.type().equals("Ready") || !condition.status().equals("True"))
                .map(Reports::line)
                .collect(Collectors.joining("\n  ", "\n  ", ""));
        return told.isBlank() ? "" : told;
    }

    public static String line(Condition condition) {
        return condition.type() + '=' + condition.status() + ' ' + condition.reason() + ": " + condition.message();
    }

    /** The name under which devices find it. */
    public static String path(Target target) {
        return Optional.ofNullable(target.getSpec().path())
                .orElse(target.getMetadata().getName());
    }
}
