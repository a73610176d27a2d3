package dev.factorytrust.tuf.model;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class DelegationsTest {

    private static final List<KeyId> KEYIDS = List.of(new KeyId("a"));

    @Test
    void roles_and_bins_exclude_each_other() {
        var role = new DelegatedRole("a", KEYIDS, 1, false, Optional.of(List.of()), Optional.empty(), Map.of());
        var bins = new SuccinctRoles(KEYIDS, 2, 3, "bin", Map.of());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Delegations(Map.of(), List.of(role), Optional.of(bins), Map.of()));
    }
}
