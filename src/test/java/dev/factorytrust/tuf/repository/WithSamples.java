package dev.factorytrust.tuf.repository;

import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

import static dev.factorytrust.tuf.repository.Samples.FACTORY;
import static dev.factorytrust.tuf.repository.Samples.adding;
import static dev.factorytrust.tuf.repository.Samples.change;
import static dev.factorytrust.tuf.repository.Samples.key;
import static dev.factorytrust.tuf.repository.Samples.onlineKeys;
import static dev.factorytrust.tuf.repository.Samples.publicKey;
import static dev.factorytrust.tuf.repository.Samples.with;

/** What of the {@link Samples} depends on the dialect. Classes whose tests hold in every dialect extend it. */
class WithSamples {

    final Dialect dialect;

    WithSamples(Dialect dialect) {
        this.dialect = dialect;
    }

    String name(RoleName role, long version) {
        return dialect.fileName(role, version);
    }

    KeyId keyid(String name) {
        return keyid(publicKey(name));
    }

    KeyId keyid(PublicKey key) {
        return dialect.keyId(dialect.key(key));
    }

    /** Version 1, with online keys for the three other roles; it expires in a year. */
    Root root(int threshold, String... holders) {
        var change = change(with(adding(holders), threshold));
        return next(
                Optional.empty(),
                new RootChange(
                        change.root(), Optional.empty(), onlineKeys(), change.expires(), Optional.empty(), FACTORY));
    }

    Root next(Optional<Root> current, RootChange change) {
        return proposed(current, change).next();
    }

    RootProposal.Proposed proposed(Optional<Root> current, RootChange change) {
        return switch (RootProposal.propose(dialect, current, change)) {
            case RootProposal.Proposed proposed -> proposed;
            case RootProposal.Refused(var reason, var message) -> throw new AssertionError(reason + ": " + message);
        };
    }

    Signed<Root> sign(Root root, String... signers) {
        var canonical = dialect.canonical(root);
        var signatures = Arrays.stream(signers)
                .map(name -> dialect.signature(
                        keyid(name), publicKey(name), key(name).sign(canonical)))
                .toList();
        return dialect.assemble(Root.class, canonical, signatures);
    }

    OnlineSigners signers(String... names) {
        return new OnlineSigners(Arrays.stream(names).collect(Collectors.toMap(this::keyid, Samples::key)));
    }
}
