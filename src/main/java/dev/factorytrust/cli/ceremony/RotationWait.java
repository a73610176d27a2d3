package dev.factorytrust.cli.ceremony;

import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.cli.cluster.Cluster;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.Output;
import io.fabric8.kubernetes.client.KubernetesClientTimeoutException;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/** Waits until the operator has said something of a RootRotation. It watches, and asks nothing twice. */
public final class RotationWait {

    private RotationWait() {}

    /**
     * What status says once the condition holds.
     *
     * @param condition is shown every status, from the present one on
     * @param awaited what to call it where time runs out
     * @throws Failure where it does, or the rotation is gone
     */
    public static SignatureCount until(
            Cluster cluster,
            String namespace,
            String rotation,
            Duration patience,
            String awaited,
            Predicate<SignatureCount> condition) {
        var last = new AtomicReference<>(new SignatureCount(Optional.empty()));
        var found = cluster.read(client -> _ -> {
            try {
                return Optional.ofNullable(client.resources(RootRotation.class)
                        .inNamespace(namespace)
                        .withName(rotation)
                        .waitUntilCondition(
                                seen -> {
                                    last.set(count(seen));
                                    return seen == null || condition.test(last.get());
                                },
                                patience.toMillis(),
                                TimeUnit.MILLISECONDS));
            } catch (KubernetesClientTimeoutException e) {
                throw Failure.unreachable(
                        "%s hasn't come within %d s: RootRotation %s is %s. %s. Nothing is lost: run it again, or wait longer with --timeout"
                                .formatted(
                                        awaited,
                                        patience.toSeconds(),
                                        rotation,
                                        last.get().phase().map(Output::name).orElse("not looked at by any operator"),
                                        last.get().why()),
                        e);
            }
        });
        return count(found.orElseThrow(
                () -> Failure.refused("there is no RootRotation " + rotation + " in namespace " + namespace)));
    }

    private static SignatureCount count(RootRotation rotation) {
        return new SignatureCount(Optional.ofNullable(rotation).map(RootRotation::getStatus));
    }
}
