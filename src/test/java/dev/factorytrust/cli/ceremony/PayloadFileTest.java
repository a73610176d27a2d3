package dev.factorytrust.cli.ceremony;

import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.tuf.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static dev.factorytrust.tuf.TestMetadata.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PayloadFileTest {

    @TempDir
    private Path directory;

    @Test
    void a_payload_is_written_over_the_last_one_and_never_over_a_key() throws IOException {
        var payload = directory.resolve("payload.json");
        PayloadFile.write(payload, Bytes.utf8("first"));
        PayloadFile.write(payload, Bytes.utf8("second"));
        assertThat(payload).hasContent("second");

        var pem = key("alice").privatePem();
        var alice = Files.writeString(directory.resolve("alice.pem"), pem);
        var link = Files.createSymbolicLink(directory.resolve("root.json"), alice);
        for (var file : new Path[] {alice, link}) {
            assertThatThrownBy(() -> PayloadFile.write(file, Bytes.utf8("second")))
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining(file + " holds a private key")
                    .hasMessageNotContaining(pem.lines().toList().get(1));
        }
        assertThat(alice).hasContent(pem);
    }
}
