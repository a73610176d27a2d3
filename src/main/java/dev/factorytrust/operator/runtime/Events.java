package dev.factorytrust.operator.runtime;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Tells people through Kubernetes Events, in the core/v1 form whose count and age {@code kubectl describe} shows.
 *
 * <p>Telling is best effort: it happens on a thread of its own, in order, and a failure is logged and never thrown. The
 * same news about the same object is one Event, counted, and written at most once in five minutes.
 */
public final class Events implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Events.class);
    private static final String COMPONENT = "factory-trust";
    private static final Duration QUIET = Duration.ofMinutes(5);
    private static final int MESSAGE_BYTES = 1024;
    private static final int NAME_LENGTH = 200;
    private static final int REMEMBERED = 4096;
    private static final int WAITING = 1000;
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    private final KubernetesClient client;
    private final InstantSource clock;
    private final String instance;
    private final ThreadPoolExecutor worker;

    /** By Event name; the worker's own. */
    private final Map<String, Told> told = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Told> eldest) {
            return size() > REMEMBERED;
        }
    };

    private record Told(Instant at, int count, int since) {}

    /** @param instance this process's name, shown as the reporter */
    public Events(KubernetesClient client, InstantSource clock, String instance) {
        this.client = client;
        this.clock = clock;
        this.instance = instance;
        worker = new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(WAITING),
                Thread.ofPlatform().daemon().name("events").factory(),
                (_, _) -> LOG.warn("Dropped an Event: closed, or {} are waiting already", WAITING));
    }

    /** Says that something happened as it should. {@code reason} is one CamelCase word, {@code message} a sentence. */
    public void normal(HasMetadata about, String reason, String message) {
        tell("Normal", about, reason, message);
    }

    /** Says that something needs attention. */
    public void warning(HasMetadata about, String reason, String message) {
        tell("Warning", about, reason, message);
    }

    private void tell(String type, HasMetadata about, String reason, String message) {
        var event = event(type, about, reason, cut(message), clock.instant().truncatedTo(ChronoUnit.SECONDS));
        worker.execute(() -> {
            try {
                tell(event);
            } catch (RuntimeException e) {
                LOG.warn(
                        "Could not write Event {} of {}/{}",
                        reason,
                        event.getMetadata().getNamespace(),
                        event.getInvolvedObject().getName(),
                        e);
            }
        });
    }

    private void tell(Event event) {
        var name = event.getMetadata().getName();
        var now = Instant.parse(event.getLastTimestamp());
        var before = told.get(name);
        if (before != null && now.isBefore(before.at().plus(QUIET))) {
            told.put(name, new Told(before.at(), before.count(), before.since() + 1));
            return;
        }
        var count = before == null ? create(event) : count(event, before.count() + before.since() + 1);
        told.put(name, new Told(now, count, 0));
    }

    /** Events may be created and patched, not read: the count of one from an earlier life is learnt by touching it. */
    private int create(Event event) {
        try {
            return client.resource(event).create().getCount();
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
            return count(event, patch(event, "").getCount() + 1);
        }
    }

    private int count(Event event, int count) {
        try {
            return patch(event, ",\"count\":" + count).getCount();
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                throw e;
            }
            // The API server forgets Events, after an hour by default.
            return create(event);
        }
    }

    private Event patch(Event event, String more) {
        return client.v1()
                .events()
                .resource(event)
                .patch(MERGE, "{\"lastTimestamp\":\"" + event.getLastTimestamp() + '"' + more + '}');
    }

    private Event event(String type, HasMetadata about, String reason, String message, Instant now) {
        var meta = about.getMetadata();
        return new EventBuilder()
                .withNewMetadata()
                .withNamespace(meta.getNamespace())
                .withName(name(meta.getName(), meta.getUid(), type, reason, message))
                .endMetadata()
                .withNewInvolvedObject()
                .withApiVersion(about.getApiVersion())
                .withKind(about.getKind())
                .withNamespace(meta.getNamespace())
                .withName(meta.getName())
                .withUid(meta.getUid())
                .endInvolvedObject()
                .withType(type)
                .withReason(reason)
                .withMessage(message)
                .withCount(1)
                .withFirstTimestamp(now.toString())
                .withLastTimestamp(now.toString())
                .withNewSource()
                .withComponent(COMPONENT)
                .endSource()
                .withReportingComponent(COMPONENT)
                .withReportingInstance(instance)
                .build();
    }

    private static String name(String object, String... parts) {
        try {
            var digest = MessageDigest.getInstance("SHA-256")
                    .digest(String.join("\n", parts).getBytes(StandardCharsets.UTF_8));
            var readable = object.length() <= NAME_LENGTH
                    ? object
                    : object.substring(0, NAME_LENGTH).replaceAll("[^a-z0-9]+$", "");
            return readable + '.' + HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** To what an Event may hold, between characters. */
    private static String cut(String message) {
        var bytes = message.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= MESSAGE_BYTES) {
            return message;
        }
        var end = MESSAGE_BYTES - "…".getBytes(StandardCharsets.UTF_8).length;
        while ((bytes[end] & 0xC0) == 0x80) {
            end--;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8) + '…';
    }

    /** Writes what is waiting, for two seconds at the most. */
    @Override
    public void close() {
        worker.shutdown();
        try {
            if (!worker.awaitTermination(2, TimeUnit.SECONDS)) {
                worker.shutdownNow();
            }
        } catch (InterruptedException e) {
            worker.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
