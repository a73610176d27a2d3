package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.Condition;
import dev.factorytrust.names.Names;
import dev.factorytrust.operator.rotation.Standing;
import dev.factorytrust.stories.Person;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.TestMetadata;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;

/** What a Factory whose devices run aktualizr refuses, and where it says so. */
class OtaConnectFactoryTest {

    private static final Person CAROL = Person.withKey("carol", KeyType.ECDSA_P256);

    private final InMemoryStory story = InMemoryStory.unwatched(TestMetadata.OTA_CONNECT);

    @AfterEach
    void close() {
        story.close();
    }

    private List<Condition> conditions() {
        var look = story.look();
        return FactoryReport.status(look.situation(), look.decision(), Optional.empty(), Optional.empty())
                .conditions();
    }

    /** As if the operator had made it, or somebody had restored it from another Factory's backup. */
    private void strayOnlineKey(String role) {
        story.cluster()
                .create(new SecretBuilder()
                        .withNewMetadata()
                        .withName("acme-" + role + "-restored")
                        .withNamespace(People.ACME.namespace())
                        .addToLabels(Names.FACTORY, "acme")
                        .addToLabels(Names.ROLE, role)
                        .endMetadata()
                        .withType(Names.ONLINE_KEY_TYPE)
                        .withData(Map.of(
                                Names.PRIVATE_PEM,
                                Bytes.utf8(SoftwareKey.generate(KeyType.ECDSA_P256)
                                                .privatePem())
                                        .base64()))
                        .build());
    }

    @Test
    void an_online_key_that_devices_refuse_is_named_and_used_for_nothing() {
        strayOnlineKey("timestamp");
        story.declareFactory("generate: {}");
        story.settle();
        assertThat(story.newestTimestamp()).isEqualTo(1);
        assertThat(conditions())
                .filteredOn(condition -> condition.type().equals("KeysIgnored"))
                .singleElement()
                .satisfies(condition -> assertThat(condition.message())
                        .startsWith("Secret acme-timestamp-restored (ecdsa-p256)")
                        .contains("devices of dialect OTAConnect refuse"));
        story.remove(Secret.class, "acme-timestamp-restored");
        assertThat(conditions()).extracting(Condition::type).doesNotContain("KeysIgnored");
    }

    @Test
    void one_that_comes_beside_a_published_factory_stands_in_nobody_s_way() {
        story.declareFactory("offline: {threshold: 1, keys: [%s]}".formatted(InMemoryStory.declared(Flow.ALICE)));
        story.settle();
        story.sign("acme-root-1", Flow.ALICE);
        story.settle();
        strayOnlineKey("targets");
        story.declare("fresh", "rotateOnlineKeys: [targets]");
        story.settle();
        story.sign("fresh", Flow.ALICE);
        story.settle();
        assertThat(story.look().rotations().get("fresh")).isInstanceOf(Standing.Stored.class);
        assertThat(conditions()).extracting(Condition::type).contains("KeysIgnored");
    }

    @Test
    void a_holder_with_a_key_that_devices_refuse_is_rejected_with_the_reason() {
        story.declareFactory("generate: {}");
        story.settle();
        story.declare("carol-joins", "root: {addKeys: [%s]}".formatted(InMemoryStory.declared(CAROL)));
        story.settle();
        assertThat(story.look().rotations().get("carol-joins"))
                .isInstanceOfSatisfying(Standing.Rejected.class, rejected -> {
                    assertThat(rejected.reason()).isEqualTo("UnsupportedKey");
                    assertThat(rejected.message()).startsWith("ecdsa-p256 can't be used with OTAConnect");
                });
    }
}
