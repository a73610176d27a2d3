package dev.factorytrust.tuf.dialect;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.InDialect;
import dev.factorytrust.tuf.model.Metadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Map;

import static dev.factorytrust.tuf.TestMetadata.snapshot;
import static dev.factorytrust.tuf.TestMetadata.targets;
import static dev.factorytrust.tuf.TestMetadata.timestamp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DialectsTest {

    @ParameterizedTest
    @MethodSource(InDialect.ALL)
    void a_dialect_is_found_by_its_name(Dialect dialect) {
        assertThat(Dialects.of(dialect.id())).hasSameClassAs(dialect);
    }

    @Test
    void a_name_of_none_is_refused() {
        assertThatThrownBy(() -> Dialects.of("otaconnect"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is no dialect otaconnect, only TUF and OTAConnect");
    }

    @ParameterizedTest
    @MethodSource(InDialect.ALL)
    void a_file_and_a_payload_of_every_role_tell_their_dialect(Dialect dialect) {
        var in = new InDialect(dialect);
        for (var metadata : List.<Metadata>of(
                in.root(1), targets(1), snapshot(1, Map.of()), timestamp(1, Bytes.utf8("snapshot"), 1))) {
            assertThat(Dialects.recognise(in.sign(metadata, "root"))).as("file").hasSameClassAs(dialect);
            assertThat(Dialects.recognise(dialect.canonical(metadata)))
                    .as("payload")
                    .hasSameClassAs(dialect);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html>",
                "[]",
                "{}",
                "{\"signed\": 1}",
                "{\"signed\": {}}",
                "{\"signed\": {\"_type\": 1}}",
                "{\"signed\": {\"_type\": \"ROOT\"}}",
                "{\"signed\": {\"_type\": \"mirrors\"}}",
                "{\"_type\": \"\", \"signed\": {\"_type\": \"root\"}}"
            })
    void what_is_metadata_of_none_is_refused(String file) {
        assertThatThrownBy(() -> Dialects.recognise(Bytes.utf8(file))).isInstanceOf(MalformedMetadataException.class);
    }
}
