package dev.factorytrust.operator.factory;

import dev.factorytrust.operator.store.Reading;
import dev.factorytrust.tuf.model.Metadata;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.repository.Publication;
import dev.factorytrust.tuf.repository.Repository;

import java.util.ArrayList;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.stream.Stream;

/** Nothing is written that hasn't been verified as devices would: new ones, and those that have what is published now. */
final class DeviceCheck {

    private DeviceCheck() {}

    /** As devices see it with this commit, and with each root that is signed for beside it. */
    static void verify(FactoryState state, Publication publication, Decision.Commit commit) {
        var published = state.reading().published();
        var before = published.or(() -> state.lastGood().map(Reading.Published::repository));
        Stream.concat(Stream.of(commit.rootVersion()), commit.signers().stream().map(Root::version))
                .filter(version -> version >= commit.rootVersion())
                .distinct()
                .map(version -> state.roots().chain().headMap(version, true))
                .map(roots -> published
                        .map(repository -> with(repository, roots).with(publication))
                        .orElseGet(() -> new Repository(
                                state.dialect(),
                                roots,
                                publication.timestamp(),
                                publication.snapshot().orElseThrow(),
                                publication.targets().orElseThrow())))
                .forEach(candidate -> {
                    candidate.verifyAsFreshDevice();
                    before.ifPresent(candidate::verifyAsDeviceThatHas);
                });
    }

    static void verify(Repository published, Repository candidate) {
        candidate.verifyAsFreshDevice();
        candidate.verifyAsDeviceThatHas(published);
    }

    static Repository with(Repository published, NavigableMap<Long, Signed<Root>> roots) {
        return new Repository(
                published.dialect(), roots, published.timestamp(), published.snapshot(), published.targets());
    }

    /** @param before what it follows: the faults that an imported one has already must not keep it from being followed */
    static <T extends Metadata> void requirePublishable(
            FactoryState state, Signed<T> signed, Optional<Signed<T>> before) {
        var violations = new ArrayList<>(state.dialect().violations(signed));
        before.ifPresent(known -> violations.removeAll(state.dialect().violations(known)));
        if (!violations.isEmpty()) {
            throw new UnpublishableException(signed.metadata().role(), violations);
        }
    }
}
