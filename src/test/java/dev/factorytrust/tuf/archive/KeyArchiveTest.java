package dev.factorytrust.tuf.archive;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.archive.KeyArchive.ArchivedKey;
import dev.factorytrust.tuf.crypto.InvalidKeyException;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class KeyArchiveTest {

    // RFC 8032, 7.1, TEST 1.
    private static final String SEED = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    private static final String PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

    private static final KeyId KEYID = new KeyId("ab".repeat(32));
    private static final Bytes MESSAGE = Bytes.utf8("payload");

    @ParameterizedTest
    @EnumSource
    void a_key_of_every_type_reads_back(KeyType type) {
        var key = SoftwareKey.generate(type);

        var read = KeyArchive.read(KeyArchive.write(List.of(new ArchivedKey(RoleName.ROOT, KEYID, key))));

        assertThat(read.keys()).singleElement().satisfies(archived -> {
            assertThat(archived.name()).isEqualTo("fioctl-root-" + KEYID);
            assertThat(archived.role()).contains(RoleName.ROOT);
            assertThat(archived.key().publicKey()).isEqualTo(key.publicKey());
            assertThat(key.publicKey().verify(MESSAGE, archived.key().sign(MESSAGE)))
                    .isTrue();
        });
    }

    @Test
    void files_lie_where_fioctl_looks_for_them_and_are_for_their_owner_only() throws IOException {
        var archive = KeyArchive.write(List.of(new ArchivedKey(RoleName.ROOT, KEYID, rfc8032())));

        var entries = entries(archive);

        assertThat(entries)
                .extracting(TarArchiveEntry::getName)
                .containsExactly(
                        "tufrepo/keys/fioctl-root-" + KEYID + ".pub", "tufrepo/keys/fioctl-root-" + KEYID + ".sec");
        assertThat(entries).extracting(entry -> entry.getMode() & 0777).containsExactly(0644, 0600);
        assertThat(entries).allSatisfy(entry -> {
            assertThat(entry.getLastModifiedDate().getTime()).isZero();
            assertThat(entry.isFile()).isTrue();
        });
    }

    @Test
    void an_ed25519_key_has_the_form_that_fioctl_parses() throws IOException {
        var files = contents(KeyArchive.write(List.of(new ArchivedKey(RoleName.ROOT, KEYID, rfc8032()))));

        assertThat(files.values())
                .containsExactly(
                        "{\"keytype\":\"ED25519\",\"keyval\":{\"public\":\"%s\"}}".formatted(PUBLIC),
                        "{\"keytype\":\"ED25519\",\"keyval\":{\"private\":\"%s%s\"}}".formatted(SEED, PUBLIC));
    }

    @Test
    void an_rsa_key_is_pkcs1_and_its_public_key_is_not() throws IOException {
        var key = SoftwareKey.generate(KeyType.RSA_2048);
        var files = contents(KeyArchive.write(List.of(new ArchivedKey(RoleName.ROOT, KEYID, key))));
        var written = new ArrayList<String>();
        for (var file : files.values()) {
            written.add(new ObjectMapper().readTree(file).get("keytype").asText());
            written.add(new ObjectMapper()
                    .readTree(file)
                    .get("keyval")
                    .elements()
                    .next()
                    .asText());
        }

        assertThat(written.get(0)).isEqualTo("RSA");
        assertThat(written.get(1)).isEqualTo(key.publicKey().pem());
        assertThat(written.get(3)).startsWith("-----BEGIN RSA PRIVATE KEY-----\n");
    }

    @Test
    void the_same_keys_make_the_same_archive_in_whatever_order() {
        var one = new ArchivedKey(RoleName.ROOT, new KeyId("1".repeat(64)), SoftwareKey.generate(KeyType.ED25519));
        var two = new ArchivedKey(RoleName.ROOT, new KeyId("2".repeat(64)), SoftwareKey.generate(KeyType.ECDSA_P256));

        assertThat(KeyArchive.write(List.of(two, one))).isEqualTo(KeyArchive.write(List.of(one, two)));
        assertThat(KeyArchive.read(KeyArchive.write(List.of(two, one))).keys())
                .extracting(ArchivedKey::name)
                .containsExactly(one.name(), two.name());
    }

    @Test
    void more_keys_come_in_and_all_else_stays() throws IOException {
        var files = new LinkedHashMap<String, String>();
        files.put("tufrepo/keys/mine.sec", json("ED25519", SEED));
        files.put("tufrepo/roles/root.json", "{}");
        files.put("tufrepo/" + "long/".repeat(15) + "name", "content");
        var fresh = new ArchivedKey(RoleName.ROOT, KEYID, SoftwareKey.generate(KeyType.ED25519));

        var grown = KeyArchive.add(archive(files), List.of(fresh));

        assertThat(contents(grown)).containsAllEntriesOf(files).hasSize(5);
        assertThat(KeyArchive.read(grown).keys()).extracting(ArchivedKey::name).containsExactly(fresh.name(), "mine");
        assertThatThrownBy(() -> KeyArchive.add(grown, List.of(fresh))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> KeyArchive.add(Bytes.utf8("no archive"), List.of(fresh)))
                .isInstanceOf(InvalidKeyException.class);
    }

    @Test
    void two_keys_of_one_name_are_refused_rather_than_one_lost() {
        var one = new ArchivedKey(RoleName.ROOT, KEYID, SoftwareKey.generate(KeyType.ED25519));
        var two = new ArchivedKey(RoleName.ROOT, KEYID, SoftwareKey.generate(KeyType.ED25519));

        assertThatThrownBy(() -> KeyArchive.write(List.of(one, two))).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void reads_what_other_tools_wrote(String what, String file, String content, PublicKey expected) {
        var read = KeyArchive.read(archive(Map.of(file, content)));

        assertThat(read.keys())
                .extracting(archived -> archived.key().publicKey())
                .containsExactly(expected);
    }

    static Stream<Arguments> reads_what_other_tools_wrote() throws IOException {
        var ed25519 = rfc8032().publicKey();
        var rsa = SoftwareKey.generate(KeyType.RSA_2048);
        var ecdsa = SoftwareKey.generate(KeyType.ECDSA_P256);
        var first = "tufrepo/keys/first-root.sec";
        return Stream.of(
                arguments("seed and public key", first, json("ED25519", SEED + PUBLIC), ed25519),
                arguments("a seed alone", first, json("ED25519", SEED), ed25519),
                arguments("lower-case keytype, upper-case digits", first, json("ed25519", SEED.toUpperCase()), ed25519),
                arguments("a path from tar's own dot", "./" + first, json("Ed25519", SEED), ed25519),
                arguments("a name that a user chose", "tuf/keys/mine.sec", json("ED25519", SEED), ed25519),
                arguments("RSA, PKCS#1", first, json("RSA", pkcs1(rsa)), rsa.publicKey()),
                arguments("RSA, PKCS#8", first, json("rsa", rsa.privatePem()), rsa.publicKey()),
                arguments("P-256, hex", first, json("ECPRIME256V1", der(ecdsa).hex()), ecdsa.publicKey()),
                arguments("P-256, PEM", first, json("ecPrime256v1", ecdsa.privatePem()), ecdsa.publicKey()));
    }

    @Test
    void reads_the_keys_out_of_a_whole_directory_of_garage_sign() {
        var files = new LinkedHashMap<String, String>();
        files.put("tufrepo/config.json", "{}");
        files.put("tufrepo/credentials.zip", "PK");
        files.put("tufrepo/roles/unsigned/root.json", "{}");
        files.put(
                "tufrepo/keys/targets.pub",
                "{\"keytype\":\"ED25519\",\"keyval\":{\"public\":\"%s\"}}".formatted(PUBLIC));
        files.put("tufrepo/keys/targets.sec", json("ED25519", SEED));
        files.put("tufrepo/keys/._targets.sec", "\0macOS");
        files.put(
                "tufrepo/keys/online.pub",
                "{\"keytype\":\"ED25519\",\"keyval\":{\"public\":\"%s\"}}".formatted(PUBLIC));
        files.put("tufrepo/keys/fioctl-targets-" + KEYID + ".sec", json("ED25519", SEED));
        files.put("tufrepo/keys/first-root.sec", json("ED25519", SEED));

        assertThat(KeyArchive.read(archive(files)).keys())
                .extracting(ArchivedKey::name, ArchivedKey::role)
                .containsExactly(
                        tuple("fioctl-targets-" + KEYID, Optional.of(RoleName.TARGETS)),
                        tuple("first-root", Optional.of(RoleName.ROOT)),
                        tuple("targets", Optional.empty()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void refuses_without_repeating_the_key(String expected, Bytes archive) {
        assertThatThrownBy(() -> KeyArchive.read(archive))
                .isInstanceOf(InvalidKeyException.class)
                .hasMessageContaining(expected)
                .hasNoCause()
                .satisfies(
                        refusal -> assertThat(refusal.getMessage()).doesNotContainIgnoringCase(SEED.substring(0, 6)));
        assertThat(KeyArchive.tryRead(archive)).isEmpty();
    }

    static Stream<Arguments> refuses_without_repeating_the_key() {
        var file = "tufrepo/keys/first-root.sec";
        var good = json("ED25519", SEED);
        var strangePublic = "{\"keytype\":\"ED25519\",\"keyval\":{\"public\":\"%s\"}}".formatted(otherPublic());
        return Stream.of(
                arguments("not a whole gzipped tar", Bytes.utf8("")),
                arguments("not a whole gzipped tar", Bytes.utf8(SEED)),
                arguments("not a whole gzipped tar", truncated(archive(Map.of(file, good)))),
                arguments("no private key", archive(Map.of())),
                arguments("no private key", archive(Map.of("tufrepo/keys/root.pub", strangePublic))),
                arguments("first-root.sec: not a JSON object", archive(Map.of(file, SEED))),
                arguments("first-root.sec: not a JSON object", archive(Map.of(file, "{\"keytype\":" + SEED))),
                arguments("another keytype", archive(Map.of(file, "[]"))),
                arguments("another keytype", archive(Map.of(file, ""))),
                arguments("another keytype", archive(Map.of(file, json("DSA", SEED)))),
                arguments("not hexadecimal", archive(Map.of(file, json("ED25519", SEED + "zz")))),
                arguments("0 bytes, where", archive(Map.of(file, json("ED25519", "")))),
                arguments("31 bytes, where", archive(Map.of(file, json("ED25519", SEED.substring(2))))),
                arguments(
                        "public key behind the seed is another's",
                        archive(Map.of(file, json("ED25519", SEED + otherPublic())))),
                arguments(
                        "first-root.pub is not the public key of",
                        archive(Map.of(file, good, "tufrepo/keys/first-root.pub", strangePublic))),
                arguments("plain PEM private key", archive(Map.of(file, json("RSA", SEED)))),
                arguments(
                        "plain PEM private key",
                        archive(Map.of(file, json("RSA", rfc8032().publicKey().pem())))),
                arguments("lies outside of it", archive(Map.of("../keys/first-root.sec", good))),
                arguments("lies outside of it", archive(Map.of("tufrepo/../../first-root.sec", good))),
                arguments("is a link", link(file)),
                arguments("two files of one name", twice(file, good)),
                arguments("more than 65536 bytes", archive(Map.of(file, "x".repeat(65_537)))),
                arguments("more than 2000 files", many(2001)),
                arguments("unpacks to more than", gzip(new byte[40 * 1024 * 1024])),
                arguments("larger than", Bytes.of(new byte[17 * 1024 * 1024])));
    }

    @Test
    @DisplayName("invariant 6: an archive shows no key by accident")
    void nothing_shows_a_key_by_accident() {
        var archive = new KeyArchive(List.of(new ArchivedKey(RoleName.ROOT, KEYID, rfc8032())));

        assertThat(archive.toString()).contains("fioctl-root-").doesNotContainIgnoringCase(SEED);
    }

    @Property(tries = 300)
    void a_damaged_archive_is_refused_or_read_but_nothing_else(
            @ForAll @IntRange(max = 10_000) int at, @ForAll byte value) {
        var bytes = unpacked(archive(Map.of("tufrepo/keys/first-root.sec", json("ED25519", SEED))));
        bytes[at % bytes.length] = value;

        try {
            assertThat(KeyArchive.read(gzip(bytes)).keys()).hasSize(1);
        } catch (InvalidKeyException refused) {
            assertThat(refused.getMessage()).doesNotContain(SEED.substring(8, 24));
        }
    }

    private static SoftwareKey rfc8032() {
        return AtsKey.readPrivate(Bytes.utf8(json("ED25519", SEED)));
    }

    private static String otherPublic() {
        return SoftwareKey.generate(KeyType.ED25519)
                .publicKey()
                .raw()
                .orElseThrow()
                .hex();
    }

    private static String json(String keytype, String secret) {
        return new ObjectMapper()
                .createObjectNode()
                .put("keytype", keytype)
                .set("keyval", new ObjectMapper().createObjectNode().put("private", secret))
                .toString();
    }

    private static Bytes der(SoftwareKey key) throws IOException {
        try (var parser = new PEMParser(new StringReader(key.privatePem()))) {
            return Bytes.of(((PrivateKeyInfo) parser.readObject()).getEncoded());
        }
    }

    private static String pkcs1(SoftwareKey key) throws IOException {
        var info = PrivateKeyInfo.getInstance(der(key).toArray());
        var text = new StringWriter();
        try (var writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(
                    "RSA PRIVATE KEY", info.parsePrivateKey().toASN1Primitive().getEncoded()));
        }
        return text.toString();
    }

    private static Bytes archive(Map<String, String> files) {
        return tar(files.entrySet().stream()
                .map(file -> Map.entry(entry(file.getKey(), file.getValue()), file.getValue()))
                .toList());
    }

    private static Bytes twice(String name, String content) {
        return tar(List.of(Map.entry(entry(name, content), content), Map.entry(entry(name, content), content)));
    }

    private static Bytes many(int count) {
        return tar(IntStream.range(0, count)
                .mapToObj(i -> Map.entry(entry("tufrepo/file-" + i, ""), ""))
                .toList());
    }

    private static Bytes link(String name) {
        var link = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
        link.setLinkName("/etc/passwd");
        return tar(List.of(Map.entry(link, "")));
    }

    private static TarArchiveEntry entry(String name, String content) {
        var entry = new TarArchiveEntry(name);
        entry.setSize(content.length());
        return entry;
    }

    private static Bytes tar(List<Map.Entry<TarArchiveEntry, String>> entries) {
        var bytes = new ByteArrayOutputStream();
        try (var tar = new TarArchiveOutputStream(bytes, "UTF-8")) {
            for (var entry : entries) {
                tar.putArchiveEntry(entry.getKey());
                tar.write(Bytes.utf8(entry.getValue()).toArray());
                tar.closeArchiveEntry();
            }
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
        return gzip(bytes.toByteArray());
    }

    private static Bytes gzip(byte[] content) {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
        return Bytes.of(bytes.toByteArray());
    }

    private static byte[] unpacked(Bytes archive) {
        try (var gzip = new GZIPInputStream(new ByteArrayInputStream(archive.toArray()))) {
            return gzip.readAllBytes();
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static Bytes truncated(Bytes archive) {
        return Bytes.of(Arrays.copyOf(archive.toArray(), archive.size() / 2));
    }

    private static List<TarArchiveEntry> entries(Bytes archive) throws IOException {
        var entries = new ArrayList<TarArchiveEntry>();
        try (var tar = new TarArchiveInputStream(new ByteArrayInputStream(unpacked(archive)))) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                entries.add(entry);
            }
        }
        return entries;
    }

    private static Map<String, String> contents(Bytes archive) throws IOException {
        var contents = new LinkedHashMap<String, String>();
        try (var tar = new TarArchiveInputStream(new ByteArrayInputStream(unpacked(archive)))) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                contents.put(entry.getName(), Bytes.of(tar.readAllBytes()).utf8());
            }
        }
        return contents;
    }
}
