package dev.factorytrust.stories;

import dev.factorytrust.stories.Rehearsal.Disturbance;
import dev.factorytrust.stories.Rehearsal.Operators;
import dev.factorytrust.testing.ApiServerProxy.Fate;
import dev.factorytrust.testing.ApiWrite;
import dev.factorytrust.testing.TestClock;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;

import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Exchanger;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/** What may happen to operators, but for their death. */
public final class Disturbances {

    /** As long as an operator that has come to a write waits for the other one to come to it too. */
    private static final long PATIENCE_MILLIS = 300;

    private static final Map<String, String> KINDS = Map.of(
            "factories", "factory-trust.dev/v1alpha1 Factory",
            "rootrotations", "factory-trust.dev/v1alpha1 RootRotation",
            "targets", "factory-trust.dev/v1alpha1 Target",
            "configmaps", "v1 ConfigMap",
            "secrets", "v1 Secret");

    private Disturbances() {}

    /** Each does with every write what is asked of it. */
    public static Disturbance at(Function<ApiWrite, Fate> fates) {
        return late(fates, Duration.ZERO);
    }

    private static Disturbance late(Function<ApiWrite, Fate> fates, Duration lateness) {
        return (rehearsal, clock) -> new Supervisor(rehearsal.people().namespace(), clock, fates, lateness)::close;
    }

    /** All that the operator knows is as old as this, but for what it reads live. */
    public static Disturbance stale(Duration lateness) {
        return late(_ -> Fate.PASS, lateness);
    }

    /** Two lead at once, and come to every write side by side. */
    public static Disturbance twoAtOnce() {
        return (rehearsal, clock) -> {
            var meetings = new ConcurrentHashMap<String, Exchanger<String>>();
            Function<ApiWrite, Fate> meet = write -> {
                try {
                    meetings.computeIfAbsent(write.toString(), _ -> new Exchanger<>())
                            .exchange("", PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    // The other one has no such thing to write.
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return Fate.PASS;
            };
            var one = at(meet).start(rehearsal, clock);
            var two = at(meet).start(rehearsal, clock);
            return () -> {
                one.close();
                two.close();
            };
        };
    }

    /** Before each write, of whatever version, somebody else is once a moment faster: made the same object, or changed it. */
    public static Disturbance conflicts() {
        return (rehearsal, clock) -> {
            var done = ConcurrentHashMap.<String>newKeySet();
            return at(write -> conflict(rehearsal, write, done)).start(rehearsal, clock);
        };
    }

    private static Fate conflict(Rehearsal rehearsal, ApiWrite write, Set<String> done) {
        if (done.add(write.toString().replaceFirst("-[0-9]+$", ""))) {
            var client = rehearsal.people().client();
            try {
                if (write.method().equals("POST")) {
                    client.resource(write.body())
                            .inNamespace(rehearsal.people().namespace())
                            .create();
                } else {
                    touch(client, rehearsal.people().namespace(), write);
                }
            } catch (KubernetesClientException e) {
                if (e.getCode() != HttpURLConnection.HTTP_CONFLICT && e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                    throw e;
                }
            }
        }
        return Fate.PASS;
    }

    private static void touch(KubernetesClient client, String namespace, ApiWrite write) {
        var kind = KINDS.get(write.kind()).split(" ");
        client.genericKubernetesResources(kind[0], kind[1])
                .inNamespace(namespace)
                .withName(write.name())
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\": {\"annotations\": {\"example.com/touched\": \"%s\"}}}"
                                .formatted(write.method()));
    }

    /** Once every watch breaks off, at the write in the middle. */
    public static Disturbance watchesCut() {
        return (rehearsal, clock) -> {
            var supervisor = new AtomicReference<Supervisor>();
            return supervised(rehearsal, clock, supervisor, Fate.PASS, () -> supervisor
                    .get()
                    .proxy()
                    .cutWatches());
        };
    }

    /** Once, at the write in the middle, something happens, and that write is lost. */
    public static Disturbance inTheMiddle(Runnable event) {
        return (rehearsal, clock) -> supervised(rehearsal, clock, new AtomicReference<>(), Fate.LOST, event);
    }

    private static Operators supervised(
            Rehearsal rehearsal, TestClock clock, AtomicReference<Supervisor> supervisor, Fate fate, Runnable event) {
        var left = new AtomicInteger((rehearsal.writes().size() + 1) / 2);
        supervisor.set(new Supervisor(
                rehearsal.people().namespace(),
                clock,
                _ -> {
                    if (left.decrementAndGet() != 0) {
                        return Fate.PASS;
                    }
                    event.run();
                    return fate;
                },
                Duration.ZERO));
        return supervisor.get()::close;
    }
}
