package dev.factorytrust.tuf.adoption;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.InDialect;
import dev.factorytrust.tuf.TestMetadata;
import dev.factorytrust.tuf.model.RoleName;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;

/** What ota-tuf serves is adopted in the form that it has. */
class OtaConnectAdoptionTest {

    private final InDialect in = new InDialect(TestMetadata.OTA_CONNECT);

    @Test
    void the_order_of_members_is_the_old_server_s_own() throws IOException {
        var targets = in.sign(TestMetadata.targets(7), "targets");
        var snapshot = in.sign(TestMetadata.snapshot(5, targets, 7), "snapshot");
        var root = in.sign(in.root(1), "root");
        var timestamp = in.sign(TestMetadata.timestamp(9, snapshot, 5), "timestamp");
        var served = new ArrayList<ForeignFile>();
        for (var file : Map.of(
                        "1.root.json",
                        root,
                        "timestamp.json",
                        timestamp,
                        "snapshot.json",
                        snapshot,
                        "targets.json",
                        targets)
                .entrySet()) {
            served.add(new ForeignFile("folder", file.getKey(), reversed(file.getValue())));
        }
        assertThat(Adoption.of(in.dialect, served, new Adoption.Request(1, Optional.empty())))
                .isInstanceOfSatisfying(Adoption.Adoptable.class, fleet -> {
                    assertThat(fleet.warnings()).isEmpty();
                    assertThat(fleet.repository().role(RoleName.TARGETS).file())
                            .isNotEqualTo(targets)
                            .isIn(served.stream().map(ForeignFile::content).toList());
                });
    }

    private static Bytes reversed(Bytes file) throws IOException {
        var json = new ObjectMapper();
        var envelope = (ObjectNode) json.readTree(file.toArray());
        var signed = json.createObjectNode();
        new ArrayList<>(envelope.withObject("signed").properties())
                .reversed()
                .forEach(member -> signed.set(member.getKey(), member.getValue()));
        return Bytes.utf8(envelope.<ObjectNode>set("signed", signed).toString());
    }
}
