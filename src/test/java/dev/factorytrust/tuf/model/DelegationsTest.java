package dev.factorytrust.tuf.model;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import static dev.factorytrust.tuf.TestMetadata.TUF;
import static dev.factorytrust.tuf.Vectors.PYTHON_TUF;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Which role speaks for which path: python-tuf's answers. */
class DelegationsTest {

    private static final List<KeyId> KEYIDS = List.of(new KeyId("a"));

    static Stream<JsonNode> delegated() {
        return PYTHON_TUF.list("delegated");
    }

    @ParameterizedTest
    @MethodSource("delegated")
    void the_roles_to_search_for_a_path_are_those_that_python_tuf_searches(JsonNode vector) {
        var delegations = TUF.decode(Targets.class, PYTHON_TUF.file("targets"))
                .metadata()
                .delegations()
                .orElseThrow();
        var roles = StreamSupport.stream(vector.get("roles").spliterator(), false)
                .map(JsonNode::textValue)
                .toList();
        assertThat(delegations.rolesFor(vector.get("path").textValue())).isEqualTo(roles);
    }

    static Stream<JsonNode> bins() {
        return PYTHON_TUF.list("bins");
    }

    private static Delegations bins(int bits) {
        return new Delegations(
                Map.of(), List.of(), Optional.of(new SuccinctRoles(KEYIDS, 2, bits, "bin", Map.of())), Map.of());
    }

    @ParameterizedTest
    @MethodSource("bins")
    void the_bin_of_a_path_is_the_one_that_python_tuf_finds(JsonNode vector) {
        var bins = bins(vector.get("bits").intValue());
        assertThat(bins.rolesFor(vector.get("path").textValue()))
                .containsExactly(vector.get("role").textValue());
    }

    static Stream<JsonNode> binNames() {
        return PYTHON_TUF.list("binNames");
    }

    @ParameterizedTest
    @MethodSource("binNames")
    void a_bin_has_the_name_that_python_tuf_gives_it(JsonNode vector) {
        var role = bins(vector.get("bits").intValue()).role(vector.get("name").textValue());
        assertThat(role.isPresent()).isEqualTo(vector.get("is").booleanValue());
        role.ifPresent(bin -> assertThat(bin).isEqualTo(new Role(KEYIDS, 2, Map.of())));
    }

    @Test
    void a_delegated_role_is_found_by_its_name() {
        var delegations = new Delegations(Map.of(), List.of(role("a"), role("b")), Optional.empty(), Map.of());
        assertThat(delegations.role("b")).contains(new Role(KEYIDS, 1, Map.of()));
        assertThat(delegations.role("c")).isEmpty();
    }

    private static DelegatedRole role(String name, String... paths) {
        return new DelegatedRole(name, KEYIDS, 1, false, Optional.of(List.of(paths)), Optional.empty(), Map.of());
    }

    @Test
    void roles_and_bins_exclude_each_other() {
        var bins = bins(3).succinctRoles();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Delegations(Map.of(), List.of(role("a")), bins, Map.of()));
    }

    @Test
    void a_hostile_pattern_costs_no_more_than_an_honest_one() {
        var hostile = new Delegations(Map.of(), List.of(role("r", "*a".repeat(500) + "b")), Optional.empty(), Map.of());
        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> assertThat(hostile.rolesFor("a".repeat(5000))).isEmpty());
    }
}
