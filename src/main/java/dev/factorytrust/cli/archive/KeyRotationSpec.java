package dev.factorytrust.cli.archive;

import dev.factorytrust.api.v1alpha1.Holder;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationSpec;
import dev.factorytrust.names.Names;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.repository.RoleEdit;
import dev.factorytrust.tuf.repository.RootExtras;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** The RootRotation that exchanges a holder's keys, one for one. */
final class KeyRotationSpec {

    private KeyRotationSpec() {}

    /** As the operator's payload has to follow from it; empty where the role's holders stay. */
    static Optional<RoleEdit> edit(KeyRotationState state, RoleName role) {
        if (state.fresh(role).isEmpty()) {
            return Optional.empty();
        }
        var names = RootExtras.of(state.roots().root()).holders();
        var replaced = List.copyOf(state.active(role).keySet());
        var added = new ArrayList<dev.factorytrust.tuf.repository.Holder>();
        state.fresh(role).forEach((keyid, key) -> {
            // Whoever held the old key holds the new one, under the same name.
            var name = replaced.stream()
                    .skip(added.size())
                    .findFirst()
                    .map(names::get)
                    .orElse(role.value() + '-' + keyid.value().substring(0, 8));
            added.add(new dev.factorytrust.tuf.repository.Holder(name, key.publicKey()));
        });
        return Optional.of(
                new RoleEdit(added, replaced.stream().map(KeyId::value).toList(), OptionalInt.empty()));
    }

    static RootRotationSpec of(KeyRotationState state, KeyRotationRequest request) {
        return new RootRotationSpec(
                request.factory(),
                // What was compromised stays so, whatever root comes in between.
                request.compromise() ? null : state.roots().root().version(),
                request.compromise() ? RootRotationSpec.Reason.COMPROMISE : null,
                request.message().orElse(null),
                edit(state, RoleName.ROOT).map(KeyRotationSpec::change).orElse(null),
                edit(state, RoleName.TARGETS).map(KeyRotationSpec::change).orElse(null),
                KeyRotationCustody.online(state, request).orElse(null),
                request.expiresAfter().orElse(null));
    }

    private static RootRotationSpec.RoleChange change(RoleEdit edit) {
        return new RootRotationSpec.RoleChange(
                edit.add().stream()
                        .map(holder -> new Holder(holder.name(), holder.key().pem()))
                        .toList(),
                edit.remove(),
                null);
    }

    static RootRotation rotation(String name, KeyRotationState state, KeyRotationRequest request) {
        var rotation = new RootRotation();
        rotation.setMetadata(new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(request.namespace())
                .addToLabels(Names.FACTORY, request.factory())
                .build());
        rotation.setSpec(of(state, request));
        return rotation;
    }

    /** Whether it asks for the same, whenever and in whatever words. */
    static boolean isSame(RootRotationSpec one, RootRotationSpec other) {
        return essence(one).equals(essence(other));
    }

    private static RootRotationSpec essence(RootRotationSpec spec) {
        return new RootRotationSpec(
                spec.factory(),
                null,
                spec.reason() == RootRotationSpec.Reason.SCHEDULED ? null : spec.reason(),
                null,
                spec.root(),
                spec.targets(),
                spec.rotateOnlineKeys(),
                spec.expiresAfter());
    }

    /** Named after the first new key, so that whoever has that key finds it again. */
    static String name(String factory, KeyId first) {
        return factory + "-keys-" + first.value().substring(0, 8);
    }

    /** Where no key is new, after the root that it makes; a Compromise isn't what it overtakes. */
    static String onlineName(KeyRotationRequest request, long version) {
        return request.factory() + (request.compromise() ? "-compromise-" : "-online-") + version;
    }

    /** What ended without a root leaves its name used for ever. */
    static String attempt(String name, int attempt) {
        return attempt == 1 ? name : name + '-' + attempt;
    }

    static boolean isAttempt(String made, String name) {
        return made.equals(name) || made.matches(Pattern.quote(name) + "-[0-9]+");
    }
}
