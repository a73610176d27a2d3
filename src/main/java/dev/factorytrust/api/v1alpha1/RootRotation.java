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

/** One declared change of a Factory's root role. */
@Group("factory-trust.dev")
@Version("v1alpha1")
@Plural("rootrotations")
@ShortNames("rr")
@Categories("tuf")
@JsonClassDescription("""
        A RootRotation is one declared change of a Factory's root: holders that come and go, online keys to exchange, a \
        new expiry. It becomes the next root version once the holders have signed its payload; attach their signatures as \
        Secrets.""")
@ValidationRule(
        value = "self.metadata.name.size() <= 55",
        message =
                "a RootRotation's name has 55 characters at most, since <name>-payload must fit a label: choose a shorter"
                        + " one")
@ValidationRule(
        value = "!self.metadata.name.matches('-targets-[0-9]+$')",
        message =
                "a RootRotation's name must not end in -targets-<number>: <name>-payload would be taken for a version of"
                        + " targets to sign. Choose another name")
public class RootRotation extends CustomResource<RootRotationSpec, RootRotationStatus> implements Namespaced {

    @Override
    public void setStatus(RootRotationStatus status) {
        super.setStatus(Unseen.is(status, RootRotationStatus::observedGeneration) ? null : status);
    }
}
