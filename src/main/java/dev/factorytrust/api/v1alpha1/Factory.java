package dev.factorytrust.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** The TUF trust of one fleet of devices. */
@Group("factory-trust.dev")
@Version("v1alpha1")
@Plural("factories")
@ShortNames("fac")
@Categories("tuf")
@JsonClassDescription("""
        A Factory is the TUF trust of one fleet of devices: a root that people hold offline, and three roles (targets, \
        snapshot, timestamp) that the cluster signs by itself.""")
@ValidationRule(
        value = "self.metadata.name.size() <= 36",
        message =
                "a Factory's name has 36 characters at most, since the names of its ConfigMaps, Secrets and RootRotations"
                        + " begin with it: choose a shorter one")
@ValidationRule(
        // Only the object's root sees both spec and status.
        value = "!has(oldSelf.status) || !has(oldSelf.status.rootKeysErasedAt) || (has(self.spec.rootKeysRetrieved) =="
                + " has(oldSelf.spec.rootKeysRetrieved) && (!has(self.spec.rootKeysRetrieved) ||"
                + " self.spec.rootKeysRetrieved == oldSelf.spec.rootKeysRetrieved))",
        message = "rootKeysRetrieved can no longer change: the root key archive has been erased from the cluster, as"
                + " status.rootKeysErasedAt says. Put the former value back")
public class Factory extends CustomResource<FactorySpec, FactoryStatus> implements Namespaced {

    @Override
    public void setStatus(FactoryStatus status) {
        super.setStatus(Unseen.is(status, FactoryStatus::observedGeneration) ? null : status);
    }
}
