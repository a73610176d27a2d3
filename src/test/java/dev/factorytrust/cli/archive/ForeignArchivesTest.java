package dev.factorytrust.cli.archive;

import dev.factorytrust.operator.factory.InMemoryFactory;
import dev.factorytrust.stories.Person;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

import static org.assertj.core.api.Assertions.assertThat;

/** Archives laid out as fioctl and garage-sign lay out theirs, written here by hand from that layout, are rotated too. */
class ForeignArchivesTest {

    @TempDir
    private Path drawer;

    @Test
    void one_of_fioctl_with_an_older_key_in_it() throws IOException {
        var first = Person.withKey("first", KeyType.ED25519);
        var second = Person.withKey("second", KeyType.ED25519);
        var files = new LinkedHashMap<String, String>();
        files.put("tufrepo/keys/first-root.sec", ats("ED25519", "private", seed(first) + raw(first)));
        files.put("tufrepo/keys/first-root.pub", ats("ED25519", "public", raw(first)));
        var name = "tufrepo/keys/fioctl-root-" + second.key().publicKey().fingerprint();
        files.put(name + ".sec", ats("ED25519", "private", seed(second)));
        files.put(name + ".pub", ats("ED25519", "public", raw(second)));
        var after = rotated(first, second, files);
        assertThat(after).containsAllEntriesOf(files).hasSize(6);
        assertThat(after.keySet())
                .filteredOn(file -> !files.containsKey(file))
                .allMatch(file -> file.matches("tufrepo/keys/fioctl-root-[0-9a-f]{64}\\.(sec|pub)"));
    }

    @Test
    void a_whole_repository_of_garage_sign_with_an_rsa_key() throws IOException {
        var alice = Person.withKey("alice", KeyType.RSA_2048);
        var files = new LinkedHashMap<String, String>();
        files.put("tufrepo/config.json", "{\"reposerver\":\"https://ota.example.com\"}");
        files.put("tufrepo/credentials.zip", "not ours to read");
        files.put("tufrepo/roles/root.json", "{}");
        files.put("tufrepo/" + "deep/".repeat(40) + "name", "as GNU tar writes it");
        files.put("tufrepo/roles/unsigned/root.json", "{}");
        files.put("tufrepo/keys/mine.sec", ats("RSA", "private", pkcs1(alice)));
        files.put(
                "tufrepo/keys/mine.pub",
                ats("RSA", "public", alice.key().publicKey().pem()));
        files.put(
                "tufrepo/keys/targets.pub",
                ats("RSA", "public", alice.key().publicKey().pem()));
        assertThat(rotated(alice, alice, files)).containsAllEntriesOf(files).hasSize(10);
    }

    /**
     * The files of the archive once the root of a Factory that this holder has signed for is rotated with it.
     *
     * @param before the holder with the key that made way for that of now, if it is another
     */
    private Map<String, String> rotated(Person before, Person person, Map<String, String> files) throws IOException {
        try (var factory =
                InMemoryFactory.unwatched("offline: {threshold: 1, keys: [%s]}".formatted(before.declared()), before)) {
            if (!person.equals(before)) {
                exchange(factory, before, person);
            }
            var roots = factory.newestRoot();
            var holder = new KeyHolder(factory, drawer.resolve("keys.tgz")).putInDrawer(packed(files));
            var old = holder.keys();
            holder.rotate(KeyHolder.PLAIN);
            assertThat(factory.newestRoot()).isEqualTo(roots + 1);
            assertThat(holder.keys())
                    .containsAll(old)
                    .containsAll(holder.fleetsKeys())
                    .hasSize(old.size() + 1);
            assertThat(holder.told())
                    .as("whoever held the old key holds the new one")
                    .anyMatch(line -> line.startsWith("  + " + person.name() + " ed25519"));
            return unpacked(Files.readAllBytes(drawer.resolve("keys.tgz")));
        }
    }

    private static void exchange(InMemoryFactory factory, Person before, Person person) {
        factory.declare(
                "exchange", "root: {addKeys: [%s], removeKeys: [%s]}".formatted(person.declared(), before.name()));
        factory.settle();
        factory.sign("exchange", before);
        factory.sign("exchange", person);
        factory.settle();
        assertThat(factory.newestRoot()).isEqualTo(2);
    }

    private static String ats(String keytype, String half, String value) {
        return "{\"keytype\":\"%s\",\"keyval\":{\"%s\":\"%s\"}}".formatted(keytype, half, value.replace("\n", "\\n"));
    }

    private static PrivateKeyInfo pkcs8(SoftwareKey key) throws IOException {
        try (var parser = new PEMParser(new StringReader(key.privatePem()))) {
            return (PrivateKeyInfo) parser.readObject();
        }
    }

    private static String seed(Person person) throws IOException {
        return HexFormat.of()
                .formatHex(ASN1OctetString.getInstance(pkcs8(person.key()).parsePrivateKey())
                        .getOctets());
    }

    private static String raw(Person person) {
        return person.key().publicKey().raw().orElseThrow().hex();
    }

    private static String pkcs1(Person person) throws IOException {
        var text = new StringWriter();
        try (var pem = new PemWriter(text)) {
            pem.writeObject(new PemObject(
                    "RSA PRIVATE KEY",
                    pkcs8(person.key()).parsePrivateKey().toASN1Primitive().getEncoded()));
        }
        return text.toString();
    }

    private static Bytes packed(Map<String, String> files) throws IOException {
        var archive = new ByteArrayOutputStream();
        try (var tar = new TarArchiveOutputStream(new GZIPOutputStream(archive))) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
            tar.putArchiveEntry(new TarArchiveEntry("tufrepo/"));
            tar.closeArchiveEntry();
            for (var file : files.entrySet()) {
                var content = file.getValue().getBytes(StandardCharsets.UTF_8);
                var entry = new TarArchiveEntry(file.getKey());
                entry.setSize(content.length);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
        return Bytes.of(archive.toByteArray());
    }

    private static Map<String, String> unpacked(byte[] archive) throws IOException {
        var files = new TreeMap<String, String>();
        try (var tar = new TarArchiveInputStream(new GZIPInputStream(new ByteArrayInputStream(archive)))) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (entry.isFile()) {
                    files.put(entry.getName(), new String(tar.readAllBytes(), StandardCharsets.UTF_8));
                }
            }
        }
        return files;
    }
}
