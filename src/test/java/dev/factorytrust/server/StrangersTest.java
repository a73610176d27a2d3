package dev.factorytrust.server;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** Whatever strangers send, devices and caches get no answer that stops them. */
class StrangersTest {

    private static TestServer server;

    @BeforeContainer
    static void start() {
        server = TestServer.withAcme(Duration.ZERO, 0);
    }

    @AfterContainer
    static void stop() {
        server.close();
    }

    @Property(tries = 200)
    void no_path_yields_a_server_error_or_a_redirect(@ForAll("targets") String target) throws IOException {
        // What isn't a path at all ("GET  HTTP/1.1") is refused before it gets here.
        var expected = target.startsWith("/") ? "HTTP/1\\.1 (200|404) " : "HTTP/1\\.[01] (200|400|404) ";
        assertThat(server.rawGet(target)).containsPattern("^" + expected);
    }

    @Property(tries = 100)
    void no_header_yields_a_server_error_or_a_redirect(
            @ForAll("headerValues") String acceptEncoding, @ForAll("headerValues") String ifNoneMatch)
            throws IOException {
        var answer = server.raw("GET /fleet/acme/1.root.json HTTP/1.1\r\nHost: devices\r\nConnection: close\r\n"
                + "Accept-Encoding: " + acceptEncoding + "\r\nIf-None-Match: " + ifNoneMatch + "\r\n\r\n");

        var known = ifNoneMatch.matches("(.*,)?\\s*\\*\\s*(,.*)?");
        assertThat(answer).startsWith(known ? "HTTP/1.1 304 " : "HTTP/1.1 200 ");
    }

    @Property(tries = 200)
    void a_versioned_name_reads_back_as_it_was_written(
            @ForAll @LongRange(min = 1, max = Integer.MAX_VALUE) long version, @ForAll("roles") String role) {
        var name = new VersionedName(version, role);

        assertThat(VersionedName.parse(name.file())).contains(name);
    }

    @Property(tries = 200)
    void only_the_name_that_a_version_has_is_parsed(@ForAll("names") String text) {
        VersionedName.parse(text).ifPresent(name -> assertThat(name.file()).isEqualTo(text));
    }

    @Provide
    Arbitrary<String> targets() {
        var odd =
                List.of("/", "//", "..", ".", "%", "%2f", "%00", "%zz", "?", "#", ";", "\\", "\0", "\u00ff", "*", ":");
        var known = List.of("fleet", "acme", "repo", "1.root.json", "8.snapshot.json", "timestamp.json", "http://h");
        var any = Arbitraries.strings().withCharRange('!', '~').ofMaxLength(20);
        return Arbitraries.oneOf(Arbitraries.of(odd), Arbitraries.of(known), Arbitraries.just("/"), any)
                .list()
                .ofMinSize(1)
                .ofMaxSize(12)
                .map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<String> headerValues() {
        var known = Arbitraries.of("gzip", ";q=", "0", "1", ",", "*", "W/", "\"", " ", "identity", ";", "=");
        return Arbitraries.oneOf(
                        known, Arbitraries.strings().withCharRange(' ', '~').ofMaxLength(5))
                .list()
                .ofMaxSize(8)
                .map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<String> roles() {
        return Arbitraries.strings()
                .alpha()
                .numeric()
                .withChars(".-_%")
                .ofMinLength(1)
                .ofMaxLength(30);
    }

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.of("0", "1", "9", "12345678901234567890", ".", "-", "a", "json", ".json", "root")
                .list()
                .ofMaxSize(6)
                .map(parts -> String.join("", parts));
    }
}
