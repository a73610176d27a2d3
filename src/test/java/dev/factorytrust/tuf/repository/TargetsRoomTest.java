package dev.factorytrust.tuf.repository;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.factorytrust.tuf.InDialect;
import dev.factorytrust.tuf.TestMetadata;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.TargetFile;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.repository.DesiredTargets.Wanted;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/** A room of 1,000 bytes, with a frame of 100; an entry takes the number of bytes that it has as its length. */
class TargetsRoomTest {

    private static final List<Dialect> DIALECTS = List.of(TestMetadata.TUF, TestMetadata.OTA_CONNECT);
    private static final String UID = "f-1";

    private static final TargetsRoom ROOM = new TargetsRoom(
            1_000,
            "devices read",
            100,
            content -> 100
                    + content.values().stream()
                            .mapToLong(file -> file.length() - 1)
                            .sum());

    @Test
    void what_fits_is_all_wanted() {
        var fitting = fit(Map.of(), Map.of(), wanted("a", 1, 450), wanted("b", 2, 450));

        assertThat(fitting.excluded()).isEmpty();
        assertThat(fitting.wanted()).hasSize(2);
    }

    @Test
    void the_newest_are_left_out_and_the_newest_is_named_first() {
        var fitting = fit(Map.of(), Map.of(), wanted("c", 3, 450), wanted("a", 1, 500), wanted("b", 2, 500));

        assertThat(fitting.excluded().keySet()).containsExactly("c", "b");
        assertThat(fitting.excluded().get("c")).contains("with it, and devices read", "delete Targets");
        assertThat(fitting.wanted()).extracting(Wanted::target).containsExactly("a");
    }

    @Test
    void what_comes_after_one_that_does_not_fit_gets_the_room_that_is_left() {
        var fitting = fit(Map.of(), Map.of(), wanted("a", 1, 500), wanted("large", 2, 500), wanted("c", 3, 300));

        assertThat(fitting.excluded().keySet()).containsExactly("large");
    }

    @Test
    void what_devices_have_is_not_taken_off_them_because_another_comes() {
        var newest = wanted("newest", 9, 800);
        var fitting = fit(Map.of("newest", newest.file()), Map.of("newest", "newest"), newest, wanted("older", 1, 200));

        assertThat(fitting.excluded().keySet()).containsExactly("older");
    }

    @Test
    void an_entry_that_grew_too_large_stays_as_it_is_published() {
        var published = file(400);
        var fitting = fit(
                Map.of("a", published, "b", file(400)),
                Map.of("a", "a", "b", "b"),
                wanted("a", 1, 700),
                wanted("b", 2, 400));

        assertThat(fitting.excluded().keySet()).containsExactly("a");
        assertThat(fitting.wanted()).contains(new Wanted("a", "a", published, Instant.ofEpochSecond(1)));
    }

    @Test
    void a_path_that_no_target_stood_for_stays_nobodys() {
        var fitting = fit(Map.of("a", file(400)), Map.of(), wanted("a", 1, 1_000));

        assertThat(fitting.excluded().keySet()).containsExactly("a");
        assertThat(fitting.wanted()).isEmpty();
    }

    @Test
    void an_entry_that_shrinks_is_never_the_one_too_many() {
        var fitting = fit(Map.of("a", file(800)), Map.of("a", "a"), wanted("b", 1, 500), wanted("a", 2, 600));

        assertThat(fitting.excluded().keySet()).containsExactly("b");
    }

    /** The measure is the dialect's own: the rest, signed, breaks no limit, and is no more than a signature's room below it. */
    @ParameterizedTest
    @FieldSource("DIALECTS")
    void what_is_left_is_what_devices_can_just_read(Dialect dialect) {
        var wanted = many(90, 7_000);
        var plan = DesiredTargets.plan(Map.of(), Optional.empty(), UID, wanted, false);
        var fitting = TargetsRoom.of(dialect, Optional.empty(), false).fit(Map.of(), Map.of(), plan, wanted);
        var content = new HashMap<String, TargetFile>();
        fitting.wanted().forEach(target -> content.put(target.path(), target.file()));
        var made = new InDialect(dialect);
        var file = made.sign(new Targets(1, TestMetadata.EXPIRES, content, Optional.empty(), Map.of()), "targets");

        assertThat(fitting.excluded()).isNotEmpty();
        assertThat(fitting.excluded().firstEntry().getKey()).isEqualTo("t-89");
        assertThat(file.size())
                .isBetween(
                        dialect.limits().targets() - 150_000, dialect.limits().targets());
        assertThat(dialect.violations(dialect.decode(Targets.class, file))).isEmpty();
    }

    @ParameterizedTest
    @FieldSource("DIALECTS")
    void what_people_sign_fits_into_one_object_with_the_record_of_its_targets(Dialect dialect) {
        var wanted = many(3_000, 10);
        var plan = DesiredTargets.plan(Map.of(), Optional.empty(), UID, wanted, false);
        var fitting = TargetsRoom.of(dialect, Optional.empty(), true).fit(Map.of(), Map.of(), plan, wanted);
        var left = DesiredTargets.plan(Map.of(), Optional.empty(), UID, fitting.wanted(), false);
        var payload =
                dialect.canonical(new Targets(1, TestMetadata.EXPIRES, left.content(), Optional.empty(), Map.of()));

        assertThat(fitting.excluded()).isNotEmpty();
        assertThat(fitting.excluded().firstEntry().getValue()).contains("people sign");
        assertThat(payload.size() + left.record().toJson().size()).isBetween(500_000, 1_000_000);
    }

    private static List<Wanted> many(int count, int lines) {
        var notes = JsonNodeFactory.instance.objectNode().put("notes", "line\n\"quoted\"\n".repeat(lines));
        var file = new TargetFile(1, Map.of("sha256", "0".repeat(64)), Optional.of(notes), Map.of());
        return IntStream.range(0, count)
                .mapToObj(i -> new Wanted("t-" + i, "t-" + i, file, Instant.ofEpochSecond(i)))
                .toList();
    }

    private static TargetsRoom.Fitting fit(
            Map<String, TargetFile> committed, Map<String, String> ours, Wanted... wanted) {
        var all = List.of(wanted);
        var plan = DesiredTargets.plan(committed, Optional.of(new ManagedPaths(UID, ours)), UID, all, false);
        var published = ROOM.size().applyAsLong(committed);
        return new TargetsRoom(ROOM.most(), ROOM.because(), published, ROOM.size()).fit(committed, ours, plan, all);
    }

    private static Wanted wanted(String name, int created, long length) {
        return new Wanted(name, name, file(length), Instant.ofEpochSecond(created));
    }

    private static TargetFile file(long length) {
        return new TargetFile(length, Map.of("sha256", "0".repeat(64)), Optional.empty(), Map.of());
    }
}
