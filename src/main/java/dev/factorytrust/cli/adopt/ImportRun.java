package dev.factorytrust.cli.adopt;

import dev.factorytrust.api.v1alpha1.Condition;
import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.FactoryStatus;
import dev.factorytrust.cli.cluster.Waiting;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.tuf.adoption.Adoption;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;

import java.net.HttpURLConnection;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Brings an import into the cluster, and waits for what the operator makes of it. */
final class ImportRun {

    private final KubernetesClient client;
    private final String namespace;
    private final ImportObjects objects;
    private final Adoption.Adoptable fleet;
    private final Consumer<String> tell;
    private final String name;

    /** @param tell a person */
    ImportRun(
            KubernetesClient client,
            String namespace,
            ImportObjects objects,
            Adoption.Adoptable fleet,
            Consumer<String> tell) {
        this.client = client;
        this.namespace = namespace;
        this.objects = objects;
        this.fleet = fleet;
        this.tell = tell;
        this.name = objects.factory().getMetadata().getName();
    }

    /** Run again after it broke off, it goes on: what is there as it should be is left as it is. */
    void create() {
        if (isAdoptedAlready()) {
            tell.accept("Factory " + name + " has adopted it already: nothing is created anew");
            return;
        }
        objects.files()
                .forEach(file -> create(
                        file, there -> Objects.equals(((ConfigMap) there).getBinaryData(), file.getBinaryData())));
        objects.keys()
                .ifPresent(secret ->
                        create(secret, there -> Objects.equals(((Secret) there).getData(), secret.getData())));
        create(objects.factory(), this::isSameFactory);
    }

    /**
     * Before private keys go anywhere: beside another Factory of the name they would lie there for nothing, and beside this
     * one, once it has its own, for ever.
     */
    private boolean isAdoptedAlready() {
        var there = client.resources(Factory.class)
                .inNamespace(namespace)
                .withName(name)
                .get();
        if (there != null && !isSameFactory(there)) {
            throw taken("Factory " + name);
        }
        return there != null && there.getStatus() != null && isPublished(there.getStatus());
    }

    private boolean isSameFactory(HasMetadata there) {
        var declared = ((Factory) there).getSpec();
        var wanted = objects.factory().getSpec();
        return declared.bootstrap().equals(wanted.bootstrap())
                && (wanted.trustedRootSha256() == null
                        || wanted.trustedRootSha256().equals(declared.trustedRootSha256()));
    }

    private void create(HasMetadata object, Predicate<HasMetadata> isSame) {
        var what = object.getKind() + " " + object.getMetadata().getName();
        try {
            client.resource(object).inNamespace(namespace).create();
            tell.accept(what + " created");
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
            var there = client.resource(object).inNamespace(namespace).get();
            if (there == null || !isSame.test(there)) {
                throw taken(what);
            }
            tell.accept(what + " is there already");
        }
    }

    private Failure taken(String what) {
        return Failure.refused(what + " is in namespace " + namespace
                + " already, and is another: delete it if nothing needs it, or choose another name");
    }

    void await(Waiting waiting) {
        var status = waiting.until(() -> Optional.ofNullable(client.resources(Factory.class)
                        .inNamespace(namespace)
                        .withName(name)
                        .get())
                .map(Factory::getStatus)
                .filter(seen -> isAdopted(seen)));
        adopted(status.orElseThrow(() -> Failure.unreachable(
                "Factory " + name + " is declared, and not adopted after "
                        + waiting.timeout().toSeconds() + " s: is an operator running that watches namespace "
                        + namespace + "? Nothing is lost; run the same again to go on waiting",
                null)));
    }

    private boolean isAdopted(FactoryStatus status) {
        if (isPublished(status)) {
            return true;
        }
        stalled(status)
                .filter(condition -> !condition.reason().equals("ImportSourceMissing"))
                .ifPresent(condition -> {
                    throw Failure.refused("Factory " + name + " is declared, and the operator adopts nothing: "
                            + condition.reason() + ": " + condition.message());
                });
        return false;
    }

    private boolean isPublished(FactoryStatus status) {
        return status.roles() != null
                && status.roles().timestamp().version()
                        >= fleet.repository().timestamp().metadata().version();
    }

    private static Optional<Condition> stalled(FactoryStatus status) {
        return status.conditions().stream()
                .filter(condition ->
                        condition.type().equals("Stalled") && condition.status().equals("True"))
                .findFirst();
    }

    private void adopted(FactoryStatus status) {
        tell.accept("Adopted: Factory " + namespace + "/" + name + " serves roots "
                + fleet.repository().roots().firstKey() + " to "
                + fleet.repository().roots().lastKey()
                + Optional.ofNullable(status.url()).map(url -> " at " + url).orElse("")
                + ", and versions go on from there.");
        if (!AdoptionReport.canSign(fleet)) {
            tell.accept("It can't sign " + AdoptionReport.unsignable(fleet)
                    + " without the missing keys: what is served expires. Declare a RootRotation with rotateOnlineKeys: ["
                    + AdoptionReport.unsignable(fleet)
                    + "], and have root's holders sign it; where their keys are in an archive, that is: kubectl factory keys rotate "
                    + name + " -n " + namespace + " --archive FILE --online="
                    + AdoptionReport.unsignable(fleet).replace(" ", ""));
        }
        tell.accept("What it was imported from isn't needed any more: kubectl delete -n " + namespace + " "
                + objects.files().stream()
                        .map(file -> "configmap/" + file.getMetadata().getName())
                        .collect(Collectors.joining(" "))
                + objects.keys()
                        .map(secret -> " secret/" + secret.getMetadata().getName())
                        .orElse(""));
    }
}
