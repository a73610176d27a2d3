package dev.factorytrust.server;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class MetadataEndpointTest {

    private static final String FOR_EVER = "public, max-age=31536000, immutable";
    private static final String SHORTLY = "public, max-age=10";

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.withAcme(Duration.ZERO, 0);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    static Stream<Arguments> names() {
        return Stream.of(
                arguments("1.root.json", "1.root.json", FOR_EVER),
                arguments("3.root.json", "3.root.json", FOR_EVER),
                arguments("5.targets.json", "5.targets.json", FOR_EVER),
                arguments("7.snapshot.json", "7.snapshot.json", FOR_EVER),
                arguments("timestamp.json", "timestamp.json of 7", SHORTLY),
                arguments("root.json", "3.root.json", SHORTLY),
                arguments("targets.json", "5.targets.json", SHORTLY),
                arguments("snapshot.json", "7.snapshot.json", SHORTLY),
                arguments("repo/3.root.json", "3.root.json", FOR_EVER),
                arguments("repo/snapshot.json", "7.snapshot.json", SHORTLY),
                arguments("1.root.json?cache=no", "1.root.json", FOR_EVER));
    }

    @ParameterizedTest
    @MethodSource("names")
    @DisplayName("invariant 9: a file is served as it was signed")
    void a_file_is_served_as_it_was_signed(String name, String content, String cacheControl) {
        var answer = server.get("/fleet/acme/" + name);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(text(answer)).isEqualTo(Views.content(content));
        assertThat(header(answer, "Cache-Control")).containsExactly(cacheControl);
        assertThat(header(answer, "Content-Type")).containsExactly("application/json");
        assertThat(header(answer, "Content-Length")).containsExactly(Integer.toString(answer.body().length));
        assertThat(header(answer, "Transfer-Encoding")).isEmpty();
        assertThat(header(answer, "Vary")).containsExactlyInAnyOrder("accept-encoding");
        assertThat(header(answer, "ETag")).singleElement().asString().matches("\"[0-9a-f]{64}\"");
    }

    @ParameterizedTest
    @MethodSource("names")
    void a_head_request_has_the_headers_of_a_get_and_no_body(String name) {
        var get = server.get("/fleet/acme/" + name);
        var head = server.request("HEAD", "/fleet/acme/" + name);

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().map()).isEqualTo(get.headers().map());
        assertThat(head.body()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/fleet",
                "/fleet/acme",
                "/fleet/acme/",
                "/fleet/other/1.root.json",
                "/other/acme/1.root.json",
                "/fleet/acme/4.root.json",
                "/fleet/acme/5.root.json",
                "/fleet/acme/0.root.json",
                "/fleet/acme/01.root.json",
                "/fleet/acme/-1.root.json",
                "/fleet/acme/1.root.json/",
                "/fleet/acme/99999999999999999999999999.root.json",
                "/fleet/acme/6.snapshot.json",
                "/fleet/acme/7.timestamp.json",
                "/fleet/acme/1.json",
                "/fleet/acme/mirrors.json",
                "/fleet/acme/repo/",
                "/fleet/acme/repo/repo/1.root.json",
                "/fleet/acme/targets/a.bin",
                "//fleet/acme/1.root.json",
                "/fleet//acme/1.root.json",
                "/fleet/acme//1.root.json",
                "/fleet/acme/./1.root.json",
                "/fleet/x/../acme/1.root.json",
                "/fleet/acme/%31.root.json",
                "/fleet/acme/..%2f1.root.json",
                "/fleet/acme/%00",
                "/fleet/acme/%zz",
                "/fleet/acme/%",
                "/FLEET/acme/1.root.json",
                "/fleet/acme/1.ROOT.json",
                "/q/metrics",
                "/favicon.ico"
            })
    void what_no_view_names_is_a_plain_404(String path) throws IOException {
        assertPlain404(server.rawGet(path));
    }

    @Test
    void a_very_long_path_is_a_plain_404() throws IOException {
        assertPlain404(server.rawGet("/fleet/acme/" + "a/".repeat(1900)));
    }

    private static void assertPlain404(String answer) {
        assertThat(answer)
                .startsWith("HTTP/1.1 404 ")
                .containsIgnoringCase("\r\ncontent-type: text/plain; charset=utf-8\r\n")
                .containsIgnoringCase("\r\ncache-control: " + SHORTLY + "\r\n")
                .endsWith("\r\n\r\nnot found\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"})
    void only_reading_is_allowed(String method) throws IOException {
        var request = method + " /fleet/acme/1.root.json HTTP/1.1\r\nHost: devices\r\nConnection: close\r\n\r\n";

        assertThat(server.raw(request)).startsWith("HTTP/1.1 405 ").containsIgnoringCase("\r\nallow: GET, HEAD\r\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gzip                          | true",
                "GZip                          | true",
                "deflate, gzip;q=0.5           | true",
                "gzip;q=1.0, *;q=0             | true",
                "identity;q=0.5, gzip ; q=0.01 | true",
                "''                            | false",
                "identity                      | false",
                "*                             | false",
                "gzip;q=0                      | false",
                "gzip; q=0.000                 | false",
                "gzip;Q=0                      | false",
                "br, deflate, zstd             | false",
                "gzipped                       | false",
                "q=0, ;;,,                     | false",
            })
    void gzip_is_sent_only_where_it_is_asked_for(String acceptEncoding, boolean gzip) throws IOException {
        var answer = server.get("/fleet/acme/3.root.json", "Accept-Encoding", acceptEncoding);

        assertThat(header(answer, "Content-Encoding")).isEqualTo(gzip ? List.of("gzip") : List.of());
        var bytes = gzip ? new GZIPInputStream(new ByteArrayInputStream(answer.body())).readAllBytes() : answer.body();
        assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo(Views.content("3.root.json"));
        assertThat(header(answer, "Vary")).containsExactly("accept-encoding");
    }

    @Test
    void nothing_is_packed_that_would_not_become_smaller() {
        server.views.publish("fleet", "tiny", Views.tiny());

        var answer = server.get("/fleet/tiny/1.root.json", "Accept-Encoding", "gzip");

        assertThat(header(answer, "Content-Encoding")).isEmpty();
        assertThat(text(answer)).isEqualTo("{}");
    }

    @Test
    void each_representation_has_an_etag_of_its_own() {
        var plain = server.get("/fleet/acme/3.root.json");
        var packed = server.get("/fleet/acme/3.root.json", "Accept-Encoding", "gzip");

        assertThat(header(packed, "ETag")).isNotEqualTo(header(plain, "ETag"));
        assertThat(server.get(
                                "/fleet/acme/3.root.json",
                                "If-None-Match",
                                header(packed, "ETag").getFirst())
                        .statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*                    | 304",
                "TAG                  | 304",
                "W/TAG                | 304",
                "\"a\", TAG           | 304",
                "\"a\" , W/\"b\",TAG  | 304",
                "\"a\"                | 200",
                "TAGTAG               | 200",
                "''                   | 200",
                ",,                   | 200",
            })
    void who_has_a_file_already_is_told_so_if_he_asks(String ifNoneMatch, int status) {
        var etag = header(server.get("/fleet/acme/timestamp.json"), "ETag").getFirst();

        var answer = server.get("/fleet/acme/timestamp.json", "If-None-Match", ifNoneMatch.replace("TAG", etag));

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(header(answer, "ETag")).containsExactly(etag);
        assertThat(header(answer, "Cache-Control")).containsExactly(SHORTLY);
        assertThat(header(answer, "Vary")).containsExactly("accept-encoding");
        assertThat(text(answer)).isEqualTo(status == 304 ? "" : Views.content("timestamp.json of 7"));
    }

    @Test
    void a_304_is_never_sent_for_what_is_not_there() {
        assertThat(server.get("/fleet/acme/4.root.json", "If-None-Match", "*").statusCode())
                .isEqualTo(404);
    }

    @Test
    void a_304_leaves_the_connection_usable() throws IOException {
        var path = "/fleet/acme/1.root.json HTTP/1.1\r\nHost: devices\r\n";
        var answers = server.raw("GET " + path + "If-None-Match: *\r\n\r\n"
                + "HEAD " + path + "\r\n"
                + "GET " + path + "Connection: close\r\n\r\n");

        assertThat(answers).matches("(?s)HTTP/1.1 304 .*HTTP/1.1 200 .*HTTP/1.1 200 .*");
        assertThat(answers).endsWith(Views.content("1.root.json"));
    }

    @ParameterizedTest
    @CsvSource({"GET /fleet/acme/1.root.json, 400", "GET *, 404", "GET http://devices, 404"})
    void a_malformed_request_is_refused(String request, int status) throws IOException {
        var host = status == 400 ? "" : "Host: devices\r\n";

        assertThat(server.raw(request + " HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 " + status + " ");
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private static List<String> header(HttpResponse<byte[]> answer, String name) {
        return answer.headers().allValues(name);
    }
}
