package dev.factorytrust.api.v1alpha1;

import dev.factorytrust.testing.ControlPlane;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import org.junit.jupiter.api.Test;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** Each status record survives server-side apply by the operator, and owns only what it says. */
class StatusIT {

    private static final String TIME = "2026-11-23T10:00:00Z";
    private static final Condition READY = new Condition("Ready", "True", "Published", "Root 4 is served", TIME, 3L);
    private static final String SPEC = "{bootstrap: {generate: {}}}";

    private final Declared declared = new Declared();
    private final KubernetesClient client = ControlPlane.shared().admin();

    @Test
    void the_status_of_a_factory_is_read_as_it_was_applied() {
        var role =
                new FactoryStatus.RoleStatus(4L, "2027-11-23T10:00:00Z", TIME, List.of("1f3c", "77aa"), 2, TIME, TIME);
        var status = new FactoryStatus(
                3L,
                List.of(READY),
                new FactoryStatus.Roles(role, role, role, role),
                new FactoryStatus.TargetsSummary(12, 1, 0, null),
                "acme-root-5-1f3c9a2b",
                "9f86d081".repeat(8),
                TIME,
                "https://tuf.example.com/fleet/acme");

        assertThat(applied(declared.create("Factory", SPEC), new Factory(), status))
                .isEqualTo(status);
    }

    @Test
    void the_status_of_a_rotation_is_read_as_it_was_applied() {
        var alice = new RootRotationStatus.KeyRef("77aa", "alice");
        var unnamed = new RootRotationStatus.KeyRef("1f3c", null);
        var status = new RootRotationStatus(
                1L,
                RootRotationStatus.Phase.AWAITING_SIGNATURES,
                4L,
                5L,
                new RootRotationStatus.Payload("hand-over-payload", "9f86d081".repeat(8), TIME),
                List.of("+ bob ed25519 1f3c", "- alice ed25519 77aa", "- alice ed25519 77aa"),
                new RootRotationStatus.Signatures(
                        new RootRotationStatus.Side(1, List.of(alice), List.of()),
                        new RootRotationStatus.Side(2, List.of(), List.of(alice, unnamed)),
                        new RootRotationStatus.Added(List.of(unnamed)),
                        List.of(
                                new RootRotationStatus.RejectedSignature("bob-signs", "unknown key"),
                                new RootRotationStatus.RejectedSignature("bob-signs", "signs other bytes"))),
                List.of(new Condition("Complete", "False", "AwaitingSignatures", "Waits for alice", TIME, 1L)));

        assertThat(applied(declared.create("RootRotation", "{factory: acme}"), new RootRotation(), status))
                .isEqualTo(status);
    }

    @Test
    void the_status_of_a_target_is_read_as_it_was_applied() {
        var spec = "{factory: acme, length: 0, hashes: {sha256: " + "9f86d081".repeat(8) + "}}";
        var status = new TargetStatus(2L, List.of(READY), 17L);

        assertThat(applied(declared.create("Target", spec), new Target(), status))
                .isEqualTo(status);
    }

    @Test
    void what_is_absent_from_an_applied_status_is_absent_afterwards() {
        var factory = declared.create("Factory", SPEC);
        applied(factory, new Factory(), new FactoryStatus(1L, List.of(READY), null, null, "rr", null, null, null));
        applied(factory, new Factory(), new FactoryStatus(2L, List.of(READY), null, null, null, null, null, null));

        assertThat(declared.read(factory).<Object>get("status", "pendingRotation"))
                .isNull();
    }

    @Test
    void a_list_of_missing_signatures_that_becomes_empty_stays_there() {
        var rotation = declared.create("RootRotation", "{factory: acme}");
        var alice = List.of(new RootRotationStatus.KeyRef("77aa", "alice"));
        applied(rotation, new RootRotation(), waiting(List.of(), alice));

        assertThat(applied(rotation, new RootRotation(), waiting(alice, List.of())))
                .isEqualTo(waiting(alice, List.of()));
    }

    private static RootRotationStatus waiting(
            List<RootRotationStatus.KeyRef> signed, List<RootRotationStatus.KeyRef> missing) {
        var side = new RootRotationStatus.Side(1, signed, missing);
        var signatures =
                new RootRotationStatus.Signatures(side, side, new RootRotationStatus.Added(missing), List.of());
        return new RootRotationStatus(1L, null, null, 2L, null, null, signatures, null);
    }

    /** The fresh object that the operator sends: name, namespace and status alone. */
    private <S> S applied(GenericKubernetesResource of, CustomResource<?, S> fresh, S status) {
        fresh.setMetadata(new ObjectMetaBuilder()
                .withName(of.getMetadata().getName())
                .withNamespace(of.getMetadata().getNamespace())
                .build());
        fresh.setStatus(status);
        var patch = new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager("factory-trust")
                .withForce(true)
                .build();
        client.resource(fresh).subresource("status").patch(patch);
        return client.resource(fresh).get().getStatus();
    }
}
