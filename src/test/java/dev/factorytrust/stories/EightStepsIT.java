package dev.factorytrust.stories;

import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.InstantSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The evening of somebody who has garage-sign's eight steps in the fingers, with a key holder's rights. */
class EightStepsIT {

    @TempDir
    private Path drawer;

    @Test
    void the_root_key_is_exchanged_in_eight_steps_and_the_fleet_follows() throws Exception {
        var holder = new Holders(drawer);
        var old = Holders.entry(holder.offline("keys", "generate", "--name", "old", "--out", "old.pem"));
        try (var story = new RotationStory(InstantSource.system())) {
            story.declareFactory("offline: {threshold: 1, keys: [%s]}".formatted(old));
            story.awaitPayload("acme-root-1");
            holder.online(story, "root", "payload", "acme-root-1", "--out", "first.json");
            holder.write("first.yaml", holder.offline("sign", "first.json", "--yes", "--key", "old.pem"));
            holder.online(story, "attach", "first.yaml");
            story.awaitReady();
            var fleet = story.fleet();
            fleet.accepts(1);

            holder.online(story, "root", "pull", "acme", "--repo", "acme");
            holder.write(
                    "new.yaml",
                    holder.offline("keys", "generate", "--type", "rsa-3072", "--name", "new", "--out", "new.pem"));
            holder.offline("root", "key", "add", "--repo", "acme", "--public-key", "new.yaml");
            holder.offline("root", "key", "remove", "--repo", "acme", "--key-name", "old");
            holder.online(story, "root", "sign", "--repo", "acme", "--key", "new.pem", "--key", "old.pem", "--yes");
            holder.online(story, "root", "push", "--repo", "acme");
            assertThat(holder.file("acme/roles/2.root.json"))
                    .hasBinaryContent(story.root(2).toArray());
            assertThat(holder.file("acme/roles/unsigned")).isEmptyDirectory();
            fleet.accepts(2, story.root(1));

            // Again, with the keys on a machine of their own: push, carry the folder there and back, push.
            var next = Holders.entry(
                    holder.offline("keys", "generate", "--type", "ecdsa-p256", "--name", "next", "--out", "next.pem"));
            assertThat(next).contains("next");
            holder.write("next.yaml", holder.offline("keys", "show", "--name", "next", "--key", "next.pem"));
            holder.offline("root", "key", "add", "--repo", "acme", "--public-key", "next.yaml");
            holder.offline("root", "threshold", "2", "--repo", "acme");
            holder.online(story, "root", "push", "--repo", "acme", "-m", "two must sign");
            holder.offline("root", "sign", "--repo", "acme", "--key", "next.pem", "--yes");
            holder.online(story, "root", "push", "--repo", "acme");
            assertThat(story.root(2)).isNotNull();
            holder.offline("root", "sign", "--repo", "acme", "--key", "new.pem", "--yes");
            holder.online(story, "root", "push", "--repo", "acme");
            fleet.accepts(3, story.root(1));

            movedOn(holder, story);
            fleet.accepts(5, story.root(1));
        }
    }

    /** Another change is published between this one's edit and its push. */
    private static void movedOn(Holders holder, RotationStory story) throws Exception {
        holder.offline("root", "expiry", "500d", "--repo", "acme");
        holder.online(story, "root", "pull", "acme", "--repo", "other");
        holder.offline("root", "expiry", "450d", "--repo", "other");
        holder.online(story, "root", "sign", "--repo", "other", "--key", "new.pem", "--key", "next.pem", "--yes");
        holder.online(story, "root", "push", "--repo", "other");
        assertThatThrownBy(() -> holder.online(story, "root", "push", "--repo", "acme"))
                .hasMessageContaining(
                        "is at root version 4, and acme at 3: kubectl factory root pull acme --repo acme");
        holder.online(story, "root", "pull", "acme", "--repo", "acme");
        holder.online(story, "root", "sign", "--repo", "acme", "--key", "new.pem", "--key", "next.pem", "--yes");
        holder.online(story, "root", "push", "--repo", "acme");
        assertThat(story.rotations().stream()
                        .filter(rotation -> rotation.getStatus().phase() == Phase.COMPLETED))
                .hasSize(5);
    }
}
