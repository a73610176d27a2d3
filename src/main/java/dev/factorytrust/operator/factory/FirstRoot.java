package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.Bootstrap;
import dev.factorytrust.operator.rotation.Ceremony;
import dev.factorytrust.operator.store.KeyStore;
import dev.factorytrust.tuf.archive.KeyArchive;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.repository.Holder;
import dev.factorytrust.tuf.repository.RoleEdit;
import dev.factorytrust.tuf.repository.RootChange;
import dev.factorytrust.tuf.repository.RootProposal;
import dev.factorytrust.tuf.repository.SignatureTally;
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
                    case RootProposal.Proposed(var root, var _, var _) ->
                        new Decision.SignFirstRoot(
                                state.dialect()
                                        .assemble(Root.class, state.dialect().canonical(root), List.of()),
                                secret);
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
        var threshold = threshold(state.spec().bootstrap().generate());
        var holders = IntStream.range(0, keys.size())
                .mapToObj(i -> new Holder(name(i), keys.get(i)))
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

    /** The generated keys as they are declared, where holders of targets have to sign root 1 beside them. */
    static List<dev.factorytrust.api.v1alpha1.Holder> holders(FactoryState state) {
        var keys = publicKeys(state.rootKeys().orElseThrow());
        return IntStream.range(0, keys.size())
                .mapToObj(i -> new dev.factorytrust.api.v1alpha1.Holder(
                        name(i), keys.get(i).pem()))
                .toList();
    }

    /** The archive signs last, once nobody else is missing: it signs one root and never again. */
    static Optional<Decision> signedByHolders(FactoryState state, Ceremony ceremony) {
        var archived = state.rootKeys().map(FirstRoot::publicKeys).orElse(List.of()).stream()
                .map(key -> state.dialect().keyId(state.dialect().key(key)))
                .toList();
        var missing = ceremony.tally().addedMissing().stream()
                .map(SignatureTally.Person::keyid)
                .toList();
        return ceremony.next().version() == 1
                        && state.spec().bootstrap().generate() != null
                        && !archived.isEmpty()
                        && archived.containsAll(missing)
                ? Optional.of(new Decision.SignFirstRoot(
                        state.dialect()
                                .assemble(
                                        Root.class,
                                        ceremony.canonical(),
                                        ceremony.tally().accepted()),
                        state.rootKeys().orElseThrow()))
                : Optional.empty();
    }

    static int threshold(Bootstrap.Generate generate) {
        return Optional.ofNullable(generate.threshold()).orElse(1);
    }

    private static String name(int index) {
        return "generated-" + (index + 1);
    }
}
