package dev.factorytrust.cli.device;

import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.dialect.Dialects;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.verify.MetadataSource;
import dev.factorytrust.tuf.verify.MissingMetadataException;
import dev.factorytrust.tuf.verify.VerificationException;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A repository over HTTP or in a folder, and what was fetched of it. It believes nothing: not even how long a file is. */
public final class RepositorySource implements MetadataSource {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** A byte more than any client reads of any file, so that what is too long is seen to be. */
    private static final int MOST = 1
            + Dialects.all().stream()
                    .flatMap(dialect -> Stream.of(RoleName.values())
                            .map(role -> dialect.limits().bytes(role)))
                    .max(Integer::compare)
                    .orElseThrow();

    private final String base;
    private final Map<String, Bytes> fetched = new LinkedHashMap<>();
    private final List<Answer> answers = new ArrayList<>();

    /**
     * What came of asking for one file.
     *
     * @param where it was looked for: a URL or a path
     * @param said the HTTP status, or whether there is such a file
     * @param bytes its size; empty where there is none
     */
    record Answer(String name, String where, String said, Optional<Integer> bytes, Optional<String> sha256) {

        private boolean isOf(String role) {
            return bytes.isPresent() && name.matches("([0-9]+\\.)?" + Pattern.quote(role) + "\\.json");
        }
    }

    /** @param base a URL, or the path of a folder */
    public RepositorySource(String base) {
        this.base = base;
    }

    /** Every file that was there, by name, in the order in which they were asked for. */
    Map<String, Bytes> fetched() {
        return Collections.unmodifiableMap(fetched);
    }

    /** The answer that the device refused: the role's newest file, or the one that it asked for in vain. */
    Optional<Answer> refused(VerificationException refusal) {
        return Optional.of(refusal)
                .filter(why -> !(why instanceof MissingMetadataException))
                .flatMap(why -> answers.reversed().stream()
                        .filter(answer -> answer.isOf(why.role()))
                        .findFirst())
                .or(() -> refusal instanceof MissingMetadataException && !answers.isEmpty()
                        ? Optional.of(answers.getLast())
                        : Optional.empty());
    }

    @Override
    public Optional<Bytes> fetch(String fileName) {
        var file = isUrl() ? overHttp(fileName) : fromFolder(fileName);
        file.ifPresent(content -> fetched.put(fileName, content));
        return file;
    }

    private Optional<Bytes> answered(String name, Object where, String said, Optional<Bytes> file) {
        answers.add(new Answer(
                name,
                where.toString(),
                file.filter(RepositorySource::isPage).isPresent()
                        ? said + " with a web page (HTML), not metadata"
                        : said,
                file.map(Bytes::size),
                file.map(Bytes::sha256)));
        return file;
    }

    private static boolean isPage(Bytes file) {
        return file.size() > 0
                && new String(file.toArray(), 0, Math.min(file.size(), 256), StandardCharsets.ISO_8859_1)
                        .stripLeading()
                        .startsWith("<");
    }

    private boolean isUrl() {
        return base.matches("(?i)https?://.*");
    }

    private Optional<Bytes> fromFolder(String fileName) {
        var folder = Path.of(base);
        if (base.isEmpty() || !Files.isDirectory(folder)) {
            throw Failure.refused("'" + base + "' is neither a URL (http, https) nor a folder");
        }
        var path = folder.resolve(fileName);
        if (Files.notExists(path)) {
            return answered(fileName, path, "isn't there", Optional.empty());
        }
        try (var content = Files.newInputStream(path)) {
            return answered(fileName, path, "is there", Optional.of(Bytes.of(content.readNBytes(MOST))));
        } catch (IOException e) {
            throw Failure.file(path, "can't be read", e);
        }
    }

    /** As devices do it: no redirect is followed, and 403 and 404 both mean that there is no such file. */
    private Optional<Bytes> overHttp(String fileName) {
        var uri = uri(fileName);
        try (var client = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
            var request = HttpRequest.newBuilder(uri).timeout(PATIENCE).build();
            var response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (var body = response.body()) {
                var status = response.statusCode();
                return switch (status) {
                    case 200 -> answered(fileName, uri, "answers 200", Optional.of(within(uri, body)));
                    case 403, 404 -> answered(fileName, uri, "answers " + status, Optional.empty());
                    default ->
                        throw Failure.unreachable(
                                uri + " answers " + status + meaning(status, response.headers()), null);
                };
            }
        } catch (IOException e) {
            throw Failure.unreachable(uri + " can't be reached: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.unreachable(uri + " was given up", e);
        }
    }

    private static String meaning(int status, HttpHeaders headers) {
        return switch (status) {
            case 204 -> ", no content, where devices expect the file or 404";
            case 301, 302, 303, 307, 308 ->
                ", a redirect to " + headers.firstValue("Location").orElse("nowhere")
                        + ", which devices don't follow; if that is the repository, name it";
            case 401, 407 -> " and asks for a login, which devices don't have";
            default -> ", which is neither a file nor its absence";
        };
    }

    private URI uri(String fileName) {
        try {
            return URI.create(base.endsWith("/") ? base : base + '/').resolve(fileName);
        } catch (IllegalArgumentException e) {
            throw Failure.refused("'" + base + "' is no URL: " + e.getMessage());
        }
    }

    /** A request's own timeout ends with the headers; a server may send the rest byte by byte for ever. */
    private Bytes within(URI uri, InputStream body) throws IOException, InterruptedException {
        var content = new CompletableFuture<byte[]>();
        Thread.startVirtualThread(() -> {
            try {
                content.complete(body.readNBytes(MOST));
            } catch (IOException e) {
                content.completeExceptionally(e);
            }
        });
        try {
            return Bytes.of(content.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (TimeoutException e) {
            throw Failure.unreachable(uri + " was not read to its end within " + PATIENCE.toSeconds() + " s", e);
        }
    }
}
