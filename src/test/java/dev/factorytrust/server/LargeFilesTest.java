package dev.factorytrust.server;

import dev.factorytrust.tuf.Bytes;
import io.netty.buffer.PooledByteBufAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Targets metadata of a fleet with many Targets, and readers that are slow, or gone. */
class LargeFilesTest {

    private static final int MIB = 1024 * 1024;
    private static final String GET = "GET /fleet/large/1.targets.json HTTP/1.1\r\nHost: devices\r\n\r\n";
    private static final byte[] LARGE = new byte[4 * MIB];
    private static final Duration IDLE = Duration.ofSeconds(1);

    static {
        new Random(7).nextBytes(LARGE);
    }

    private TestServer server;

    @BeforeEach
    void start() {
        server = new TestServer(Duration.ZERO, 0, IDLE);
        var root = Bytes.of(new byte[] {'{', '}'});
        server.views.publish(
                "fleet",
                "large",
                new RepositoryView(Map.of("1.root.json", root, "1.targets.json", Bytes.of(LARGE)), Map.of("root", 1L)));
        server.views.markSynced();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void a_large_file_arrives_whole() {
        assertThat(server.get("/fleet/large/1.targets.json").body()).isEqualTo(LARGE);
        assertThat(server.request("HEAD", "/fleet/large/1.targets.json")
                        .headers()
                        .firstValue("Content-Length"))
                .contains(Integer.toString(LARGE.length));
    }

    @Test
    void what_nobody_reads_is_not_copied_and_what_was_goes_with_its_reader() throws Exception {
        var before = copied();
        try (var socket = server.connect(new Socket())) {
            write(socket, GET.repeat(Pipelining.MAX));
            assertThat(server.handled.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
            // After the event loop is through with what arrived there.
            server.get("/fleet/large/1.root.json");

            assertThat(copied() - before).isBetween(1L, MIB / 4L);
        }
        await().untilAsserted(() -> assertThat(copied()).isEqualTo(before));
    }

    @Test
    void pipelined_large_files_arrive_in_their_order() throws Exception {
        try (var socket = server.connect(new Socket())) {
            write(socket, GET.repeat(3) + "GET /fleet/large/1.root.json HTTP/1.1\r\nHost: devices\r\n\r\n");
            for (int i = 0; i < 3; i++) {
                skipHead(socket.getInputStream());
                assertThat(socket.getInputStream().readNBytes(LARGE.length)).isEqualTo(LARGE);
            }
            skipHead(socket.getInputStream());
            assertThat(socket.getInputStream().readNBytes(2)).asString().isEqualTo("{}");
        }
    }

    /** It needs twice as long as a connection may be idle, and reads all the time. */
    @Test
    void a_slow_device_is_not_cut_off() throws Exception {
        try (var socket = new Socket();
                var clock = Executors.newSingleThreadScheduledExecutor()) {
            socket.setReceiveBufferSize(64 * 1024);
            server.connect(socket);
            write(socket, GET);
            skipHead(socket.getInputStream());
            var arrived = 0;
            for (int i = 0; i < 20; i++) {
                Future<byte[]> next = clock.schedule(
                        () -> socket.getInputStream().readNBytes(LARGE.length / 100),
                        IDLE.toMillis() / 10,
                        TimeUnit.MILLISECONDS);
                arrived += next.get(20, TimeUnit.SECONDS).length;
            }
            arrived += socket.getInputStream().readNBytes(LARGE.length - arrived).length;

            assertThat(arrived).isEqualTo(LARGE.length);
        }
    }

    private static void write(Socket socket, String requests) throws IOException {
        socket.getOutputStream().write(requests.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void skipHead(InputStream in) throws IOException {
        var last = 0;
        while (last != 0x0d0a0d0a) {
            last = last << 8 | in.read();
        }
    }

    /** Bytes outside of the heap that wait for their readers. */
    private static long copied() {
        return PooledByteBufAllocator.DEFAULT.pinnedDirectMemory();
    }
}
