import com.fasterxml.jackson.databind.ObjectMapper;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.dialect.OtaConnectDialect;
import dev.factorytrust.tuf.model.Metadata;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Snapshot;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.model.Timestamp;
import dev.factorytrust.tuf.verify.ClientWorkflow;
import dev.factorytrust.tuf.verify.DeviceState;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A device that reads OTA Connect's dialect by the rules that aktualizr was measured to have ({@code tuf.verify}); nothing here
 * can sign. It keeps in its folder what a device keeps, and is called, and answers, as ../python-tuf/device.py does.
 *
 * <pre>
 *   Device init DIR ROOT_JSON
 *   Device update DIR REPO_SERVER_URL [--target PATH]
 * </pre>
 */
final class Device {

    private static final Dialect DIALECT = new OtaConnectDialect();
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;

    private Device(Path folder) {
        this.folder = folder;
    }

    public static void main(String... words) throws IOException {
        var device = new Device(Path.of(words[1]));
        var answer =
                switch (words[0]) {
                    case "init" -> device.init(Path.of(words[2]));
                    case "update" ->
                        device.update(URI.create(words[2].replaceFirst("/?$", "/")), words.length == 5
                                        ? Optional.of(words[4])
                                        : Optional.empty());
                    default -> throw new IllegalArgumentException(words[0]);
                };
        System.out.println(JSON.writeValueAsString(answer));
        System.exit(answer.containsKey("refused") ? 1 : 0);
    }

    private Map<String, ?> init(Path root) throws IOException {
        Files.createDirectories(folder);
        Files.copy(root, folder.resolve("root.json"));
        return Map.of();
    }

    private Map<String, ?> update(URI repoServer, Optional<String> path) throws IOException {
        try (var client = HttpClient.newHttpClient()) {
            var attempt =
                    ClientWorkflow.attempt(DIALECT, kept(), name -> get(client, repoServer.resolve(name)), Instant.now());
            keep(attempt.device());
            if (attempt.refusal().isPresent()) {
                var refusal = attempt.refusal().get();
                return Map.of("refused", refusal.getClass().getSimpleName(), "message", refusal.getMessage());
            }
            return told(attempt.device(), path);
        }
    }

    private static Map<String, ?> told(DeviceState device, Optional<String> path) {
        var targets = read(Targets.class, device.targets()).targets();
        var answer = new LinkedHashMap<String, Object>();
        answer.put("root", read(Root.class, Optional.of(device.root())).version());
        answer.put("timestamp", read(Timestamp.class, device.timestamp()).version());
        answer.put("snapshot", read(Snapshot.class, device.snapshot()).version());
        answer.put("targets", read(Targets.class, device.targets()).version());
        answer.put("paths", new TreeSet<>(targets.keySet()));
        path.map(targets::get)
                .ifPresent(found -> answer.put("target", Map.of("length", found.length(), "hashes", found.hashes())));
        return answer;
    }

    private static <T extends Metadata> T read(Class<T> type, Optional<Bytes> file) {
        return DIALECT.decode(type, file.orElseThrow()).metadata();
    }

    private DeviceState kept() throws IOException {
        return new DeviceState(
                file("root").orElseThrow(), file("timestamp"), file("snapshot"), file("targets"));
    }

    private void keep(DeviceState device) throws IOException {
        write("root", Optional.of(device.root()));
        write("timestamp", device.timestamp());
        write("snapshot", device.snapshot());
        write("targets", device.targets());
    }

    private Optional<Bytes> file(String role) throws IOException {
        var file = folder.resolve(role + ".json");
        return Files.exists(file) ? Optional.of(Bytes.of(Files.readAllBytes(file))) : Optional.empty();
    }

    private void write(String role, Optional<Bytes> content) throws IOException {
        var file = folder.resolve(role + ".json");
        if (content.isPresent()) {
            Files.write(file, content.get().toArray());
        } else {
            Files.deleteIfExists(file);
        }
    }

    /** Nothing but 200 is a file, and nothing but 404 is none. */
    private static Optional<Bytes> get(HttpClient client, URI uri) {
        try {
            var request = HttpRequest.newBuilder(uri).header("User-Agent", "Aktualizr/2021.1").build();
            var answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            return switch (answer.statusCode()) {
                case 200 -> Optional.of(Bytes.of(answer.body()));
                case 404 -> Optional.empty();
                default -> throw new IOException(uri + " answers " + answer.statusCode());
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
