package dev.factorytrust.docs;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.factorytrust.testing.Command;
import dev.factorytrust.testing.SoftHsm;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.model.Role;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import static dev.factorytrust.tuf.TestMetadata.EXPIRES;
import static dev.factorytrust.tuf.TestMetadata.TUF;
import static dev.factorytrust.tuf.TestMetadata.root;
import static org.assertj.core.api.Assertions.assertThat;

/** Runs the commands of docs/pkcs11.md as they stand there, but for the PINs that are typed. */
class TokenPageIT {

    private static final String REHEARSAL = "Rehearse with SoftHSM";

    private final Page page = Page.read(Path.of("docs/pkcs11.md"));

    @TempDir
    private Path directory;

    @Test
    void the_rehearsal_makes_a_key_on_a_token_and_signs_with_it() throws Exception {
        var tokens = SoftHsm.in(directory);
        var blocks = page.blocks(REHEARSAL);
        assertThat(blocks).hasSize(4);
        run(tokens, blocks.get(0));
        var made = Files.readString(directory.resolve("alice.yaml"));
        assertThat(run(tokens, blocks.get(0).lines().findFirst().orElseThrow() + '\n' + blocks.get(1)))
                .isEqualTo(made);
        assertThat(run(tokens, blocks.get(0).lines().findFirst().orElseThrow() + '\n' + blocks.get(2)))
                .contains("BEGIN PUBLIC KEY")
                .doesNotContain(made.lines().toList().get(3));

        List<Map<String, String>> entries = Serialization.unmarshal(made, List.class);
        var key = PublicKey.parsePem(entries.getFirst().get("publicKey"));
        var payload = payloadOf(key);
        Files.write(directory.resolve("payload.json"), payload.toArray());
        run(
                tokens,
                blocks.get(0).lines().findFirst().orElseThrow()
                        + '\n'
                        + blocks.get(3).replace("sign ", "sign --yes "));
        var secret = Serialization.unmarshal(Files.readString(directory.resolve("alice-signs.yaml")), Secret.class);
        assertThat(key.verify(payload, Bytes.base64(secret.getData().get("signature"))))
                .isTrue();
    }

    private static Bytes payloadOf(PublicKey key) {
        var listed = TUF.key(key);
        var keyid = TUF.keyId(listed);
        var first = root(1, Map.of(RoleName.ROOT, new Role(List.of(keyid), 1, Map.of())));
        var keys = new HashMap<>(first.keys());
        keys.put(keyid, listed);
        return TUF.canonical(new Root(
                1,
                EXPIRES,
                true,
                keys,
                first.roles(),
                Map.of(
                        "x-factory-trust-rotation", TextNode.valueOf("acme-root-1"),
                        "x-factory-trust-rotation-sha256", TextNode.valueOf("0".repeat(64)),
                        "x-factory-trust-factory", TextNode.valueOf("fleet/acme"))));
    }

    private String run(SoftHsm tokens, String block) throws IOException, InterruptedException {
        var typed = block.replace(
                        "kubectl factory",
                        Path.of("target", "kubectl-factory").toAbsolutePath().toString())
                .replace("--token alice", "--token alice --pin-env PIN")
                .replace("--login", "--login --pin $PIN")
                .replace("--label alice\n", "--label alice --so-pin 12345678 --pin $PIN\n");
        return Command.run(
                directory,
                List.of("env", tokens.environment(), "PIN=" + SoftHsm.PIN, "bash", "-euo", "pipefail", "-c", typed));
    }
}
