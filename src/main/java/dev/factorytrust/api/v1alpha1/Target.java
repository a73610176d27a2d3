package dev.factorytrust.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** One artifact that the devices of a Factory may install. */
@Group("factory-trust.dev")
@Version("v1alpha1")
@Plural("targets")
@ShortNames("tgt")
@Categories("tuf")
@JsonClassDescription("""
        A Target is one artifact that the devices of a Factory may install: its path, length and hashes, and free data \
        about it, listed in the Factory's targets metadata.""")
public class Target extends CustomResource<TargetSpec, TargetStatus> implements Namespaced {

    @Override
    public void setStatus(TargetStatus status) {
        super.setStatus(Unseen.is(status, TargetStatus::observedGeneration) ? null : status);
    }
}
