package dev.factorytrust.operator.rotation;

import dev.factorytrust.api.v1alpha1.RootRotationStatus.KeyRef;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.Side;
import dev.factorytrust.tuf.repository.SignatureTally;

import java.util.List;
import java.util.stream.Collectors;

/** How those who sign are named in status and in messages. */
public final class HolderNames {

    private HolderNames() {}

    public static Side side(SignatureTally.Side side) {
        return new Side(side.threshold(), refs(side.signed()), refs(side.missing()));
    }

    static List<KeyRef> refs(List<SignatureTally.Person> people) {
        return people.stream()
                .map(person -> new KeyRef(person.keyid().value(), person.name().orElse(null)))
                .toList();
    }

    /** Who has no name is known by the beginning of his keyid. */
    public static String names(List<SignatureTally.Person> people) {
        return people.stream()
                .map(person -> person.name().orElse("%.8s".formatted(person.keyid())))
                .collect(Collectors.joining(", "));
    }
}
