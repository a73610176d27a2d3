import com.google.gson.Gson;
import com.google.gson.JsonObject;
import dev.sigstore.json.JsonParseException;
import dev.sigstore.tuf.Fetcher;
import dev.sigstore.tuf.FileSystemTufStore;
import dev.sigstore.tuf.HttpFetcher;
import dev.sigstore.tuf.MetaFetcher;
import dev.sigstore.tuf.RootProvider;
import dev.sigstore.tuf.TrustedMetaStore;
import dev.sigstore.tuf.TufException;
import dev.sigstore.tuf.Updater;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;

/** A device that runs sigstore-java's TUF client; commands and answers are those of ../python-tuf/device.py, as JSON lines. */
final class Device {

    private static final Gson JSON = new Gson().newBuilder().serializeNulls().create();

    public static void main(String... words) throws IOException {
        for (String line; (line = IO.readln()) != null; ) {
            System.out.println(JSON.toJson(answer(JSON.fromJson(line, JsonObject.class))));
        }
    }

    private static Map<String, ?> answer(JsonObject request) {
        try {
            return switch (text(request, "command")) {
                case "init" -> init(request);
                default -> update(request);
            };
        } catch (TufException | JsonParseException refusal) {
            return Map.of("refused", refusal.getClass().getSimpleName(), "message", String.valueOf(refusal.getMessage()));
        } catch (Exception fault) {
            return Map.of("failed", fault.toString());
        }
    }

    private static String text(JsonObject request, String field) {
        return request.has(field) ? request.get(field).getAsString() : null;
    }

    private static Map<String, ?> init(JsonObject request) throws IOException {
        var directory = Files.createDirectories(Path.of(text(request, "directory")));
        Files.copy(Path.of(text(request, "root")), directory.resolve("flashed.json"));
        return Map.of();
    }

    private static Map<String, ?> update(JsonObject request) throws Exception {
        var directory = Path.of(text(request, "directory"));
        var files = FileSystemTufStore.newFileSystemStore(Files.createDirectories(directory.resolve("kept")));
        var store = TrustedMetaStore.newTrustedMetaStore(files);
        Fetcher fetcher = HttpFetcher.newFetcher(URI.create(text(request, "url").replaceFirst("/?$", "/")));
        var time = text(request, "time");
        Updater.builder()
                .setClock(time == null ? Clock.systemUTC() : Clock.fixed(Instant.parse(time), ZoneOffset.UTC))
                .setTrustedRootPath(RootProvider.fromFile(directory.resolve("flashed.json")))
                .setTrustedMetaStore(store)
                .setTargetStore(files)
                .setMetaFetcher(MetaFetcher.newFetcher(fetcher))
                .setTargetFetcher(fetcher)
                .build()
                .updateMeta();
        return told(store, text(request, "target"));
    }

    private static Map<String, ?> told(TrustedMetaStore store, String path) throws Exception {
        var targets = store.getTargets().getSignedMeta();
        var answer = new LinkedHashMap<String, Object>();
        answer.put("root", store.getRoot().getSignedMeta().getVersion());
        answer.put("timestamp", store.getTimestamp().getSignedMeta().getVersion());
        answer.put("snapshot", store.getSnapshot().getSignedMeta().getVersion());
        answer.put("targets", targets.getVersion());
        answer.put("paths", new TreeSet<>(targets.getTargets().keySet()));
        if (path != null) {
            var found = targets.getTargets().get(path);
            answer.put(
                    "target",
                    found == null
                            ? null
                            : Map.of(
                                    "length",
                                    found.getLength(),
                                    "hashes",
                                    Map.of("sha256", found.getHashes().getSha256())));
        }
        return answer;
    }
}
