package dev.factorytrust.cli.ceremony;

import dev.factorytrust.cli.Shell;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static dev.factorytrust.tuf.TestMetadata.key;
import static org.assertj.core.api.Assertions.assertThat;

/** What is refused before anything is sent. No cluster is near, and none is asked. */
class AttachTest {

    private static final String GOOD = """
            apiVersion: v1
            kind: Secret
            metadata: {name: alice-signs, namespace: fleet, labels: {factory-trust.dev/signs: hand-over-payload}}
            type: factory-trust.dev/signature
            data: {signature: %s}
            """;

    private static final String SIGNATURE = Bytes.of(new byte[64]).base64();

    @TempDir
    private Path directory;

    private Shell attach(String yaml, Object... more) throws IOException {
        var words = new Object[more.length + 2];
        words[0] = "attach";
        words[1] = Files.writeString(directory.resolve("signed.yaml"), yaml);
        System.arraycopy(more, 0, words, 2, more.length);
        return Shell.run(words);
    }

    private static void assertRefused(Shell shell, String why) {
        assertThat(shell.exitCode()).as(shell.err()).isEqualTo(Failure.REFUSED);
        assertThat(shell.err()).contains("signed.yaml").contains(why);
        assertThat(shell.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kind: Secret|kind: Role",
                "type: factory-trust.dev/signature|type: Opaque",
                "apiVersion: v1|apiVersion: v2",
                "kind: Secret|kind: [Secret]"
            })
    void nothing_else_is_created(String change) throws IOException {
        var swap = change.split("\\|");
        var other = GOOD.formatted(SIGNATURE).replace(swap[0], swap[1]);
        assertRefused(attach(GOOD.formatted(SIGNATURE) + "---\n" + other), "no Secret of type");
    }

    @Test
    void a_private_key_in_any_form_goes_nowhere_and_is_not_repeated() throws IOException {
        var pem = key("alice").privatePem();
        var line = pem.lines().toList().get(1);
        for (var yaml : new String[] {
            pem,
            GOOD.formatted(Bytes.utf8(pem).base64()),
            GOOD.formatted(SIGNATURE) + "stringData: {keyid: " + line + "}\n",
            "kind: Secret\nstringData: {key: '" + line + "'}\n" + pem
        }) {
            var shell = attach(yaml);
            assertRefused(shell, "");
            assertThat(shell.err())
                    .doesNotContain(line)
                    .doesNotContain(Bytes.utf8(pem).base64());
        }
        assertRefused(attach(GOOD.formatted(Bytes.utf8(pem).base64())), "holds a PRIVATE KEY");
    }

    @Test
    void a_private_key_as_a_bare_signature_goes_nowhere_either() throws IOException {
        var pem = SoftwareKey.parsePem(key("alice").privatePem()).privatePem();
        var file = Files.writeString(directory.resolve("alice.pem"), pem);
        var shell = Shell.run("attach", "--rotation", "hand-over", "--signature", file);
        assertThat(shell.exitCode()).isEqualTo(Failure.REFUSED);
        assertThat(shell.err())
                .contains("alice.pem holds a PRIVATE KEY")
                .doesNotContain(pem.lines().toList().get(1));
    }

    @Test
    void a_signature_for_elsewhere_is_refused() throws IOException {
        assertRefused(attach(GOOD.formatted(SIGNATURE), "-n", "other"), "is for namespace fleet, and -n says other");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name: alice-signs|name: ../x",
                "name: alice-signs|name: {}",
                "hand-over-payload|hand-over",
                "namespace: fleet|namespace: Fleet",
                "data: {signature|data: {keyid",
                "data: {signature|data: {more: AAAA, signature",
                "data: {signature: AAAA|data: {signature: '!'"
            })
    void a_secret_of_another_shape_is_refused(String change) throws IOException {
        var swap = change.split("\\|");
        var yaml = GOOD.formatted(SIGNATURE);
        assertThat(yaml).contains(swap[0]);
        assertRefused(attach(yaml.replace(swap[0], swap[1])), "");
    }

    @Test
    void yaml_that_is_meant_to_do_harm_does_none() throws IOException {
        var bomb = new StringBuilder("a: &a [x, x, x, x, x, x, x, x, x]\n");
        for (var level = 'b'; level < 'k'; level++) {
            var before = "*" + (char) (level - 1);
            bomb.append("%c: &%c [%s]\n".formatted(level, level, (before + ", ").repeat(8) + before));
        }
        assertRefused(attach(bomb.toString()), "");
        assertRefused(attach("[".repeat(100_000)), "is no YAML");
        assertRefused(attach("kind: Secret\nkind: Secret\n"), "is no YAML");
        assertRefused(attach("!!javax.script.ScriptEngineManager [x]"), "");
        assertRefused(attach("\0\1\2"), "is no YAML");
        assertRefused(attach(""), "is empty");
        assertRefused(attach("---\n".repeat(50)), "is empty");
    }

    @Test
    void files_and_a_bare_signature_are_two_ways_and_not_one() throws IOException {
        var yaml = Files.writeString(directory.resolve("signed.yaml"), GOOD.formatted(SIGNATURE));
        for (var words : new Object[][] {
            {"attach"},
            {"attach", yaml, "--signature", yaml, "--rotation", "x"},
            {"attach", yaml, "--rotation", "x"},
            {"attach", "--signature", yaml},
            {"attach", yaml, "--keyid", "ab"}
        }) {
            assertThat(Shell.run(words).exitCode()).isEqualTo(2);
        }
    }
}
