package dev.factorytrust.operator.runtime;

import io.fabric8.kubernetes.client.KubernetesClient;

import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** The API server's clock, from the Date header of an answer: a second opinion where our own clock looks wrong. */
public final class ServerTime implements Supplier<Optional<Instant>> {

    private static final int PATIENCE_SECONDS = 5;

    private final KubernetesClient client;

    public ServerTime(KubernetesClient client) {
        this.client = client;
    }

    /** To the second; empty where the API server can't be asked. */
    @Override
    public Optional<Instant> get() {
        var http = client.getHttpClient();
        var request = http.newHttpRequestBuilder()
                .uri(client.getMasterUrl() + "version")
                .build();
        try {
            return Optional.ofNullable(http.sendAsync(request, byte[].class)
                            .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
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
}
