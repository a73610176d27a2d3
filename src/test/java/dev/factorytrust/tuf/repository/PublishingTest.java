package dev.factorytrust.tuf.repository;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.factorytrust.tuf.InDialect;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.MetaFile;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signature;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.model.Snapshot;
import dev.factorytrust.tuf.model.TargetFile;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.repository.RefreshPlanner.FreeVersions;
import dev.factorytrust.tuf.verify.RollbackException;
import dev.factorytrust.tuf.verify.UnsignedMetadataException;
import dev.factorytrust.tuf.verify.VerificationException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

import static dev.factorytrust.tuf.repository.Samples.NOW;
import static dev.factorytrust.tuf.repository.Samples.UID;
import static dev.factorytrust.tuf.repository.Samples.change;
import static dev.factorytrust.tuf.repository.Samples.changeOfOnlineKeys;
import static dev.factorytrust.tuf.repository.Samples.file;
import static dev.factorytrust.tuf.repository.Samples.publicKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Planning, signing and verifying with real keys, as one publication does it. */
@ParameterizedClass(name = "{0}")
@MethodSource(InDialect.ALL)
class PublishingTest extends WithSamples {

    private static final Policy POLICY = new Policy(
            role(Duration.ofDays(90), Duration.ofDays(30)),
            role(Duration.ofDays(7), Duration.ofDays(2)),
            role(Duration.ofDays(1), Duration.ofHours(8)),
            Duration.ofDays(365),
            Duration.ofDays(60),
            false,
            Duration.ofDays(365),
            Duration.ofHours(1));
    private final OnlineSigners signers = signers("targets-1", "snapshot-1", "timestamp-1");
    private static final FreeVersions NEXT = new FreeVersions(2, 2, 2);

    private final Signed<Root> root = sign(root(1, "alice"), "alice");
    private final Repository published = first(Map.of("a", file("a")));

    PublishingTest(Dialect dialect) {
        super(dialect);
    }

    /** Days chosen outside of the spread of the jitter: at most 6 h 24 min, 12 h and 6 d before the promised moment. */
    @ParameterizedTest(name = "after {0}: targets {1}, snapshot {2}")
    @CsvSource({
        "PT0S, false, false, false",
        "PT14H, false, false, false",
        "PT16H, false, false, true",
        "P4D, false, false, true",
        "P5D, false, true, true",
        "P53D, false, true, true",
        "P60D, true, true, true",
        "P200D, true, true, true"
    })
    void what_is_due_takes_the_roles_along_that_vouch_for_it(
            Duration after, boolean targets, boolean snapshot, boolean anything) {
        var plan = refresh(published, NOW.plus(after));

        assertThat(plan.isPresent()).isEqualTo(anything);
        assertThat(plan.map(it -> it.renews(RoleName.TARGETS)).orElse(false)).isEqualTo(targets);
        assertThat(plan.map(it -> it.renews(RoleName.SNAPSHOT)).orElse(false)).isEqualTo(snapshot);
        assertThat(plan.map(it -> it.renews(RoleName.TIMESTAMP)).orElse(false)).isEqualTo(anything);
        assertThat(plan.map(it -> it.renews(RoleName.ROOT)).orElse(false)).isFalse();
    }

    @Test
    void a_week_of_downtime_is_made_up_for_by_one_publication() {
        var now = NOW.plus(Duration.ofDays(7));

        var caughtUp = publish(published, refresh(published, now).orElseThrow(), now);

        assertThat(refresh(caughtUp, now)).isEmpty();
        caughtUp.verifyAsDeviceThatHas(published);
    }

    @Test
    void a_shortened_policy_renews_what_outlives_it() {
        var shorter = new Policy(
                POLICY.targets(),
                role(Duration.ofDays(3), Duration.ofDays(1)),
                POLICY.timestamp(),
                POLICY.rootExpiresAfter(),
                POLICY.rootRenewBefore(),
                false,
                POLICY.onlineKeyMaxAge(),
                POLICY.overlap());

        var plan = RefreshPlanner.plan(published, Optional.empty(), Set.of(), NEXT, shorter, UID, NOW)
                .orElseThrow();

        assertThat(plan.renews(RoleName.SNAPSHOT)).isTrue();
        assertThat(plan.renews(RoleName.TARGETS)).isFalse();
    }

    @Test
    void the_next_due_moment_is_the_first_at_which_there_is_something_to_do() {
        var due = RefreshPlanner.nextDue(published, POLICY, UID);

        assertThat(refresh(published, due)).isPresent();
        assertThat(refresh(published, due.minusSeconds(1))).isEmpty();
    }

    @Test
    void changed_targets_are_published_whether_anything_is_due_or_not() {
        var desired = Map.of("a", file("a"), "b", file("b"));

        var plan = RefreshPlanner.plan(
                published, Optional.of(desired), Set.of(), new FreeVersions(5, 6, 7), POLICY, UID, NOW);
        var next = publish(published, plan.orElseThrow(), NOW);

        assertThat(next.targets().metadata().targets()).isEqualTo(desired);
        assertThat(next.targets().metadata().version()).isEqualTo(5);
        assertThat(next.snapshot().metadata().version()).isEqualTo(6);
        assertThat(next.timestamp().metadata().version()).isEqualTo(7);
        next.verifyAsDeviceThatHas(published);
        next.verifyAsFreshDevice();
    }

    @Test
    void each_version_lives_as_long_as_its_policy_says_from_the_whole_second() {
        var later = NOW.plus(Duration.ofDays(60)).plusMillis(750);

        var next = publish(published, refresh(published, later).orElseThrow(), later);

        var second = NOW.plus(Duration.ofDays(60));
        assertThat(next.targets().metadata().expires()).isEqualTo(second.plus(Duration.ofDays(90)));
        assertThat(next.snapshot().metadata().expires()).isEqualTo(second.plus(Duration.ofDays(7)));
        assertThat(next.timestamp().metadata().expires()).isEqualTo(second.plus(Duration.ofDays(1)));
    }

    @Test
    @DisplayName("invariant 9: what is not made anew stays byte for byte")
    void a_timestamp_alone_leaves_targets_and_snapshot_as_they_are_byte_for_byte() {
        var now = NOW.plus(Duration.ofHours(16));

        var next = publish(published, refresh(published, now).orElseThrow(), now);

        assertThat(next.targets()).isSameAs(published.targets());
        assertThat(next.snapshot()).isSameAs(published.snapshot());
        assertThat(next.files())
                .containsOnlyKeys(
                        "1.root.json", "timestamp.json", name(RoleName.SNAPSHOT, 1), name(RoleName.TARGETS, 1));
        assertThat(next.files().get("timestamp.json"))
                .isNotEqualTo(published.files().get("timestamp.json"));
    }

    @Test
    @DisplayName("invariant 9: unknown fields survive a new version")
    void a_new_version_keeps_what_an_imported_one_said_beyond_what_is_planned() {
        var imported = withDelegatedRole(published);
        var now = NOW.plus(Duration.ofDays(60));

        var next = publish(imported, refresh(imported, now).orElseThrow(), now);

        assertThat(next.snapshot().metadata().meta()).containsOnlyKeys("targets.json", "role1.json");
        assertThat(next.targets().metadata().unrecognized()).containsEntry("x-kept", TextNode.valueOf("yes"));
        next.verifyAsDeviceThatHas(imported);
    }

    @Test
    void two_keys_of_one_role_both_sign() {
        var both = List.of(publicKey("timestamp-1"), publicKey("timestamp-2"));
        var wider =
                sign(next(Optional.of(root.metadata()), changeOfOnlineKeys(Map.of(RoleName.TIMESTAMP, both))), "alice");
        var held = signers("targets-1", "snapshot-1", "timestamp-1", "timestamp-2");
        var plan = new PublicationPlan(Optional.empty(), 1, OptionalLong.empty(), 2, Optional.of(published));

        var timestamp =
                plan.sign(dialect, List.of(wider.metadata()), POLICY, held, NOW).timestamp();

        assertThat(timestamp.signatures())
                .extracting(Signature::keyid)
                .containsExactlyInAnyOrder(keyid("timestamp-1"), keyid("timestamp-2"));
        assertThat(timestamp.signatures()).allSatisfy(signature -> assertThat(wider.metadata()
                        .keys()
                        .get(signature.keyid())
                        .publicKey()
                        .orElseThrow()
                        .verify(timestamp.canonical(), signature.value()))
                .isTrue());
    }

    @Test
    @DisplayName("invariant 7: a key that root names and nobody holds is missing, whoever else signs")
    void a_key_that_root_names_and_nobody_holds_is_missing() {
        var held = signers("targets-1", "timestamp-1", "stray");

        assertThat(held.missing(root.metadata(), RoleName.SNAPSHOT)).containsExactly(keyid("snapshot-1"));
        assertThat(held.missing(root.metadata(), RoleName.TIMESTAMP)).isEmpty();
        assertThat(held.toString()).contains(keyid("stray").value()).doesNotContain("private");
    }

    @Test
    void a_device_refuses_what_was_signed_without_the_key() {
        var plan = refresh(published, NOW.plus(Duration.ofDays(60))).orElseThrow();
        var unsigned = published.with(
                plan.sign(dialect, List.of(root.metadata()), POLICY, signers("targets-1", "timestamp-1"), NOW));

        assertThatThrownBy(unsigned::verifyAsFreshDevice).isInstanceOf(UnsignedMetadataException.class);
        assertThatThrownBy(() -> unsigned.verifyAsDeviceThatHas(published))
                .isInstanceOf(UnsignedMetadataException.class);
    }

    @Test
    @DisplayName("invariant 4: versions that only a device with a state refuses are found too")
    void a_device_refuses_a_lower_version_that_a_fresh_one_would_take() {
        var plan = new PublicationPlan(
                Optional.of(Map.of("a", file("a"))), 9, OptionalLong.of(9), 9, Optional.of(published));
        var ahead = publish(published, plan, NOW);

        published.verifyAsFreshDevice();
        assertThatThrownBy(() -> published.verifyAsDeviceThatHas(ahead)).isInstanceOf(RollbackException.class);
    }

    @Test
    void a_device_refuses_a_lower_timestamp_even_over_the_same_snapshot() {
        var plan = new PublicationPlan(Optional.empty(), 1, OptionalLong.empty(), 9, Optional.of(published));
        var ahead = publish(published, plan, NOW);

        assertThatThrownBy(() -> published.verifyAsDeviceThatHas(ahead)).isInstanceOf(RollbackException.class);
    }

    @Test
    @DisplayName("invariant 1: a root ahead of its online key is found to strand devices")
    void a_root_with_another_online_key_strands_devices_until_the_role_is_signed_by_it() {
        var flipped = published.withRoot(sign(
                next(
                        Optional.of(root.metadata()),
                        changeOfOnlineKeys(Map.of(RoleName.TIMESTAMP, List.of(publicKey("timestamp-2"))))),
                "alice"));

        assertThatThrownBy(() -> flipped.verifyAsDeviceThatHas(published)).isInstanceOf(VerificationException.class);

        var plan = new PublicationPlan(
                Optional.of(Map.of("a", file("a"))), 2, OptionalLong.of(2), 2, Optional.of(flipped));
        var signed = flipped.with(plan.sign(
                dialect,
                List.of(flipped.root().metadata()),
                POLICY,
                signers("targets-1", "snapshot-1", "timestamp-2"),
                NOW));
        signed.verifyAsDeviceThatHas(published);
        signed.verifyAsFreshDevice();
    }

    @Test
    @DisplayName("invariant 1: a root that the old holders have not signed is found to strand devices")
    void a_root_signed_by_the_new_holder_alone_strands_every_device() {
        var handOver = new RoleEdit(List.of(Samples.holder("bob")), List.of("alice"), OptionalInt.empty());
        var next = next(Optional.of(root.metadata()), change(handOver));

        var byBoth = published.withRoot(sign(next, "alice", "bob"));
        byBoth.verifyAsDeviceThatHas(published);
        byBoth.verifyAsFreshDevice();

        var byBobAlone = published.withRoot(sign(next, "bob"));
        assertThatThrownBy(() -> byBobAlone.verifyAsDeviceThatHas(published))
                .isInstanceOf(UnsignedMetadataException.class);
    }

    @Test
    @DisplayName("invariant 1: what has expired already does not block its cure")
    void expired_metadata_does_not_stand_in_the_way_of_its_cure() {
        var yearsLater = NOW.plus(Duration.ofDays(1000));

        published.verifyAsFreshDevice();
        var next = publish(published, refresh(published, yearsLater).orElseThrow(), yearsLater);
        next.verifyAsDeviceThatHas(published);
    }

    @Test
    void the_first_publication_has_everything() {
        assertThatThrownBy(() -> new PublicationPlan(Optional.empty(), 1, OptionalLong.of(1), 1, Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        new PublicationPlan(Optional.of(Map.of()), 1, OptionalLong.empty(), 1, Optional.of(published)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private Repository first(Map<String, TargetFile> content) {
        var plan = new PublicationPlan(Optional.of(content), 1, OptionalLong.of(1), 1, Optional.empty());
        var publication = plan.sign(dialect, List.of(root.metadata()), POLICY, signers, NOW);
        return new Repository(
                dialect,
                new TreeMap<>(Map.of(1L, root)),
                publication.timestamp(),
                publication.snapshot().orElseThrow(),
                publication.targets().orElseThrow());
    }

    private Repository publish(Repository base, PublicationPlan plan, Instant now) {
        return base.with(plan.sign(dialect, List.of(base.root().metadata()), POLICY, signers, now));
    }

    private static Optional<PublicationPlan> refresh(Repository published, Instant now) {
        return RefreshPlanner.plan(published, Optional.empty(), Set.of(), NEXT, POLICY, UID, now);
    }

    private static RolePolicy role(Duration expiresAfter, Duration refreshBefore) {
        return new RolePolicy(KeyType.ED25519, expiresAfter, refreshBefore);
    }

    /** As an imported fleet has it: another entry in its snapshot, and a field that we don't know. */
    private Repository withDelegatedRole(Repository repository) {
        var targets = repository.targets().metadata();
        var strange = signers.sign(
                dialect,
                List.of(root.metadata()),
                new Targets(
                        1,
                        targets.expires(),
                        targets.targets(),
                        Optional.empty(),
                        Map.of("x-kept", TextNode.valueOf("yes"))));
        var meta = new TreeMap<String, MetaFile>();
        meta.put("role1.json", new MetaFile(3, OptionalLong.of(100), Map.of(), Map.of()));
        meta.put(
                "targets.json",
                new MetaFile(
                        1,
                        OptionalLong.of(strange.file().size()),
                        Map.of("sha256", strange.file().sha256()),
                        Map.of()));
        var snapshot = signers.sign(
                dialect,
                List.of(root.metadata()),
                new Snapshot(1, repository.snapshot().metadata().expires(), meta, Map.of()));
        var before = new Repository(dialect, repository.roots(), repository.timestamp(), snapshot, strange);
        var timestampOnly = new PublicationPlan(Optional.empty(), 1, OptionalLong.empty(), 1, Optional.of(before));
        return publish(before, timestampOnly, NOW);
    }
}
