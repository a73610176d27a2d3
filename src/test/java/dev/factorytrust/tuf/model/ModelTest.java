package dev.factorytrust.tuf.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.factorytrust.tuf.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

import static dev.factorytrust.tuf.TestMetadata.EXPIRES;
import static dev.factorytrust.tuf.TestMetadata.keyid;
import static dev.factorytrust.tuf.TestMetadata.root;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ModelTest {

    private static final Map<String, String> HASHES = Map.of("sha256", "00");
    private static final MetaFile META = new MetaFile(1, OptionalLong.empty(), Map.of(), Map.of());

    private static ObjectNode json() {
        return JsonNodeFactory.instance.objectNode().put("keytype", "x").put("a", 1);
    }

    /** One of every record, with these unknown fields. */
    private static Stream<Map<String, JsonNode>> unrecognized(Map<String, JsonNode> fields) {
        var root = root(1);
        var keyids = List.of(keyid("alice"));
        var paths = Optional.of(List.of("*"));
        return Stream.of(
                new Role(keyids, 1, fields).unrecognized(),
                new Root(1, EXPIRES, true, Map.of(), root.roles(), fields).unrecognized(),
                new Targets(1, EXPIRES, Map.of(), Optional.empty(), fields).unrecognized(),
                new Snapshot(1, EXPIRES, Map.of(), fields).unrecognized(),
                new Timestamp(1, EXPIRES, META, fields).unrecognized(),
                new MetaFile(1, OptionalLong.empty(), Map.of(), fields).unrecognized(),
                new TargetFile(1, HASHES, Optional.empty(), fields).unrecognized(),
                new Delegations(Map.of(), List.of(), Optional.empty(), fields).unrecognized(),
                new DelegatedRole("r", keyids, 1, true, paths, Optional.empty(), fields).unrecognized(),
                new SuccinctRoles(keyids, 1, 1, "bin", fields).unrecognized(),
                new Signature(keyid("alice"), Bytes.hex(""), fields).unrecognized());
    }

    @Test
    void unknown_fields_can_not_be_changed_through_what_was_handed_in() {
        var inner = json();
        var fields = new LinkedHashMap<String, JsonNode>(Map.of("x", inner));
        var records = unrecognized(fields).toList();
        inner.put("a", 2);
        fields.clear();
        assertThat(records).allSatisfy(kept -> assertThat(kept).isEqualTo(Map.of("x", json())));
    }

    @Test
    void unknown_fields_can_not_be_changed_through_what_is_handed_out() {
        var role = new Role(List.of(), 1, Map.of("x", json()));
        ((ObjectNode) role.unrecognized().get("x")).put("a", 2);
        assertThat(role.unrecognized()).isEqualTo(Map.of("x", json()));
        assertThat(unrecognized(Map.of("x", json())))
                .allSatisfy(kept -> assertThatThrownBy(kept::clear).isInstanceOf(UnsupportedOperationException.class));
    }

    @Test
    void keys_and_custom_are_copied_in_and_out() {
        var given = json();
        var key = new Key(given, Optional.empty());
        var file = new TargetFile(1, HASHES, Optional.of(given), Map.of());
        given.put("a", 2);
        key.json().put("a", 2);
        file.custom().orElseThrow().put("a", 2);
        assertThat(key.json()).isEqualTo(json());
        assertThat(file.custom()).contains(json());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Key(JsonNodeFactory.instance.objectNode(), Optional.empty()))
                .withMessageContaining("keytype");
    }

    @Test
    void collections_are_copied_and_fixed() {
        var meta = new HashMap<>(Map.of("a.json", META));
        var snapshot = new Snapshot(1, EXPIRES, meta, Map.of());
        var keyids = new ArrayList<>(List.of(keyid("alice")));
        var role = new Role(keyids, 1, Map.of());
        meta.clear();
        keyids.clear();
        assertThat(snapshot.meta()).containsOnlyKeys("a.json");
        assertThat(role.keyids()).hasSize(1);
        assertThatThrownBy(() -> snapshot.meta().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> role.keyids().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    static Stream<Instant> noDates() {
        return Stream.of(
                EXPIRES.plusNanos(1),
                Instant.MIN,
                Instant.MAX,
                Instant.parse("9999-12-31T23:59:59Z").plusSeconds(1));
    }

    @ParameterizedTest
    @MethodSource("noDates")
    void a_date_that_can_not_be_written_is_refused(Instant expires) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Snapshot(1, expires, Map.of(), Map.of()));
    }

    @Test
    void metadata_expires_at_the_second_that_it_names() {
        var snapshot = new Snapshot(1, EXPIRES, Map.of(), Map.of());
        assertThat(snapshot.isExpired(EXPIRES.minusNanos(1))).isFalse();
        assertThat(snapshot.isExpired(EXPIRES)).isTrue();
        assertThat(snapshot.isExpired(Instant.MIN)).isFalse();
    }

    @Test
    void every_metadata_has_its_role_and_every_role_its_name() {
        assertThat(root(1).role()).isEqualTo(RoleName.ROOT);
        assertThat(new Targets(1, EXPIRES, Map.of(), Optional.empty(), Map.of()).role())
                .isEqualTo(RoleName.TARGETS);
        assertThat(new Snapshot(1, EXPIRES, Map.of(), Map.of()).role()).isEqualTo(RoleName.SNAPSHOT);
        assertThat(new Timestamp(1, EXPIRES, META, Map.of()).role()).isEqualTo(RoleName.TIMESTAMP);
        assertThat(RoleName.values())
                .allSatisfy(role -> assertThat(RoleName.of(role.toString())).contains(role));
        assertThat(RoleName.of("Root")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "é", "\n"})
    void a_keyid_is_a_short_word(String keyid) {
        assertThatIllegalArgumentException().isThrownBy(() -> new KeyId(keyid));
        assertThatIllegalArgumentException().isThrownBy(() -> new KeyId("a".repeat(129)));
        assertThat(new KeyId("a".repeat(128)).value()).hasSize(128);
    }

    @Test
    void a_hash_has_a_name_and_a_value() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TargetFile(1, Map.of("", "00"), Optional.empty(), Map.of()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TargetFile(1, Map.of("sha256", ""), Optional.empty(), Map.of()));
    }
}
