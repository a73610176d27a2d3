package dev.factorytrust.operator.target;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.operator.target.TargetFiles.Result;
import dev.factorytrust.tuf.TestMetadata;
import dev.factorytrust.tuf.model.TargetFile;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;

import static dev.factorytrust.operator.target.TargetSamples.target;
import static org.assertj.core.api.Assertions.assertThat;

/** The Target of {@link TargetSamples} was created on 2026-11-20 at 08:00. */
class TargetTimesTest {

    private static final String CREATED = "2026-11-20T08:00:00Z";

    @Test
    void a_target_that_is_new_was_created_and_updated_when_it_was_created() {
        assertThat(times(file(target(), Optional.empty()))).isEqualTo("created " + CREATED + ", updated " + CREATED);
    }

    @Test
    void a_fleet_of_tuf_clients_is_told_no_times() {
        assertThat(TargetFiles.of(target(), TestMetadata.TUF, Optional.empty()))
                .isInstanceOfSatisfying(
                        Result.Publishable.class,
                        result -> assertThat(result.file().custom()).isEmpty());
    }

    @Test
    void what_was_published_is_not_published_anew_because_somebody_labelled_the_target() {
        var published = file(target(), Optional.empty());

        assertThat(file(written(target(), "2026-11-24T10:00:00Z", null), Optional.of(published)))
                .isEqualTo(published);
    }

    @Test
    void a_change_of_custom_moves_updated_at_to_the_moment_at_which_the_api_server_took_it() {
        var published = file(target("\"custom\": {\"channel\": \"beta\"}"), Optional.empty());
        var edited = written(target("\"custom\": {\"channel\": \"stable\"}"), "2026-11-24T10:00:00Z", null);

        assertThat(times(file(edited, Optional.of(published))))
                .isEqualTo("created " + CREATED + ", updated 2026-11-24T10:00:00Z");
    }

    @Test
    void what_the_operator_writes_into_status_is_no_update() {
        var reported = written(target(), "2026-11-24T10:00:00Z", "status");

        assertThat(times(file(reported, Optional.empty()))).endsWith("updated " + CREATED);
    }

    @Test
    void a_target_made_anew_goes_on_under_the_times_of_the_published_one() {
        var published = file(target(), Optional.empty());
        var rebuilt = target();
        rebuilt.getMetadata().setCreationTimestamp("2027-01-01T00:00:00Z");

        assertThat(file(rebuilt, Optional.of(published))).isEqualTo(published);
    }

    @Test
    void a_target_that_takes_over_an_imported_path_keeps_when_that_was_created() {
        var imported = file(
                target(
                        "\"custom\": {\"createdAt\": \"2020-02-03T04:05:06Z\", \"updatedAt\": \"2021-02-03T04:05:06Z\"}"),
                Optional.empty());

        assertThat(times(file(target("\"custom\": {\"arch\": \"arm64\"}"), Optional.of(imported))))
                .isEqualTo("created 2020-02-03T04:05:06Z, updated " + CREATED);
        assertThat(file(target(), Optional.of(imported))).isEqualTo(imported);
    }

    @Test
    void times_that_the_author_gives_are_his() {
        var given = "\"custom\": {\"createdAt\": \"2020-02-03T04:05:06Z\", \"updatedAt\": \"2021-02-03T04:05:06Z\"}";

        assertThat(times(file(target(given), Optional.of(file(target(), Optional.empty())))))
                .isEqualTo("created 2020-02-03T04:05:06Z, updated 2021-02-03T04:05:06Z");
    }

    private static TargetFile file(Target target, Optional<TargetFile> published) {
        return ((Result.Publishable) TargetFiles.of(target, TestMetadata.OTA_CONNECT, published)).file();
    }

    private static String times(TargetFile file) {
        ObjectNode custom = file.custom().orElseThrow();
        return "created " + custom.get("createdAt").textValue() + ", updated "
                + custom.get("updatedAt").textValue();
    }

    private static Target written(Target target, String time, String subresource) {
        target.getMetadata()
                .setManagedFields(List.of(new ManagedFieldsEntryBuilder()
                        .withManager("kubectl")
                        .withTime(time)
                        .withSubresource(subresource)
                        .build()));
        return target;
    }
}
