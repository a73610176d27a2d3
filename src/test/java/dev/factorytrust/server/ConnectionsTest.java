package dev.factorytrust.server;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/** How long and how much of the server one connection has. */
class ConnectionsTest {

    private static final String GET = "GET /fleet/acme/1.root.json HTTP/1.1\r\nHost: devices\r\n\r\n";

    private TestServer server;

    @AfterEach
    void stop() {
        server.close();
    }

    /** What is no whole head doesn't make a connection busy: the decoder keeps it from who watches for that. */
    @Test
    void a_request_that_never_becomes_whole_ends_with_its_connection() throws Exception {
        var idle = Duration.ofMillis(500);
        server = new TestServer(Duration.ZERO, 0, idle);
        try (var socket = server.connect(new Socket());
                var clock = Executors.newSingleThreadScheduledExecutor()) {
            socket.setSoTimeout(5_000);
            write(socket, "GET / HTTP/1.1\r\nX: ");
            clock.scheduleAtFixedRate(() -> writeIfOpen(socket), 0, idle.toMillis() / 10, TimeUnit.MILLISECONDS);

            assertThat(readToItsEnd(socket)).isEmpty();
        }
    }

    @Test
    void as_many_requests_as_may_be_sent_ahead_are_answered() throws Exception {
        server = TestServer.withAcme(Duration.ZERO, 0);
        try (var socket = server.connect(new Socket())) {
            write(socket, GET.repeat(Pipelining.MAX - 1) + GET.replace("Host", "Connection: close\r\nHost"));

            assertThat(readToItsEnd(socket).split("HTTP/1.1 200 ")).hasSize(Pipelining.MAX + 1);
        }
    }

    /** The requests, and the answers to them, would be kept for as long as the stranger likes. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                GET,
                "GET /fleet/acme/2.root.json HTTP/1.1\r\nHost: devices\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: devices\r\n\r\n",
                "GET /%zz HTTP/1.1\r\nHost: devices\r\n\r\n",
            })
    void who_asks_on_and_takes_no_answer_is_cut_off(String request) throws Exception {
        server = TestServer.withAcme(Duration.ZERO, 0);
        try (var socket = server.connect(new Socket())) {
            write(socket, request.repeat(Pipelining.MAX + 1));

            assertThat(readToItsEnd(socket).split("HTTP/1.1 ")).hasSizeLessThanOrEqualTo(Pipelining.MAX + 1);
        }
    }

    @Test
    void requests_without_end_are_answered_when_each_waits_for_the_last_ones_answer() throws Exception {
        server = TestServer.withAcme(Duration.ZERO, 0);
        for (int i = 0; i < 3 * Pipelining.MAX; i++) {
            assertThat(server.get("/fleet/acme/1.root.json").statusCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST / HTTP/1.1\r\nHost: devices", "GET / HTTP/1.1\r\nHost: devices", "GET / HTTP/1.1"})
    void a_request_with_a_body_is_the_last_of_its_connection(String head) throws Exception {
        server = TestServer.withAcme(Duration.ZERO, 0);
        for (var announced : new String[] {"Content-Length: 1000000", "Transfer-Encoding: chunked"}) {
            assertThat(server.raw(head + "\r\n" + announced + "\r\n\r\n"))
                    .matches("(?s)HTTP/1.1 4(05|04|00) .*")
                    .containsIgnoringCase("\r\nconnection: close\r\n");
        }
    }

    private static void write(Socket socket, String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void writeIfOpen(Socket socket) {
        try {
            write(socket, "x");
        } catch (IOException closed) {
            throw new IllegalStateException("no further byte is sent", closed);
        }
    }

    /** Closed while bytes were on their way, it ends with a reset. */
    private static String readToItsEnd(Socket socket) throws IOException {
        var read = new StringBuilder();
        try {
            for (int next = socket.getInputStream().read();
                    next >= 0;
                    next = socket.getInputStream().read()) {
                read.append((char) next);
            }
        } catch (SocketException reset) {
            read.append("");
        }
        return read.toString();
    }
}
