package dev.factorytrust.testing;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import com.sun.net.httpserver.SimpleFileServer.OutputLevel;
import dev.factorytrust.testing.Device.Artifact;
import dev.factorytrust.testing.Device.Refused;
import dev.factorytrust.testing.Device.Updated;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

/** The drivers tell what a real client accepts from what it refuses, and both from a fault of their own. */
class DeviceClientIT {

    @TempDir
    Path repository;

    private HttpServer server;

    @BeforeEach
    void serve_a_small_repository() throws Exception {
        var python = DeviceClient.PYTHON_TUF.installed().getFirst();
        var script = Path.of("src/test/clients/python-tuf/make_repository.py").toString();
        Command.run(List.of(python, script, repository.toString()));
        server = SimpleFileServer.createFileServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), repository, OutputLevel.NONE);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @ParameterizedTest
    @MethodSource("dev.factorytrust.testing.DeviceClient#inUse")
    void a_fresh_device_and_the_same_one_again_walk_to_the_newest_versions(DeviceClient client) throws Exception {
        var device = newDevice(client);
        var newest = new Updated(2, 1, 1, 1, Set.of("firmware.bin"));

        assertThat(device.update()).isEqualTo(newest);
        Files.delete(repository.resolve("2.root.json"));
        assertThat(device.update()).as("root 2 is now the device's own").isEqualTo(newest);
    }

    @ParameterizedTest
    @MethodSource("dev.factorytrust.testing.DeviceClient#inUse")
    void a_listed_target_is_found_and_no_other(DeviceClient client) throws Exception {
        var device = newDevice(client);
        assertThat(device.lookUp("firmware.bin"))
                .contains(new Artifact(
                        8, Map.of("sha256", "c3bf47ea1f4a4a605470313cacb3a44f4a461f68c6faeab07e737610cb5ac835")));
        assertThat(device.lookUp("another.bin")).isEqualTo(Optional.empty());
    }

    @ParameterizedTest
    @MethodSource("dev.factorytrust.testing.DeviceClient#inUse")
    void a_timestamp_that_was_tampered_with_is_refused(DeviceClient client) throws Exception {
        var device = newDevice(client);
        var timestamp = repository.resolve("timestamp.json");
        var honest = Files.readString(timestamp);
        var tampered = honest.replaceFirst("\"version\": 1", "\"version\": 2");
        assertThat(tampered).isNotEqualTo(honest);

        Files.writeString(timestamp, tampered);
        assertThat(device.update()).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.kind())
                .matches(".*UnsignedMetadata.*|VerifyMetadata|SignatureVerification.*"));
    }

    @ParameterizedTest
    @MethodSource("dev.factorytrust.testing.DeviceClient#inUse")
    void a_page_that_is_no_metadata_and_a_missing_file_are_refused(DeviceClient client) throws Exception {
        Files.writeString(repository.resolve("timestamp.json"), "<html>", UTF_8);
        assertThat(newDevice(client).update()).isInstanceOf(Refused.class);
        Files.delete(repository.resolve("timestamp.json"));
        assertThat(newDevice(client).update()).isInstanceOf(Refused.class);
    }

    @ParameterizedTest
    @MethodSource("dev.factorytrust.testing.DeviceClient#inUse")
    void a_device_whose_clock_is_past_the_expiry_refuses(DeviceClient client) throws Exception {
        assumeThat(client.takesTheTime()).isTrue();
        assertThat(newDevice(client).update(Instant.parse("2099-01-01T00:00:00Z")))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.kind()).contains("Expired"));
    }

    @ParameterizedTest
    @MethodSource("dev.factorytrust.testing.DeviceClient#inUse")
    void an_unreachable_server_is_no_verdict(DeviceClient client) throws Exception {
        var device = newDevice(client);
        server.stop(0);
        assertThatThrownBy(device::update).isInstanceOf(IllegalStateException.class);
    }

    private Device newDevice(DeviceClient client) throws Exception {
        var url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        return client.newDevice(Files.readAllBytes(repository.resolve("1.root.json")), url);
    }
}
