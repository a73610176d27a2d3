package dev.factorytrust.cli.ceremony;

import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import dev.factorytrust.cli.cluster.Cluster;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.Output;
import io.fabric8.kubernetes.client.KubernetesClientException;

import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Brings signatures to the cluster, with the right to create Secrets and no other on them, and says what became of them. */
public final class Attachments {

    private final Cluster cluster;
    private final Consumer<String> tell;

    /** @param tell takes a line for a person */
    public Attachments(Cluster cluster, Consumer<String> tell) {
        this.cluster = cluster;
        this.tell = tell;
    }

    /** Creates those that aren't there. Running it again changes nothing. */
    public void create(List<SignatureSecret> signatures) {
        for (var signature : signatures) {
            cluster.read(client -> _ -> {
                try {
                    client.resource(signature.object()).create();
                    tell.accept("attached as Secret " + signature.namespace() + '/' + signature.name());
                } catch (KubernetesClientException e) {
                    if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                        throw e;
                    }
                    tell.accept("Secret " + signature.namespace() + '/' + signature.name() + " is there already");
                }
                return signature;
            });
        }
    }

    /**
     * Waits until status says of each whether it counts.
     *
     * @param signatures of one rotation, each of which says whose it is
     * @throws Failure naming each that doesn't count, and why
     */
    public SignatureCount awaitCounted(List<SignatureSecret> signatures, Duration patience) {
        var first = signatures.getFirst();
        var count = RotationWait.until(
                cluster,
                first.namespace(),
                first.rotation(),
                patience,
                "the operator's word on these signatures",
                seen -> seen.isOver()
                        || seen.phase().isPresent() && !seen.hasPayload()
                        || signatures.stream().allMatch(signature -> isSettled(seen, signature)));
        signatures.stream()
                .flatMap(signature -> signature.keyids().stream())
                .filter(count.signed()::contains)
                .forEach(keyid -> tell.accept("the signature of " + count.nameOf(keyid) + " counts"));
        var uncounted = signatures.stream()
                .filter(signature -> !counts(count, signature))
                .toList();
        var refused = uncounted.stream()
                .filter(signature -> !count.rejected(signature.name()).isEmpty())
                .map(signature -> "Secret " + signature.name() + " doesn't count: "
                        + String.join("; ", count.rejected(signature.name())))
                .toList();
        if (!refused.isEmpty()) {
            throw Failure.refused(String.join(". ", refused)
                    + ". It does no harm there; attach the right one in a Secret of another name");
        }
        uncounted.forEach(signature -> tell.accept("Secret " + signature.name()
                + (count.isOver() ? " comes too late: the rotation is over" : " waits for the rotation's turn")));
        return count;
    }

    /**
     * Waits until the root that was signed is published, and the online keys that change with it have changed.
     *
     * @throws Failure where it is not going to be, saying why
     */
    public SignatureCount awaitCompleted(String namespace, String rotation, Duration patience) {
        var count = RotationWait.until(cluster, namespace, rotation, patience, "the new root", seen -> seen.isOver());
        if (count.phase().filter(Phase.COMPLETED::equals).isEmpty()) {
            throw Failure.refused("RootRotation " + rotation + " is "
                    + count.phase().map(Output::name).orElse("unknown") + ": " + count.why());
        }
        return count;
    }

    private static boolean isSettled(SignatureCount count, SignatureSecret signature) {
        return counts(count, signature) || !count.rejected(signature.name()).isEmpty();
    }

    private static boolean counts(SignatureCount count, SignatureSecret signature) {
        return !signature.keyids().isEmpty() && count.signed().containsAll(signature.keyids());
    }
}
