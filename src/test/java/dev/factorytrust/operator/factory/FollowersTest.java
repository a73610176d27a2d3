package dev.factorytrust.operator.factory;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.operator.rotation.Standing;
import io.fabric8.kubernetes.api.model.HasMetadata;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** What RootRotations are told of their Factory's last look. */
class FollowersTest {

    private final InMemoryStory story = InMemoryStory.unwatched();
    private final List<HasMetadata> woken = new ArrayList<>();
    private final Followers followers = new Followers(woken::add);

    @BeforeEach
    void expired() {
        Flow.ownedByAlice(story);
        story.settle();
        story.declare("renewal", "expiresAfter: 366d");
        story.settle();
        story.pass(Duration.ofDays(30));
    }

    @AfterEach
    void close() {
        story.close();
    }

    private void look() {
        var look = story.look();
        followers.look(look.situation(), look.decision());
    }

    private Standing told() {
        return followers
                .standings(InMemoryStory.ACME)
                .orElseThrow()
                .get(story.rotation("renewal").orElseThrow().getMetadata().getUid());
    }

    @Test
    void only_those_are_woken_whose_status_would_change() {
        look();
        assertThat(woken)
                .singleElement()
                .satisfies(object -> assertThat(object.getMetadata().getName()).isEqualTo("renewal"));
        assertThat(told()).isInstanceOf(Standing.Superseded.class);
    }

    @Test
    void one_declared_anew_under_its_name_is_told_nothing_of_the_one_before() {
        look();
        story.remove(RootRotation.class, "renewal");
        story.declare("renewal", "expiresAfter: 366d");
        assertThat(told()).isNull();
        look();
        assertThat(told()).isInstanceOf(Standing.Turn.class);
    }
}
