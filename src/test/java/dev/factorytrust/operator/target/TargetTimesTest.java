package dev.factorytrust.operator.target;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.operator.target.TargetFiles.Result;
import dev.factorytrust.tuf.TestMetadata;
import dev.factorytrust.tuf.model.TargetFile;
import io.fabric8.kubernetes.api.model.FieldsV1Builder;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static dev.factorytrust.operator.target.TargetSamples.target;
import static org.assertj.core.api.Assertions.assertThat;

/** The Target of {@link TargetSamples} was created on 2026-11-20 at 08:00. */
class TargetTimesTest {

    private static final String CREATED = "2026-11-20T08:00:00Z";
    private static final String LATER = "2026-11-24T10:00:00Z";

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

        assertThat(file(
                        written(target(), entry("kubectl-edit", "Update", LATER, "f:metadata", "f:spec")),
                        Optional.of(published)))
                .isEqualTo(published);
    }

    /** As kubectl edit, apply, and apply --server-side write it. */
    @ParameterizedTest
    @CsvSource({"kubectl-edit, Update", "kubectl-client-side-apply, Update", "kubectl, Apply"})
    void a_change_of_custom_moves_updated_at_to_the_moment_at_which_the_api_server_took_it(
            String manager, String operation) {
        var published = file(target("\"custom\": {\"channel\": \"beta\"}"), Optional.empty());
        var edited = written(
                target("\"custom\": {\"channel\": \"stable\"}"),
                entry("kubectl-create", "Update", CREATED, "f:spec"),
                entry(manager, operation, LATER, "f:metadata", "f:spec"));

        assertThat(times(file(edited, Optional.of(published)))).isEqualTo("created " + CREATED + ", updated " + LATER);
    }

    /** While people sign it: another time would be other bytes, and their signatures lost. */
    @Test
    void whoever_labels_a_changed_target_or_reports_of_it_updates_nothing() {
        var published = file(target("\"custom\": {\"channel\": \"beta\"}"), Optional.empty());
        var changed = "\"custom\": {\"channel\": \"stable\"}";
        var spec = entry("ci", "Apply", "2026-11-23T10:00:00Z", "f:spec");
        var pending = file(written(target(changed), spec), Optional.of(published));

        assertThat(times(pending)).endsWith("updated 2026-11-23T10:00:00Z");
        assertThat(file(
                        written(
                                target(changed),
                                spec,
                                entry("kubectl-label", "Update", LATER, "f:metadata"),
                                entry("factory-trust", "Update", LATER, "f:status")),
                        Optional.of(published)))
                .isEqualTo(pending);
    }

    @Test
    void what_was_never_published_keeps_its_times_whoever_writes_the_target() {
        assertThat(file(written(target(), entry("ci", "Apply", LATER, "f:metadata", "f:spec")), Optional.empty()))
                .isEqualTo(file(target(), Optional.empty()));
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

    private static Target written(Target target, ManagedFieldsEntry... entries) {
        target.getMetadata().setManagedFields(List.of(entries));
        return target;
    }

    /** @param fields at the top of what the manager owns */
    private static ManagedFieldsEntry entry(String manager, String operation, String time, String... fields) {
        return new ManagedFieldsEntryBuilder()
                .withManager(manager)
                .withOperation(operation)
                .withTime(time)
                .withFieldsType("FieldsV1")
                .withFieldsV1(new FieldsV1Builder()
                        .withAdditionalProperties(
                                Stream.of(fields).collect(Collectors.toMap(Function.identity(), _ -> Map.of())))
                        .build())
                .build();
    }
}
