package dev.factorytrust.cli.archive;

import dev.factorytrust.cli.console.Disk;
import dev.factorytrust.operator.factory.InMemoryFactory;
import dev.factorytrust.stories.Person;
import dev.factorytrust.tuf.TestMetadata;
import dev.factorytrust.tuf.crypto.KeyType;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import static dev.factorytrust.tuf.model.RoleName.ROOT;
import static dev.factorytrust.tuf.model.RoleName.TARGETS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Root or targets have several holders: each rotates his own key, and is told whose share is missing. */
class KeyRotationSharesTest extends TargetsKeyHolders {

    private static final Person BOB = Person.withKey("bob", KeyType.ED25519);

    @Test
    void a_share_of_several_is_given_and_the_others_are_named() {
        try (var shared = InMemoryFactory.unwatched(
                "offline: {threshold: 2, keys: [%s, %s]}".formatted(ALICE.declared(), BOB.declared()), ALICE, BOB)) {
            var alices = new KeyHolder(shared, drawer.resolve("alice.tgz"))
                    .putInDrawer(KeyRotationRefusalsTest.archive(ALICE.key()));
            var result = alices.rotateWithoutWaiting(KeyHolder.PLAIN);
            assertThat(result.end()).isEqualTo(KeyRotationRun.End.SIGNED);
            shared.settle();
            assertThat(alices.rotateWithoutWaiting(KeyHolder.PLAIN)
                            .state()
                            .status()
                            .orElseThrow()
                            .signatures()
                            .current()
                            .missing())
                    .extracting(key -> key.name())
                    .containsExactly("bob");
            shared.sign(result.state().name().orElseThrow(), BOB);
            assertThat(alices.rotate(KeyHolder.PLAIN).end()).isEqualTo(KeyRotationRun.End.ROTATED);
            assertThat(alices.fleetsKeys())
                    .contains(BOB.key().publicKey())
                    .doesNotContain(ALICE.key().publicKey());
        }
    }

    @Test
    void a_holder_of_targets_alone_gives_her_share_and_is_told_who_is_missing() {
        var bootstrap = "offline: {threshold: 1, keys: [%s]}, targets: {threshold: 2, keys: [%s, %s]}"
                .formatted(ALICE.declared(), TINA.declared(), TOM.declared());
        try (var factory =
                InMemoryFactory.unwatchedHeldTargets(TestMetadata.TUF, bootstrap, "Offline", ALICE, TINA, TOM)) {
            var tinas = whoHas(factory, "tina.tgz", archived(TARGETS, TINA.key()));
            refused(tinas, KeyHolder.of(ROOT, TARGETS), "none of root", "--targets --keep-root-key");
            var signed = tinas.rotateWithoutWaiting(KeyHolder.of(TARGETS));
            assertThat(signed.end()).isEqualTo(KeyRotationRun.End.SIGNED);
            factory.settle();
            factory.sign(signed.state().name().orElseThrow(), ALICE);
            factory.settle();
            assertThat(factory.newestRoot()).isEqualTo(1);

            assertThat(tinas.rotateWithoutWaiting(KeyHolder.of(TARGETS)).end()).isEqualTo(KeyRotationRun.End.SIGNED);
            assertThat(tinas.told()).anyMatch(line -> line.startsWith("signed acme-targets-2 with 2 keys"));
            assertThatThrownBy(() -> tinas.rotate(KeyHolder.of(TARGETS), Disk.LOCAL, impatient(factory), true))
                    .hasMessageContaining("takes longer: targets version 2 waits for tom, until");
            factory.sign("acme-targets-2", TOM);
            factory.settle();
            assertThat(tinas.rotate(KeyHolder.of(TARGETS)).end()).isEqualTo(KeyRotationRun.End.ROTATED);
            assertThat(factory.newestRoot()).isEqualTo(2);
            assertThat(tinas.keys()).hasSize(2).containsAll(List.of(TINA.key().publicKey()));
            factory.endsWell();
        }
    }

    /** For whom twelve hours pass while the operator takes a breath. */
    private static FactoryCluster impatient(InMemoryFactory factory) {
        return new InMemoryNamespace(factory) {
            private Duration waited = Duration.ZERO;

            @Override
            public void pause(Duration atMost) {
                factory.settle();
                waited = waited.plus(Duration.ofHours(6));
            }

            @Override
            public Instant now() {
                return super.now().plus(waited);
            }
        };
    }

    @Test
    void nobody_has_to_sign_targets_that_enough_others_have_signed() {
        var bootstrap = "offline: {threshold: 1, keys: [%s]}, targets: {threshold: 2, keys: [%s, %s, %s]}"
                .formatted(ALICE.declared(), TINA.declared(), TOM.declared(), TESS.declared());
        try (var factory =
                InMemoryFactory.unwatchedHeldTargets(TestMetadata.TUF, bootstrap, "Offline", ALICE, TINA, TOM, TESS)) {
            var holder = whoHas(factory, "keys.tgz", archived(ROOT, ALICE.key()), archived(TARGETS, TESS.key()));
            holder.rotate(KeyHolder.of(TARGETS));
            assertThat(factory.newestRoot()).isEqualTo(2);
            assertThat(factory.published().targets().metadata().version()).isEqualTo(1);
            assertThat(holder.keys()).hasSize(3);
        }
    }
}
