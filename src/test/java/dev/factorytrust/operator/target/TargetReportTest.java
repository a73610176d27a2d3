package dev.factorytrust.operator.target;

import dev.factorytrust.api.v1alpha1.Condition;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.api.v1alpha1.TargetStatus;
import dev.factorytrust.operator.target.TargetReport.Committed;
import dev.factorytrust.operator.target.TargetReport.FactoryFacts;
import dev.factorytrust.tuf.TestMetadata;
import dev.factorytrust.tuf.model.TargetFile;
import dev.factorytrust.tuf.repository.ManagedPaths;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import static dev.factorytrust.operator.target.TargetSamples.SHA256;
import static dev.factorytrust.operator.target.TargetSamples.target;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

class TargetReportTest {

    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00.9Z");
    private static final Instant EARLIER = Instant.parse("2026-11-20T08:00:00Z");

    private static final Map<String, TargetFile> LISTED = Map.of("lmp-764", file(7));
    private static final Optional<ManagedPaths> OURS = managed("f-1", "lmp-764");

    private static final FactoryFacts EMPTY = facts(Optional.empty(), Map.of());
    private static final FactoryFacts PUBLISHED = facts(committed(17, LISTED, OURS), Map.of());
    private static final FactoryFacts PAUSED = new FactoryFacts(
            TestMetadata.TUF,
            "f-1",
            committed(17, LISTED, OURS),
            Map.of(),
            Map.of(),
            List.of("Factory acme is paused: set spec.paused to false"),
            Optional.empty());

    static final List<Arguments> REASONS = List.of(
            argumentSet("no Factory", target(), Optional.empty(), "False FactoryNotFound"),
            argumentSet("invalid", invalid(), Optional.of(EMPTY), "False Invalid"),
            argumentSet("first publication is to come", target(), Optional.of(EMPTY), "Unknown Pending"),
            argumentSet(
                    "not listed yet",
                    target(),
                    Optional.of(facts(committed(1, Map.of(), managed("f-1", "other")), Map.of())),
                    "Unknown Pending"),
            argumentSet(
                    "listed, but with other content",
                    target(),
                    Optional.of(facts(committed(1, Map.of("lmp-764", file(8)), OURS), Map.of())),
                    "Unknown Pending"),
            argumentSet(
                    "listed, but not by a Target",
                    target(),
                    Optional.of(facts(committed(1, LISTED, Optional.empty()), Map.of())),
                    "Unknown Pending"),
            argumentSet(
                    "listed, but under an earlier Factory object",
                    target(),
                    Optional.of(facts(committed(1, LISTED, managed("f-0", "lmp-764")), Map.of())),
                    "Unknown Pending"),
            argumentSet(
                    "listed, but by another Target that is gone",
                    target(),
                    Optional.of(facts(committed(1, LISTED, managed("f-1", "gone")), Map.of())),
                    "Unknown Pending"),
            argumentSet("published", target(), Optional.of(PUBLISHED), "True Published"),
            argumentSet("published, and now paused", target(), Optional.of(PAUSED), "True Published"),
            argumentSet(
                    "an older Target has the path",
                    target(),
                    Optional.of(facts(committed(1, LISTED, OURS), Map.of("lmp-764", "older"))),
                    "False PathConflict"),
            argumentSet(
                    "another Target's conflict is not ours",
                    target(),
                    Optional.of(facts(committed(1, LISTED, OURS), Map.of("other", "lmp-764"))),
                    "True Published"),
            argumentSet(
                    "no room for it",
                    target(),
                    Optional.of(new FactoryFacts(
                            TestMetadata.TUF,
                            "f-1",
                            committed(1, Map.of(), managed("f-1", "other")),
                            Map.of(),
                            Map.of("lmp-764", "Targets metadata would have 9 bytes with it"),
                            List.of(),
                            Optional.empty())),
                    "False Invalid"),
            argumentSet(
                    "invalid goes before the conflict",
                    invalid(),
                    Optional.of(facts(Optional.empty(), Map.of("lmp-764", "older"))),
                    "False Invalid"));

    @ParameterizedTest
    @FieldSource("REASONS")
    void ready_says_whether_devices_see_the_target(Target target, Optional<FactoryFacts> facts, String expected) {
        var ready = ready(TargetReport.of(target, Optional.empty(), facts, NOW));

        assertThat(ready.status() + ' ' + ready.reason()).isEqualTo(expected);
        assertThat(ready.message()).isNotBlank();
    }

    @Test
    void a_missing_factory_is_named_with_its_namespace() {
        assertThat(message(target(), Optional.empty()))
                .isEqualTo("There is no Factory acme in namespace fleet: create it, or correct spec.factory");
    }

    @Test
    void a_conflict_names_the_path_and_its_holder() {
        assertThat(message(target(), Optional.of(facts(Optional.empty(), Map.of("lmp-764", "older")))))
                .startsWith("Path lmp-764 belongs to Target older, which is older: delete one of the two");
    }

    @Test
    void what_keeps_the_factory_from_publishing_is_told_to_those_who_wait_for_it() {
        assertThat(message(target("\"custom\": {\"a\": 1}"), Optional.of(PAUSED)))
                .contains("Factory acme is paused: set spec.paused to false");
    }

    @Test
    void an_invalid_target_names_the_field_and_what_devices_see_meanwhile() {
        assertThat(message(invalid(), Optional.of(PUBLISHED)))
                .startsWith("spec.custom.a is 0.5,")
                .endsWith(". Until then devices are served it as it was");
        assertThat(message(invalid(), Optional.of(EMPTY))).doesNotContain("devices are served");
    }

    @Test
    void of_many_mistakes_five_are_named_and_the_rest_counted() {
        var target =
                target("\"custom\": {\"a\": {}, \"b\": {}, \"c\": {}, \"d\": {}, \"e\": {}, \"f\": {}, \"g\": {}}");

        assertThat(message(target, Optional.of(EMPTY)))
                .contains("spec.custom.e ")
                .doesNotContain("spec.custom.f ")
                .endsWith("; and 2 more");
    }

    @Test
    void published_in_is_the_version_that_lists_it() {
        var status = TargetReport.of(target(), Optional.empty(), Optional.of(PUBLISHED), NOW);

        assertThat(status.publishedIn()).isEqualTo(17);
        assertThat(status.observedGeneration()).isEqualTo(3);
        assertThat(ready(status).observedGeneration()).isEqualTo(3);
        assertThat(ready(status).lastTransitionTime()).isEqualTo("2026-11-23T10:00:00Z");
    }

    @Test
    void published_in_is_written_once_per_generation() {
        var first = TargetReport.of(target(), Optional.empty(), Optional.of(PUBLISHED), EARLIER);
        var later = Optional.of(facts(committed(18, LISTED, OURS), Map.of()));

        assertThat(TargetReport.of(target(), Optional.of(first), later, NOW)).isEqualTo(first);
    }

    @Test
    void published_in_stays_while_the_same_generation_waits_again() {
        var first = TargetReport.of(target(), Optional.empty(), Optional.of(PUBLISHED), EARLIER);

        var waiting = TargetReport.of(target(), Optional.of(first), Optional.of(EMPTY), NOW);

        assertThat(waiting.publishedIn()).isEqualTo(17);
        assertThat(ready(waiting).lastTransitionTime()).isEqualTo("2026-11-23T10:00:00Z");
    }

    @Test
    void a_new_generation_has_a_published_in_of_its_own() {
        var first = TargetReport.of(target(), Optional.empty(), Optional.of(PUBLISHED), EARLIER);
        var changed = target("\"custom\": {\"a\": 1}");
        changed.getMetadata().setGeneration(4L);

        assertThat(TargetReport.of(changed, Optional.of(first), Optional.of(PUBLISHED), NOW)
                        .publishedIn())
                .isNull();

        var listed = Map.of("lmp-764", published(changed));
        var status = TargetReport.of(
                changed, Optional.of(first), Optional.of(facts(committed(18, listed, OURS), Map.of())), NOW);
        assertThat(status.publishedIn()).isEqualTo(18);
        assertThat(ready(status).lastTransitionTime()).isEqualTo("2026-11-20T08:00:00Z");
    }

    private static Target invalid() {
        return target("\"custom\": {\"a\": 0.5}");
    }

    private static TargetFile file(long length) {
        return new TargetFile(length, Map.of("sha256", SHA256), Optional.empty(), Map.of());
    }

    private static TargetFile published(Target target) {
        return TargetFiles.of(target, TestMetadata.TUF, Optional.empty())
                        instanceof TargetFiles.Result.Publishable(var _, var file)
                ? file
                : null;
    }

    private static Optional<ManagedPaths> managed(String uid, String target) {
        return Optional.of(new ManagedPaths(uid, Map.of("lmp-764", target)));
    }

    private static Optional<Committed> committed(
            long version, Map<String, TargetFile> content, Optional<ManagedPaths> record) {
        return Optional.of(new Committed(version, content, record));
    }

    private static FactoryFacts facts(Optional<Committed> committed, Map<String, String> conflicts) {
        return new FactoryFacts(TestMetadata.TUF, "f-1", committed, conflicts, Map.of(), List.of(), Optional.empty());
    }

    private static String message(Target target, Optional<FactoryFacts> facts) {
        return ready(TargetReport.of(target, Optional.empty(), facts, NOW)).message();
    }

    private static Condition ready(TargetStatus status) {
        assertThat(status.conditions())
                .singleElement()
                .extracting(Condition::type)
                .isEqualTo("Ready");
        return status.conditions().getFirst();
    }
}
