package dev.factorytrust.tuf.verify;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.InDialect;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.MetaFile;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Snapshot;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.model.Timestamp;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

import static dev.factorytrust.tuf.TestMetadata.EXPIRES;
import static dev.factorytrust.tuf.TestMetadata.NOW;
import static dev.factorytrust.tuf.TestMetadata.expiring;
import static dev.factorytrust.tuf.TestMetadata.meta;
import static dev.factorytrust.tuf.TestMetadata.snapshot;
import static dev.factorytrust.tuf.TestMetadata.targets;
import static dev.factorytrust.tuf.TestMetadata.timestamp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

@ParameterizedClass(name = "{0}")
@MethodSource(InDialect.ALL)
class TrustedMetadataSetTest extends InDialect {

    private final Bytes rootFile = sign(root(1), "root");
    private final Bytes targetsFile = sign(targets(3), "targets");
    private final Bytes snapshotFile = sign(snapshot(4, targetsFile, 3), "snapshot");
    private final Bytes timestampFile = sign(timestamp(5, snapshotFile, 4), "timestamp");

    TrustedMetadataSetTest(Dialect dialect) {
        super(dialect);
    }

    private TrustedMetadataSet trusting(Bytes root, Instant now) {
        return new TrustedMetadataSet(dialect, root, now);
    }

    private TrustedMetadataSet withTimestamp(Bytes timestamp) {
        var trusted = trusting(rootFile, NOW);
        trusted.updateTimestamp(timestamp);
        return trusted;
    }

    private TrustedMetadataSet withSnapshot(Bytes snapshot, long version) {
        var trusted = withTimestamp(sign(timestamp(5, snapshot, version), "timestamp"));
        trusted.updateSnapshot(snapshot);
        return trusted;
    }

    private static void refused(Class<? extends VerificationException> why, String message, ThrowingCallable step) {
        assertThatThrownBy(step).isInstanceOf(why).hasMessageContaining(message);
    }

    @Test
    void good_metadata_is_trusted_step_by_step() {
        var trusted = trusting(rootFile, NOW);
        assertThat(trusted.timestamp()).isEmpty();
        assertThat(trusted.updateRoot(sign(root(2), "root"))).isEqualTo(trusted.root());
        assertThat(trusted.updateTimestamp(timestampFile))
                .isEqualTo(trusted.timestamp().orElseThrow());
        assertThat(trusted.snapshot()).isEmpty();
        assertThat(trusted.updateSnapshot(snapshotFile))
                .isEqualTo(trusted.snapshot().orElseThrow());
        assertThat(trusted.targets()).isEmpty();
        assertThat(trusted.updateTargets(targetsFile))
                .isEqualTo(trusted.targets().orElseThrow());
        assertThat(trusted.root().metadata().version()).isEqualTo(2);
        assertThat(trusted.targets().orElseThrow().file()).isEqualTo(targetsFile);
    }

    @Test
    void steps_out_of_order_are_the_caller_s_mistake() {
        var fresh = trusting(rootFile, NOW);
        assertThatIllegalStateException().isThrownBy(() -> fresh.updateSnapshot(snapshotFile));
        assertThatIllegalStateException().isThrownBy(() -> fresh.updateTargets(targetsFile));
        var done = withSnapshot(snapshotFile, 4);
        assertThatIllegalStateException().isThrownBy(() -> done.updateRoot(rootFile));
        assertThatIllegalStateException().isThrownBy(() -> done.updateTimestamp(timestampFile));
        assertThatIllegalStateException().isThrownBy(() -> done.knowTimestamp(timestampFile));
        assertThatIllegalStateException().isThrownBy(() -> done.knowSnapshot(snapshotFile));
        done.updateTargets(targetsFile);
        assertThatIllegalStateException().isThrownBy(() -> done.updateSnapshot(snapshotFile));
    }

    @Test
    void what_is_malformed_or_of_another_role_is_refused() {
        refused(
                UnreadableMetadataException.class,
                "root is malformed: not strict",
                () -> trusting(Bytes.utf8("x"), NOW));
        refused(UnreadableMetadataException.class, "timestamp is malformed: signed._type is ", () -> trusting(
                        rootFile, NOW)
                .updateTimestamp(snapshotFile));
    }

    // 5.3: root

    @Test
    void a_trusted_root_has_to_be_signed_by_itself() {
        refused(
                UnsignedMetadataException.class,
                "root 1 is signed by 0 of the 1 keys that it itself asks for",
                () -> trusting(sign(root(1), "alice"), NOW));
    }

    @ParameterizedTest
    @CsvSource({
        "alice bob carol, ''",
        "alice carol,     root 2 is signed by 1 of the 2 keys that root 1 asks for",
        "alice bob,       root 2 is signed by 0 of the 1 keys that it itself asks for",
        "carol,           root 2 is signed by 0 of the 2 keys that root 1 asks for",
    })
    void a_root_is_signed_by_the_keys_of_both_sides(String signers, String refusal) {
        var before = sign(root(1, Map.of(RoleName.ROOT, role(2, "alice", "bob"))), "alice", "bob");
        var after = sign(root(2, Map.of(RoleName.ROOT, role(1, "carol"))), signers.split(" "));
        var trusted = trusting(before, NOW);
        if (refusal.isEmpty()) {
            assertThat(trusted.updateRoot(after).metadata().version()).isEqualTo(2);
        } else {
            refused(UnsignedMetadataException.class, refusal, () -> trusted.updateRoot(after));
            assertThat(trusted.root().file()).isEqualTo(before);
        }
    }

    @Test
    void a_refusal_for_lack_of_signatures_says_whose_are_lacking() {
        assertThatThrownBy(() -> trusting(rootFile, NOW).updateRoot(sign(root(2))))
                .isInstanceOf(UnsignedMetadataException.class)
                .hasMessageContaining("without signature: [" + keyid("root") + "]")
                .asInstanceOf(type(UnsignedMetadataException.class))
                .satisfies(e -> {
                    assertThat(e.role()).isEqualTo("root");
                    assertThat(e.result().missing()).containsOnlyKeys(keyid("root"));
                });
    }

    @ParameterizedTest
    @CsvSource({"1", "3", "5"})
    @DisplayName("invariant 4: roots grow by exactly one")
    void a_root_has_exactly_the_next_version(long version) {
        var trusted = trusting(rootFile, NOW);
        if (version == 3) {
            trusted.updateRoot(sign(root(2), "root"));
            trusted.updateRoot(sign(root(3), "root"));
        } else {
            refused(
                    VersionMismatchException.class,
                    "root has version " + version + ", where 2 is expected",
                    () -> trusted.updateRoot(sign(root(version), "root")));
        }
    }

    @Test
    void only_the_last_root_must_not_have_expired() {
        var trusted = trusting(sign(expiring(root(1), NOW), "root"), NOW);
        trusted.updateRoot(sign(expiring(root(2), NOW.minusSeconds(9)), "root"));
        refused(
                ExpiredMetadataException.class,
                "root 2 expired at 2029-12-31T23:59:51Z",
                () -> trusted.updateTimestamp(timestampFile));
        trusted.updateRoot(sign(root(3), "root"));
        trusted.updateTimestamp(timestampFile);
    }

    // 5.4: timestamp

    @Test
    void a_timestamp_is_signed_as_root_says() {
        refused(UnsignedMetadataException.class, "timestamp 5 is signed by 0 of the 1 keys that root 1", () -> trusting(
                        rootFile, NOW)
                .updateTimestamp(sign(timestamp(5, snapshotFile, 4), "snapshot")));
    }

    @Test
    void a_timestamp_of_the_known_version_changes_nothing() {
        var trusted = trusting(rootFile, NOW);
        trusted.knowTimestamp(timestampFile);
        var again = sign(timestamp(5, snapshotFile, 4), "timestamp", "alice");
        assertThat(trusted.updateTimestamp(again).file()).isEqualTo(timestampFile);
        assertThat(trusted.updateTimestamp(again).file()).isEqualTo(timestampFile);
    }

    @Test
    void an_older_timestamp_is_refused() {
        var trusted = trusting(rootFile, NOW);
        trusted.knowTimestamp(timestampFile);
        refused(
                RollbackException.class,
                "timestamp 4 is older than the known 5",
                () -> trusted.updateTimestamp(sign(timestamp(4, snapshotFile, 4), "timestamp")));
    }

    @Test
    void a_newer_timestamp_that_names_an_older_snapshot_is_refused() {
        var trusted = trusting(rootFile, NOW);
        trusted.knowTimestamp(timestampFile);
        refused(
                RollbackException.class,
                "timestamp 6 names snapshot 3, which is older than the known 4",
                () -> trusted.updateTimestamp(sign(timestamp(6, snapshotFile, 3), "timestamp")));
        trusted.updateTimestamp(sign(timestamp(6, snapshotFile, 4), "timestamp"));
    }

    @Test
    void a_known_timestamp_may_have_expired_but_the_new_one_may_not() {
        var expired = sign(new Timestamp(5, NOW, meta(4, snapshotFile), Map.of()), "timestamp");
        var trusted = trusting(rootFile, NOW);
        trusted.knowTimestamp(expired);
        refused(ExpiredMetadataException.class, "timestamp 5 expired at", () -> trusted.updateTimestamp(expired));
        assertThat(trusted.timestamp()).isEmpty();
        trusted.updateTimestamp(sign(timestamp(6, snapshotFile, 4), "timestamp"));
    }

    @Test
    void what_is_known_has_to_be_signed_as_root_says() {
        refused(UnsignedMetadataException.class, "timestamp 5", () -> trusting(rootFile, NOW)
                .knowTimestamp(sign(timestamp(5, snapshotFile, 4), "alice")));
        refused(UnsignedMetadataException.class, "snapshot 4", () -> trusting(rootFile, NOW)
                .knowSnapshot(sign(snapshot(4, targetsFile, 3), "alice")));
    }

    // 5.5: snapshot

    @Test
    void a_snapshot_has_the_length_that_the_timestamp_says() {
        var hashes = Map.of("sha256", snapshotFile.sha256());
        var meta = new MetaFile(4, OptionalLong.of(snapshotFile.size() - 1), hashes, Map.of());
        var trusted = withTimestamp(sign(new Timestamp(5, EXPIRES, meta, Map.of()), "timestamp"));
        refused(
                LengthMismatchException.class,
                "snapshot has " + snapshotFile.size() + " bytes, where",
                () -> trusted.updateSnapshot(snapshotFile));
    }

    @ParameterizedTest
    @CsvSource({"sha256, SHA-256, true", "sha512, SHA-512, true", "sha256, SHA-512, false"})
    void a_snapshot_has_the_hashes_that_the_timestamp_says(String name, String digest, boolean fine) {
        var hashes = Map.of(name, snapshotFile.digest(digest).hex());
        var meta = new MetaFile(4, OptionalLong.of(snapshotFile.size()), hashes, Map.of());
        var trusted = withTimestamp(sign(new Timestamp(5, EXPIRES, meta, Map.of()), "timestamp"));
        if (fine) {
            trusted.updateSnapshot(snapshotFile);
        } else {
            refused(HashMismatchException.class, "snapshot has " + name, () -> trusted.updateSnapshot(snapshotFile));
        }
    }

    @Test
    void a_snapshot_is_signed_as_root_says() {
        var other = sign(snapshot(4, targetsFile, 3), "timestamp");
        refused(
                UnsignedMetadataException.class,
                "snapshot 4 is signed by 0 of the 1 keys that root 1",
                () -> withSnapshot(other, 4));
    }

    @Test
    void a_snapshot_has_the_version_that_the_timestamp_says() {
        refused(
                VersionMismatchException.class,
                "snapshot has version 4, where 3 is expected",
                () -> withSnapshot(snapshotFile, 3));
    }

    @ParameterizedTest
    @CsvSource({"3, 1, ''", "4, 2, ''", "2, 1, goes back to version 2 of targets.json", "3, 0, lacks r.json"})
    void a_snapshot_lacks_nothing_that_the_known_one_lists_and_nothing_in_it_is_older(
            long targets, long delegated, String refusal) {
        var known = sign(snapshot(4, Map.of("targets.json", meta(3), "r.json", meta(1))), "snapshot");
        var meta = delegated == 0
                ? Map.of("targets.json", meta(targets))
                : Map.of("targets.json", meta(targets), "r.json", meta(delegated), "s.json", meta(1));
        var next = sign(snapshot(5, meta), "snapshot");
        var trusted = trusting(rootFile, NOW);
        trusted.knowSnapshot(known);
        trusted.updateTimestamp(sign(timestamp(5, next, 5), "timestamp"));
        if (refusal.isEmpty()) {
            trusted.updateSnapshot(next);
        } else {
            refused(RollbackException.class, "snapshot 5 " + refusal, () -> trusted.updateSnapshot(next));
        }
    }

    @Test
    void a_snapshot_must_not_have_expired() {
        var expired = sign(new Snapshot(4, NOW, Map.of("targets.json", meta(3)), Map.of()), "snapshot");
        refused(ExpiredMetadataException.class, "snapshot 4 expired", () -> withSnapshot(expired, 4));
    }

    // 5.6: targets

    @Test
    void targets_have_the_hash_and_version_that_the_snapshot_says() {
        var same = Bytes.utf8(targetsFile.utf8().replace("\"a\"", "\"b\""));
        refused(HashMismatchException.class, "targets has sha256", () -> withSnapshot(snapshotFile, 4)
                .updateTargets(same));
        var snapshot = sign(snapshot(4, targetsFile, 2), "snapshot");
        refused(VersionMismatchException.class, "targets has version 3, where 2 is expected", () -> withSnapshot(
                        snapshot, 4)
                .updateTargets(targetsFile));
    }

    @Test
    void targets_that_the_snapshot_does_not_list_are_refused() {
        var snapshot = sign(snapshot(4, Map.of("other.json", meta(1))), "snapshot");
        refused(MissingMetadataException.class, "targets isn't listed by snapshot 4", () -> withSnapshot(snapshot, 4)
                .updateTargets(targetsFile));
    }

    @Test
    void targets_are_signed_as_root_says_and_have_not_expired() {
        var unsigned = sign(targets(3), "root");
        refused(
                UnsignedMetadataException.class,
                "targets 3 is signed by 0 of the 1 keys that root asks",
                () -> withSnapshot(sign(snapshot(4, unsigned, 3), "snapshot"), 4)
                        .updateTargets(unsigned));
        var expired = sign(new Targets(3, NOW, Map.of(), Optional.empty(), Map.of()), "targets");
        refused(ExpiredMetadataException.class, "targets 3 expired", () -> withSnapshot(
                        sign(snapshot(4, expired, 3), "snapshot"), 4)
                .updateTargets(expired));
    }

    @Test
    void without_a_time_everything_is_checked_but_expiry() {
        var past = Instant.parse("1999-01-01T00:00:00Z");
        var targets = sign(new Targets(3, past, Map.of(), Optional.empty(), Map.of()), "targets");
        var snapshot = sign(new Snapshot(4, past, Map.of("targets.json", meta(3, targets)), Map.of()), "snapshot");
        var trusted = trusting(sign(expiring(root(1), past), "root"), Instant.MIN);
        trusted.updateTimestamp(sign(new Timestamp(5, past, meta(4, snapshot), Map.of()), "timestamp"));
        trusted.updateSnapshot(snapshot);
        refused(VerificationException.class, "targets has", () -> trusted.updateTargets(targetsFile));
        trusted.updateTargets(targets);
    }
}
