package dev.factorytrust.tuf.adoption;

import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.Metadata;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.repository.Repository;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What a repository may not have, sound as it is, to go on here. */
final class ServingLimits {

    /** A version above this leaves too little room: some clients hold 31 bits. */
    private static final long HIGHEST_VERSION = 2_147_000_000;

    private static final int SHOWN = 5;

    private final Dialect dialect;
    private final Repository repository;

    ServingLimits(Dialect dialect, Repository repository) {
        this.dialect = dialect;
        this.repository = repository;
    }

    /** What the fleet's devices may take, and this server couldn't go on with. */
    void require() {
        var root = repository.root().metadata();
        require(
                root.consistentSnapshot() || !dialect.rules().consistentSnapshot(),
                "root version " + root.version()
                        + " has consistent_snapshot false, and what is served here has its version"
                        + " in its name: publish a root with consistent_snapshot true on the old server first");
        repository
                .targets()
                .metadata()
                .delegations()
                .ifPresent(delegations -> require(
                        delegations.roles().isEmpty()
                                && delegations.succinctRoles().isEmpty(),
                        "targets version " + repository.targets().metadata().version()
                                + " delegates to other roles, which aren't served here: take the delegations back on the old"
                                + " server first"));
        Adoption.ONLINE.forEach(role -> require(
                repository.role(role).metadata().version() <= HIGHEST_VERSION,
                role + " has version " + repository.role(role).metadata().version()
                        + ", which leaves no room for the next ones: some clients hold 31 bits"));
        require(
                root.version() < dialect.limits().maxRootVersion(),
                "root has version " + root.version() + ", and clients stop there");
        // These two are carried on into every later version, which is held to the same limits.
        List.of(repository.targets(), repository.snapshot()).forEach(signed -> {
            var violations = dialect.violations(carriedOn(signed));
            require(
                    violations.isEmpty(),
                    "%s version %d has what not every client can read: %s. Publish it without that on the old server first"
                            .formatted(
                                    signed.metadata().role(), signed.metadata().version(), listed(violations)));
        });
    }

    /** Roots stay as they were signed, and the timestamp is replaced by the first refresh. */
    List<String> warnings() {
        var warnings = new ArrayList<String>();
        Consumer<Signed<? extends Metadata>> look = signed -> {
            var violations = dialect.violations(signed);
            if (!violations.isEmpty()) {
                warnings.add(signed.metadata().role() + " version "
                        + signed.metadata().version() + ": " + listed(violations));
            }
        };
        look.accept(repository.root());
        look.accept(carriedOn(repository.timestamp()));
        return warnings;
    }

    /**
     * The same content as it would be written here. The form that it has now ends with its version: ota-tuf serves members in
     * another order than it signs and hashes them in.
     */
    @SuppressWarnings("unchecked") // what was decoded as such has this class
    private <T extends Metadata> Signed<T> carriedOn(Signed<T> signed) {
        return dialect.assemble((Class<T>) signed.metadata().getClass(), signed.canonical(), signed.signatures());
    }

    private static String listed(List<String> violations) {
        return violations.stream().limit(SHOWN).collect(Collectors.joining("; "))
                + (violations.size() > SHOWN ? "; and " + (violations.size() - SHOWN) + " more" : "");
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new RefusedException(RefusedException.REFUSED, otherwise);
        }
    }
}
