package dev.factorytrust.cli.cluster;

import dev.factorytrust.api.KubernetesJson;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.tuf.Bytes;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import picocli.CommandLine.Option;

import java.net.HttpURLConnection;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** The cluster that kubectl would talk to, with the user's own permissions. */
public final class Cluster {

    @Option(
            names = {"-n", "--namespace"},
            description = "The Factory's namespace. Default: the context's.")
    private String namespace;

    @Option(names = "--context", description = "The context of the kubeconfig to use. Default: the current one.")
    private String context;

    /** Where a verb works: the namespace of {@code -n}, or the context's. */
    public String namespace() {
        return where(config());
    }

    private String where(Config config) {
        return namespace != null ? namespace : config.getNamespace() == null ? "default" : config.getNamespace();
    }

    private interface Question<T> {
        T ask(KubernetesClient client, String namespace);
    }

    /** The resource of that name, or a refusal that names it. */
    public <T extends CustomResource<?, ?>> T find(Class<T> kind, String name) {
        return find(kind, namespace(), name);
    }

    public <T extends CustomResource<?, ?>> T find(Class<T> kind, String where, String name) {
        return ask((client, _) -> find(client, kind, where, name));
    }

    /** The same with a client that is open. */
    public static <T extends CustomResource<?, ?>> T find(
            KubernetesClient client, Class<T> kind, String namespace, String name) {
        return Optional.ofNullable(client.resources(kind)
                        .inNamespace(namespace)
                        .withName(name)
                        .get())
                .orElseThrow(() -> Failure.refused(
                        "there is no %s %s in namespace %s".formatted(kind.getSimpleName(), name, namespace)));
    }

    /** A file that a ConfigMap carries; empty where there is no such file, or no such ConfigMap. */
    public static Optional<Bytes> file(KubernetesClient client, String namespace, String configMap, String entry) {
        return Optional.ofNullable(client.configMaps()
                        .inNamespace(namespace)
                        .withName(configMap)
                        .get())
                .flatMap(object -> file(object, entry));
    }

    public static Optional<Bytes> file(ConfigMap configMap, String entry) {
        return Optional.ofNullable(configMap.getBinaryData())
                .map(data -> data.get(entry))
                .map(Bytes::base64);
    }

    /** A number that the operator keeps in an annotation; empty where there is none. */
    public static Optional<Long> number(ConfigMap object, String annotation) {
        return Optional.ofNullable(object.getMetadata().getAnnotations())
                .map(all -> all.get(annotation))
                .filter(text -> text.matches("[0-9]{1,15}"))
                .map(Long::parseLong);
    }

    /** The resource of that name, if there is one. */
    public <T extends CustomResource<?, ?>> Optional<T> look(Class<T> kind, String where, String name) {
        return ask((client, _) -> Optional.ofNullable(
                client.resources(kind).inNamespace(where).withName(name).get()));
    }

    /** What {@code read} makes of the cluster; what the cluster refuses becomes a failure that says so. */
    public <T> T read(Function<KubernetesClient, Function<String, T>> read) {
        return ask((client, where) -> read.apply(client).apply(where));
    }

    /** The namespace that was named on the command line; what goes to Git names no other. */
    public Optional<String> namedNamespace() {
        return Optional.ofNullable(namespace);
    }

    /** What the API server's clock shows, to the second; empty where it doesn't say. */
    public static Optional<Instant> time(KubernetesClient client) {
        var http = client.getHttpClient();
        var request = http.newHttpRequestBuilder()
                .uri(client.getMasterUrl() + "version")
                .build();
        try {
            return Optional.ofNullable(http.sendAsync(request, byte[].class)
                            .get(5, TimeUnit.SECONDS)
                            .header("Date"))
                    .map(date -> ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant());
        } catch (ExecutionException | TimeoutException | DateTimeParseException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private <T> T ask(Question<T> question) {
        var config = config();
        config.setRequestRetryBackoffLimit(1);
        config.setConnectionTimeout(10_000);
        var where = where(config);
        try (var client = new KubernetesClientBuilder()
                .withConfig(config)
                .withKubernetesSerialization(KubernetesJson.serialization())
                .build()) {
            return question.ask(client, where);
        } catch (KubernetesClientException e) {
            throw Failure.unreachable(told(e, config), e);
        }
    }

    private Config config() {
        try {
            return Config.autoConfigure(context);
        } catch (RuntimeException e) {
            throw Failure.refused("what says where the cluster is can't be read ("
                    + Optional.ofNullable(System.getenv("KUBECONFIG"))
                            .map("KUBECONFIG="::concat)
                            .orElse("~/.kube/config")
                    + "): " + cause(e).lines().findFirst().orElse(""));
        }
    }

    private static String told(KubernetesClientException failure, Config config) {
        if (failure.getStatus() == null) {
            return "the cluster at " + config.getMasterUrl() + " can't be reached: " + cause(failure);
        }
        return switch (failure.getCode()) {
            case HttpURLConnection.HTTP_UNAUTHORIZED, HttpURLConnection.HTTP_FORBIDDEN ->
                "the cluster doesn't let you: " + failure.getStatus().getMessage();
            default -> "the cluster says no: " + failure.getStatus().getMessage();
        };
    }

    private static String cause(Throwable failure) {
        return failure.getCause() == null ? String.valueOf(failure.getMessage()) : cause(failure.getCause());
    }
}
