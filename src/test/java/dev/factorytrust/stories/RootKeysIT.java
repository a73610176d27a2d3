package dev.factorytrust.stories;

import dev.factorytrust.api.v1alpha1.Condition;
import dev.factorytrust.operator.runtime.Conditions;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.archive.KeyArchive;
import dev.factorytrust.tuf.dialect.StandardDialect;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.stream.Collectors;

import static dev.factorytrust.stories.RotationStory.SOON;
import static dev.factorytrust.stories.RotationStory.eventually;
import static org.assertj.core.api.Assertions.assertThat;

/** Root keys that were made in the cluster leave it: by the digest of their owner's copy, and for ever (invariant 6). */
class RootKeysIT {

    private static final String WRONG = "0".repeat(64);

    /** Three times the 10 s that are promised. */
    private static final Duration ERASED = Duration.ofSeconds(30);

    private final StandardDialect dialect = new StandardDialect();

    @Test
    @DisplayName("invariant 6: a wrong digest in the spec erases nothing and says so, the right one erases for ever")
    void a_wrong_digest_in_the_spec_erases_nothing_and_says_so_and_the_right_one_erases_for_ever() {
        try (var story = new RotationStory(InstantSource.system())) {
            story.declareFactory("generate: {}");
            story.awaitReady();
            var archive = archive(story);
            var root = dialect.decode(Root.class, story.root(1)).metadata();
            assertThat(KeyArchive.read(archive).keys())
                    .extracting(named -> dialect.keyId(dialect.key(named.key().publicKey())))
                    .containsExactlyElementsOf(root.role(RoleName.ROOT).keyids());
            assertThat(rootKeysInCluster(story).reason()).isEqualTo("NotRetrieved");
            assertThat(rootKeysInCluster(story).message()).doesNotContain(archive.sha256());

            retrieved(story, WRONG);
            eventually(SOON, () -> assertThat(rootKeysInCluster(story).reason()).isEqualTo("WrongDigest"));
            assertThat(archive(story)).isEqualTo(archive);
            assertThat(story.status().rootKeysErasedAt()).isNull();

            retrieved(story, archive.sha256());
            awaitErased(story);
            var secrets = secretNames(story);
            story.declare("longer", "expiresAfter: 700d");
            story.awaitPayload("longer");
            assertThat(secretNames(story)).as("nothing is generated again").isEqualTo(secrets);
            assertThat(story.status().trustedRootSha256())
                    .isEqualTo(story.root(1).sha256());
        }
    }

    @Test
    @DisplayName("invariant 6: a wrong digest in the annotation erases nothing, the right one erases")
    void a_wrong_digest_in_the_annotation_erases_nothing_and_the_right_one_erases() {
        try (var story = new RotationStory(InstantSource.system())) {
            story.declareFactory("generate: {keys: 2, threshold: 2, keyType: ecdsa-p256}");
            story.awaitReady();
            var archive = archive(story);
            assertThat(KeyArchive.read(archive).keys()).hasSize(2);
            annotate(story, WRONG);
            eventually(SOON, () -> assertThat(rootKeysInCluster(story).reason()).isEqualTo("WrongDigest"));
            assertThat(archive(story)).isEqualTo(archive);
            annotate(story, archive.sha256());
            awaitErased(story);
        }
    }

    private static void awaitErased(RotationStory story) {
        eventually(ERASED, () -> {
            assertThat(story.secret("acme-root-keys").get()).isNull();
            assertThat(story.status().rootKeysErasedAt()).isNotNull();
            assertThat(story.holds(Conditions.ROOT_KEYS_IN_CLUSTER)).isFalse();
        });
        assertThat(Instant.parse(story.status().rootKeysErasedAt())).isBefore(Instant.now());
        assertThat(story.holds(Conditions.READY)).isTrue();
        assertThat(story.events()).anyMatch(event -> event.getReason().equals("RootKeysErased"));
    }

    private static Condition rootKeysInCluster(RotationStory story) {
        return story.status().conditions().stream()
                .filter(condition -> condition.type().equals(Conditions.ROOT_KEYS_IN_CLUSTER))
                .findFirst()
                .orElseThrow();
    }

    private static Bytes archive(RotationStory story) {
        return Bytes.base64(story.secret("acme-root-keys").get().getData().get("root-keys.tgz"));
    }

    private static Map<String, String> secretNames(RotationStory story) {
        return story.client().secrets().inNamespace(story.namespace()).list().getItems().stream()
                .collect(Collectors.toMap(secret -> secret.getMetadata().getName(), secret -> secret.getMetadata()
                        .getUid()));
    }

    private static void retrieved(RotationStory story, String digest) {
        story.changeFactory("spec: {rootKeysRetrieved: '%s'}".formatted(digest));
    }

    private static void annotate(RotationStory story, String digest) {
        story.secret("acme-root-keys")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "metadata: {annotations: {factory-trust.dev/retrieved: '%s'}}".formatted(digest));
    }
}
