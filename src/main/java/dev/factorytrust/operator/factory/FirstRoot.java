package dev.factorytrust.operator.factory;

import dev.factorytrust.operator.store.KeyStore;
import dev.factorytrust.tuf.archive.KeyArchive;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.repository.Holder;
import dev.factorytrust.tuf.repository.RoleEdit;
import dev.factorytrust.tuf.repository.RootChange;
import dev.factorytrust.tuf.repository.RootProposal;
import io.fabric8.kubernetes.api.model.Secret;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Root 1 of a {@code generate} bootstrap, made from the stored archive and the stored online keys. */
final class FirstRoot {

    private FirstRoot() {}

    static Optional<Decision> generated(FactoryState state) {
        var secret = state.rootKeys().orElseThrow();
        return Optional.of(
                switch (RootProposal.propose(state.dialect(), Optional.empty(), change(state, publicKeys(secret)))) {
                    case RootProposal.Proposed(var root, var _, var _) -> new Decision.SignFirstRoot(root, secret);
                    case RootProposal.Refused(var reason, var message) -> new Decision.Stall(reason, message);
                });
    }

    /** Unreadable counts as empty: no root names keys that were never there, so nothing is lost yet. */
    private static List<PublicKey> publicKeys(Secret secret) {
        return KeyStore.archive(secret).flatMap(KeyArchive::tryRead).map(KeyArchive::keys).orElse(List.of()).stream()
                .map(archived -> archived.key().publicKey())
                .toList();
    }

    private static RootChange change(FactoryState state, List<PublicKey> keys) {
        var threshold = Optional.ofNullable(state.spec().bootstrap().generate().threshold())
                .orElse(1);
        var holders = IntStream.range(0, keys.size())
                .mapToObj(i -> new Holder("generated-" + (i + 1), keys.get(i)))
                .toList();
        return new RootChange(
                Optional.of(new RoleEdit(holders, List.of(), OptionalInt.of(threshold))),
                Optional.empty(),
                PublicationSteps.ONLINE.stream()
                        .collect(Collectors.toUnmodifiableMap(
                                role -> role,
                                role -> List.of(
                                        state.firstOnlineKeys().get(role).getFirst()))),
                state.now().plus(state.policy().rootExpiresAfter()),
                Optional.empty(),
                state.ref().toString());
    }
}
