package dev.factorytrust.tuf.repository;

import dev.factorytrust.tuf.InDialect;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signature;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.repository.RefreshPlanner.FreeVersions;
import dev.factorytrust.tuf.verify.VerificationException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

import static dev.factorytrust.tuf.model.RoleName.SNAPSHOT;
import static dev.factorytrust.tuf.model.RoleName.TARGETS;
import static dev.factorytrust.tuf.model.RoleName.TIMESTAMP;
import static dev.factorytrust.tuf.repository.Samples.NOW;
import static dev.factorytrust.tuf.repository.Samples.UID;
import static dev.factorytrust.tuf.repository.Samples.changeOfOnlineKeys;
import static dev.factorytrust.tuf.repository.Samples.file;
import static dev.factorytrust.tuf.repository.Samples.publicKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The steps of an exchange of online keys, carried out one by one as the operator does, with devices watching. */
@ParameterizedClass(name = "{0}")
@MethodSource(InDialect.ALL)
@DisplayName("invariant 5: online keys overlap")
class KeyOverlapTest extends WithSamples {

    private static final Duration OVERLAP = Duration.ofHours(1);
    private static final Policy POLICY = new Policy(
            new RolePolicy(KeyType.ED25519, Duration.ofDays(90), Duration.ofDays(30)),
            new RolePolicy(KeyType.ED25519, Duration.ofDays(7), Duration.ofDays(2)),
            new RolePolicy(KeyType.ED25519, Duration.ofDays(1), Duration.ofHours(8)),
            Duration.ofDays(365),
            Duration.ofDays(60),
            false,
            Duration.ofDays(365),
            OVERLAP);
    private final OnlineSigners all =
            signers("targets-1", "snapshot-1", "timestamp-1", "targets-2", "snapshot-2", "timestamp-2");

    private OnlineSigners held = all;

    static final List<Set<RoleName>> SETS = Stream.of(
                    Set.of(TIMESTAMP),
                    Set.of(SNAPSHOT),
                    Set.of(TARGETS),
                    Set.of(TIMESTAMP, SNAPSHOT),
                    Set.of(TIMESTAMP, TARGETS),
                    Set.of(SNAPSHOT, TARGETS),
                    Set.of(TIMESTAMP, SNAPSHOT, TARGETS))
            .toList();

    private final Signed<Root> root = sign(root(1, "alice"), "alice");
    private final NavigableMap<Long, Signed<Root>> roots = new TreeMap<>(Map.of(1L, root));
    private final List<Repository> seen = new ArrayList<>();
    private Repository published = first();
    private Optional<Instant> since = Optional.empty();
    private Instant now = NOW;

    KeyOverlapTest(Dialect dialect) {
        super(dialect);
    }

    @ParameterizedTest(name = "of {0}")
    @FieldSource("SETS")
    void no_device_refuses_anything_at_any_step(Set<RoleName> exchanged) {
        roots.put(2L, exchanging(exchanged));

        assertThat(step(all)).isInstanceOf(KeyOverlap.SignWithBoth.class);
        apply(step(all));
        exchanged.forEach(role -> assertThat(signersOf(role)).hasSize(2));

        assertThat(step(all)).isInstanceOf(KeyOverlap.Hold.class);
        now = now.plus(OVERLAP).minusSeconds(1);
        refresh();
        exchanged.forEach(role -> assertThat(signersOf(role)).as("refreshed").hasSize(2));

        now = now.plusSeconds(1);
        assertThat(step(all)).isEqualTo(new KeyOverlap.Flip(roots.get(2L), true));
        apply(step(all));
        refresh();
        exchanged.forEach(role -> assertThat(signersOf(role)).as("refreshed").hasSize(2));

        now = now.plus(OVERLAP);
        assertThat(step(all)).isInstanceOf(KeyOverlap.DropOld.class);
        apply(step(all));
        exchanged.forEach(role -> assertThat(signersOf(role))
                .containsExactly(keyid(role.value() + "-2").value()));
        assertThat(step(all))
                .isEqualTo(new KeyOverlap.Hold(List.of(roots.get(2L).metadata()), Optional.empty()));
    }

    @Test
    void either_naive_order_is_refused() {
        roots.put(2L, exchanging(Set.of(TIMESTAMP)));
        var before = published;

        var rootFirst = published.withRoot(roots.get(2L));
        assertThatThrownBy(rootFirst::verifyAsFreshDevice).isInstanceOf(VerificationException.class);

        var metadataFirst =
                published.with(signed(Set.of(TIMESTAMP), List.of(roots.get(2L).metadata())));
        assertThatThrownBy(() -> metadataFirst.verifyAsDeviceThatHas(before)).isInstanceOf(VerificationException.class);
    }

    @ParameterizedTest(name = "of {0}")
    @FieldSource("SETS")
    void in_urgency_root_and_metadata_change_in_one_commit(Set<RoleName> exchanged) {
        roots.put(2L, exchanging(exchanged));

        var step = step(all, true);
        assertThat(step).isEqualTo(new KeyOverlap.FlipAtOnce(roots.get(2L), exchanged));
        apply(step);
        exchanged.forEach(role -> assertThat(signersOf(role)).hasSize(1));
    }

    @Test
    void urgency_ends_an_overlap_in_progress_before_and_after_the_flip() {
        roots.put(2L, exchanging(Set.of(SNAPSHOT)));
        apply(step(all));
        assertThat(step(all, true)).isInstanceOf(KeyOverlap.FlipAtOnce.class);

        now = now.plus(OVERLAP);
        apply(step(all));
        assertThat(step(all, true)).isInstanceOf(KeyOverlap.DropOld.class);
    }

    @Test
    void where_the_old_key_is_lost_there_is_nothing_to_overlap_with() {
        roots.put(2L, exchanging(Set.of(TIMESTAMP)));
        var held = signers("targets-1", "snapshot-1", "timestamp-2");

        assertThat(step(held)).isEqualTo(new KeyOverlap.FlipAtOnce(roots.get(2L), Set.of(TIMESTAMP)));
    }

    @Test
    void a_root_that_changes_no_online_key_is_let_through_at_once() {
        roots.put(2L, sign(next(Optional.of(root.metadata()), Samples.change(Samples.adding("bob"))), "alice", "bob"));

        assertThat(step(all)).isEqualTo(new KeyOverlap.Flip(roots.get(2L), false));
    }

    @Test
    void the_clock_alone_is_not_believed_where_the_new_key_has_not_signed() {
        roots.put(2L, exchanging(Set.of(TIMESTAMP)));
        since = Optional.of(now.minus(OVERLAP.multipliedBy(2)));

        assertThat(step(all)).isInstanceOf(KeyOverlap.SignWithBoth.class);
    }

    @Test
    void an_overlap_that_nothing_explains_ends_with_the_next_publication() {
        roots.put(2L, sign(next(Optional.of(root.metadata()), Samples.change(Samples.adding("bob"))), "alice", "bob"));
        apply(step(all));
        since = Optional.of(now.minus(OVERLAP));

        assertThat(step(all)).isEqualTo(new KeyOverlap.DropOld(Set.of(TIMESTAMP)));
    }

    /** Root 2 names a key that is lost before it signs anything, and root 3 another; devices see both at one moment. */
    @ParameterizedTest(name = "of {0}")
    @FieldSource("SETS")
    void devices_that_have_seen_neither_root_are_waited_for_where_one_follows_on_another_whose_key_is_lost(
            Set<RoleName> exchanged) {
        var lost = exchanged.stream().sorted().findFirst().orElseThrow();
        roots.put(2L, exchanging(exchanged));
        roots.put(3L, exchanging(roots.get(2L).metadata(), Set.of(lost), 3));
        held = signers(Stream.concat(
                        Stream.of(TARGETS, SNAPSHOT, TIMESTAMP).map(role -> role.value() + "-1"),
                        Stream.of(TARGETS, SNAPSHOT, TIMESTAMP)
                                .map(role -> role.value() + (role == lost ? "-3" : "-2")))
                .toArray(String[]::new));

        apply(step(held));
        now = now.plus(OVERLAP);
        assertThat(step(held)).isEqualTo(new KeyOverlap.Flip(roots.get(3L), true));
        apply(step(held));
        refresh();
        new Repository(
                        dialect,
                        roots.headMap(1L, true),
                        published.timestamp(),
                        published.snapshot(),
                        published.targets())
                .verifyAsFreshDevice();

        now = now.plus(OVERLAP);
        apply(step(held));
        for (var role : List.of(TARGETS, SNAPSHOT, TIMESTAMP)) {
            assertThat(signersOf(role)).as(role.value()).hasSize(1);
        }
    }

    private Signed<Root> exchanging(Set<RoleName> roles) {
        return exchanging(root.metadata(), roles, 2);
    }

    private Signed<Root> exchanging(Root before, Set<RoleName> roles, int generation) {
        var keys = new EnumMap<RoleName, List<PublicKey>>(RoleName.class);
        roles.forEach(role -> keys.put(role, List.of(publicKey(role.value() + '-' + generation))));
        return sign(next(Optional.of(before), changeOfOnlineKeys(keys)), "alice");
    }

    private KeyOverlap.Step step(OnlineSigners held) {
        return step(held, false);
    }

    private KeyOverlap.Step step(OnlineSigners held, boolean urgent) {
        return KeyOverlap.next(published, roots, since, OVERLAP, urgent, held, now);
    }

    private void apply(KeyOverlap.Step step) {
        switch (step) {
            case KeyOverlap.Hold _ -> throw new AssertionError("nothing to apply");
            case KeyOverlap.SignWithBoth(var roles, var signers) -> {
                publish(published.with(signed(roles, signers)));
                since = Optional.of(now);
            }
            case KeyOverlap.Flip(var next, var overlapping) -> {
                publish(flipped(next));
                since = overlapping ? Optional.of(now) : Optional.empty();
            }
            case KeyOverlap.FlipAtOnce(var next, var roles) ->
                publish(flipped(next).with(signed(roles, List.of(next.metadata()))));
            case KeyOverlap.DropOld(var roles) -> {
                publish(published.with(signed(roles, List.of(published.root().metadata()))));
                since = Optional.empty();
            }
        }
    }

    private Repository flipped(Signed<Root> next) {
        var flipped = published;
        for (var version = published.root().metadata().version();
                version < next.metadata().version();
                version++) {
            flipped = flipped.withRoot(roots.get(version + 1));
        }
        return flipped;
    }

    /** As when everything falls due in the middle of an overlap. */
    private void refresh() {
        var signers = ((KeyOverlap.Hold) step(held)).roots();
        publish(published.with(signed(Set.of(TARGETS, SNAPSHOT, TIMESTAMP), signers)));
    }

    private Publication signed(Set<RoleName> roles, List<Root> signers) {
        return RefreshPlanner.plan(
                        published,
                        Optional.empty(),
                        roles,
                        new FreeVersions(
                                published.targets().metadata().version() + 1,
                                published.snapshot().metadata().version() + 1,
                                published.timestamp().metadata().version() + 1),
                        POLICY,
                        UID,
                        now)
                .orElseThrow()
                .sign(dialect, signers, POLICY, held, now);
    }

    /** Every device that saw any state so far takes this one, a fresh one too. */
    private void publish(Repository next) {
        next.verifyAsFreshDevice();
        seen.forEach(next::verifyAsDeviceThatHas);
        seen.add(next);
        published = next;
    }

    private Repository first() {
        var plan = new PublicationPlan(Optional.of(Map.of("a", file("a"))), 1, OptionalLong.of(1), 1, Optional.empty());
        var publication = plan.sign(dialect, List.of(root.metadata()), POLICY, all, NOW);
        var repository = new Repository(
                dialect,
                roots,
                publication.timestamp(),
                publication.snapshot().orElseThrow(),
                publication.targets().orElseThrow());
        seen.add(repository);
        return repository;
    }

    private List<String> signersOf(RoleName role) {
        return published.role(role).signatures().stream()
                .map(Signature::keyid)
                .map(keyid -> keyid.value())
                .toList();
    }
}
