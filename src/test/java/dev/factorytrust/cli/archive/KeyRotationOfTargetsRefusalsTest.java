package dev.factorytrust.cli.archive;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.cli.console.Disk;
import dev.factorytrust.operator.factory.InMemoryFactory;
import dev.factorytrust.tuf.Bytes;
import io.fabric8.kubernetes.api.model.ConfigMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Optional;

import static dev.factorytrust.tuf.model.RoleName.ROOT;
import static dev.factorytrust.tuf.model.RoleName.TARGETS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What {@code keys rotate --targets} has a person look at before it is signed, and what it refuses. */
class KeyRotationOfTargetsRefusalsTest extends TargetsKeyHolders {

    private static InMemoryFactory offline;

    @BeforeAll
    static void publish() {
        offline = InMemoryFactory.heldTargets(GENERATED, "Offline", TINA);
    }

    @AfterAll
    static void close() {
        offline.close();
    }

    @Test
    void a_change_that_was_declared_meanwhile_is_shown_and_takes_a_person() {
        try (var factory = offline.fork()) {
            factory.addTarget("lmp-1");
            var holder = holder(factory);
            refused(holder, KeyHolder.of(TARGETS), "targets weren't signed. Root version 2 is, and waits for them");
            assertThat(holder.told())
                    .anyMatch(line -> line.startsWith("  + lmp-1 sha256"))
                    .anyMatch(line -> line.contains("goes beyond an exchange of keys"));
            assertThat(factory.published().targets().metadata().targets()).isEmpty();
            assertThat(holder.besides()).containsExactly("keys.tgz.pending", "keys.tgz.signed");
            holder.whoLooksAndSaysYes().rotate(KeyHolder.of(TARGETS));
            assertThat(factory.published().targets().metadata().targets()).containsOnlyKeys("lmp-1");
            assertThat(factory.newestRoot()).isEqualTo(2);
            factory.endsWell();
        }
    }

    /** Root 2 waits for targets, so it lets nothing else by; once devices see it, the theft can be dealt with. */
    @Test
    void a_theft_is_not_mistaken_for_the_rotation_that_was_begun_before() {
        try (var factory = offline.fork()) {
            factory.addTarget("lmp-1");
            var holder = holder(factory);
            refused(holder, KeyHolder.of(TARGETS), "targets weren't signed");
            refused(
                    holder,
                    KeyHolder.compromise(TARGETS),
                    "root version 2 is signed already, by a rotation (acme-keys-",
                    "lacks what this command line asks for",
                    "run the command that it was begun with",
                    "a RootRotation of your own");
            holder.whoLooksAndSaysYes().rotateWithoutWaiting(KeyHolder.of(TARGETS));
            while (factory.newestRoot() < 2) {
                factory.pass(Duration.ofMinutes(25));
            }
            assertThat(holder.rotate(KeyHolder.compromise(TARGETS)).end())
                    .isEqualTo(KeyRotationRun.End.EARLIER_ROTATED);
            assertThat(holder.besides()).isEmpty();
            assertThat(holder.keys()).hasSize(3);
            factory.hurried();
            assertThat(holder.rotate(KeyHolder.compromise(TARGETS)).end()).isEqualTo(KeyRotationRun.End.ROTATED);
            assertThat(factory.newestRoot()).isEqualTo(3);
            assertThat(holder.keysOf(3, TARGETS)).isNotEqualTo(holder.keysOf(2, TARGETS));
        }
    }

    /** With the old key, and the cluster's, a thief has published what he likes. */
    @Test
    void after_a_theft_a_person_looks_at_all_that_the_new_key_vouches_for() {
        try (var factory = offline.fork()) {
            factory.addTarget("evil-1");
            factory.sign("acme-targets-2", TINA);
            factory.settle();
            assertThat(factory.published().targets().metadata().targets()).containsOnlyKeys("evil-1");
            factory.hurried();
            var holder = holder(factory);
            refused(holder, KeyHolder.compromise(ROOT, TARGETS), "targets weren't signed");
            assertThat(holder.told())
                    .anyMatch(line -> line.contains("the new key vouches for all that it lists"))
                    .anyMatch(line -> line.contains("    + evil-1 sha256"));
            holder.whoLooksAndSaysYes().rotate(KeyHolder.compromise(ROOT, TARGETS));
            assertThat(factory.newestRoot()).isEqualTo(2);
        }
    }

    @Test
    void a_theft_with_which_the_key_of_targets_stays_is_noted() {
        try (var factory = offline.fork().hurried()) {
            var holder = holder(factory);
            holder.rotate(KeyHolder.compromise());
            assertThat(holder.told())
                    .anyMatch(line -> line.contains("has a key of targets too") && line.contains("--targets"));
        }
    }

    /** The root says which rotation it is of, whichever there still are. */
    @Test
    void a_root_that_waits_for_targets_is_found_though_an_earlier_attempt_was_deleted() {
        try (var factory = offline.fork()) {
            refused(holder(factory).whoSaysNo(), KeyHolder.of(TARGETS), "nothing was signed");
            var first = factory.rotations().getFirst();
            factory.pass(Duration.ofDays(31));
            factory.addTarget("lmp-1");
            var holder = new KeyHolder(factory, drawer.resolve("keys.tgz"));
            refused(holder, KeyHolder.of(TARGETS), "targets weren't signed. Root version 2 is");
            assertThat(factory.rotations()).contains(first + "-2");
            factory.delete(RootRotation.class, first);
            factory.settle();
            refused(holder, KeyHolder.of(TARGETS), "targets weren't signed. Root version 2 is");
            holder.whoLooksAndSaysYes().rotate(KeyHolder.of(TARGETS));
            assertThat(factory.newestRoot()).isEqualTo(2);
            factory.endsWell();
        }
    }

    @Test
    void what_is_offered_before_that_change_is_signed_without_asking() {
        try (var factory = offline.fork()) {
            var holder = holder(factory);
            var late = new InMemoryNamespace(factory) {
                private boolean declared;

                @Override
                public void pause(Duration atMost) {
                    super.pause(atMost);
                    if (!declared
                            && factory.find(ConfigMap.class, "acme-targets-2-payload")
                                    .isPresent()) {
                        declared = true;
                        factory.addTarget("lmp-1");
                    }
                }
            };
            holder.rotate(KeyHolder.of(TARGETS), Disk.LOCAL, late, true);
            assertThat(factory.newestRoot()).isEqualTo(2);
            assertThat(factory.published().targets().metadata().version()).isEqualTo(2);
        }
    }

    /** Somebody shows what devices were served days ago: what he lets sign would bring old software back. */
    @Test
    void what_is_served_is_believed_as_far_as_devices_do() {
        try (var factory = offline.fork()) {
            var old = new InMemoryNamespace(factory)
                    .file("acme-timestamp", "timestamp.json")
                    .orElseThrow();
            factory.addTarget("lmp-1");
            factory.sign("acme-targets-2", TINA);
            factory.pass(Duration.ofDays(2));
            var lying = new InMemoryNamespace(factory) {
                @Override
                public Optional<Bytes> file(String configMap, String entry) {
                    return configMap.equals("acme-timestamp") ? Optional.of(old) : super.file(configMap, entry);
                }
            };
            var holder = holder(factory);
            assertThatThrownBy(() -> holder.rotate(KeyHolder.of(TARGETS), Disk.LOCAL, lying, true))
                    .hasMessageContaining("targets weren't signed");
            assertThat(holder.told())
                    .anyMatch(line -> line.contains("devices would refuse what they are served (timestamp"));
            holder.rotate(KeyHolder.of(TARGETS));
            assertThat(factory.newestRoot()).isEqualTo(2);
        }
    }

    /** Nothing that others do afterwards makes the archive older than what the fleet needs. */
    @Test
    void what_devices_would_refuse_in_the_end_keeps_the_archive_as_it_was() {
        try (var factory = offline.fork()) {
            var holder = holder(factory);
            assertThat(holder.rotateWithoutWaiting(KeyHolder.of(TARGETS)).end()).isEqualTo(KeyRotationRun.End.SIGNED);
            factory.pass(Duration.ofHours(1));
            factory.pass(Duration.ofHours(1));
            var lying = new InMemoryNamespace(factory) {
                @Override
                public Optional<Bytes> file(String configMap, String entry) {
                    return entry.equals("snapshot.json") ? Optional.empty() : super.file(configMap, entry);
                }
            };
            assertThatThrownBy(() -> holder.rotate(KeyHolder.of(TARGETS), Disk.LOCAL, lying, true))
                    .hasMessageContaining("would refuse what the cluster has for it: snapshot");
            assertThat(holder.keys()).hasSize(2);
            holder.rotate(KeyHolder.of(TARGETS));
            assertThat(holder.keys()).hasSize(3);
        }
    }

    @Test
    void an_archive_without_a_key_of_targets() {
        try (var factory = offline.fork()) {
            var holder = new KeyHolder(factory, drawer.resolve("keys.tgz")).putInDrawer(factory.rootKeys());
            refused(
                    holder,
                    KeyHolder.of(ROOT, TARGETS),
                    "none of the archive's keys is a key of targets in root version 1, which names tina");
            assertThat(factory.rotations()).containsExactly("acme-root-1");
        }
    }

    @Test
    void a_custody_that_is_declared_and_not_yet_in_force() {
        try (var factory = offline.fork()) {
            factory.changeFactory("targets: {custody: Shared}");
            refused(holder(factory), KeyHolder.of(TARGETS), "is Shared, and root says Offline", "Change it first");
            assertThat(factory.rotations()).containsExactly("acme-root-1");
        }
    }

    @Test
    void another_command_line_than_it_was_begun_with() {
        try (var factory = offline.fork()) {
            var holder = holder(factory).whoSaysNo();
            refused(holder, KeyHolder.of(TARGETS), "nothing was signed");
            refused(holder, KeyHolder.of(ROOT), "a rotation of the targets key is under way");
            refused(holder, KeyHolder.of(ROOT, TARGETS), "a rotation of the targets key is under way");
        }
    }

    @Test
    void a_paused_factory_whose_root_waits_for_targets() {
        try (var factory = offline.fork()) {
            factory.addTarget("lmp-1");
            var holder = holder(factory);
            refused(holder, KeyHolder.of(TARGETS), "targets weren't signed");
            factory.changeFactory("paused: true");
            refused(holder, KeyHolder.of(TARGETS), "Factory acme is paused");
        }
    }
}
