package dev.factorytrust.cli;

import dev.factorytrust.api.v1alpha1.Condition;
import dev.factorytrust.api.v1alpha1.RootRotationStatus;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.Added;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.KeyRef;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.Payload;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.Phase;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.RejectedSignature;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.Side;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.Signatures;
import org.junit.jupiter.api.Test;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** What holders read of a RootRotation that waits for them. */
class OpenRotationTest {

    private static final String BEFORE = "2026-12-25T10:00:00Z";
    private static final KeyRef ALICE = new KeyRef("aa".repeat(32), "alice");
    private static final KeyRef BOB = new KeyRef("bb".repeat(32), "bob");
    private static final KeyRef NAMELESS = new KeyRef("cc".repeat(32), null);

    private static List<String> lines(boolean archived, Phase phase, Signatures signatures) {
        var status = new RootRotationStatus(
                1L,
                phase,
                1L,
                2L,
                signatures == null ? null : new Payload("hand-over-payload", "0f".repeat(32), BEFORE),
                List.of("+ bob ed25519 bbbbbbbb (root)"),
                signatures,
                List.of(new Condition("Complete", "False", "WaitsForTurn", "after RootRotation first", BEFORE, 1L)));
        return OpenRotation.lines("fleet", new Status.Rotation("hand-over", "Bob takes over", status), archived);
    }

    private static Signatures signatures(List<KeyRef> signed, List<KeyRef> missing, List<KeyRef> added) {
        return new Signatures(
                new Side(1, signed, missing),
                new Side(1, List.of(), List.of(BOB)),
                new Added(added),
                List.of(new RejectedSignature("mallory-signs", "the signature is over other bytes")));
    }

    @Test
    void who_is_missing_on_either_side_until_when_and_over_which_bytes() {
        assertThat(lines(
                        false,
                        Phase.AWAITING_SIGNATURES,
                        signatures(List.of(), List.of(ALICE, NAMELESS), List.of(BOB))))
                .containsExactly(
                        "RootRotation hand-over: AwaitingSignatures, Bob takes over",
                        "  + bob ed25519 bbbbbbbb (root)",
                        "  not counted, Secret mallory-signs: the signature is over other bytes",
                        "  still to sign, before " + BEFORE + ": alice, " + NAMELESS.keyid() + ", bob",
                        "  sha256 " + "0f".repeat(32) + ": compare it before you sign",
                        "  each of them: kubectl factory root payload hand-over -n fleet --out hand-over.json",
                        "          then: kubectl factory sign hand-over.json --key YOUR-KEY.pem > signed.yaml",
                        "          then: kubectl factory attach signed.yaml");
    }

    @Test
    void a_side_that_is_satisfied_asks_nobody_but_an_added_key_that_has_to_prove_itself() {
        assertThat(lines(false, Phase.AWAITING_SIGNATURES, signatures(List.of(ALICE), List.of(NAMELESS), List.of(BOB))))
                .contains("  still to sign, before " + BEFORE + ": bob");
    }

    @Test
    void whoever_has_the_archive_signs_with_one_command() {
        assertThat(lines(true, Phase.AWAITING_SIGNATURES, signatures(List.of(), List.of(ALICE), List.of())))
                .last()
                .isEqualTo(
                        "  whoever has the archive: kubectl factory root payload hand-over -n fleet --out hand-over.json"
                                + " && kubectl factory sign hand-over.json --archive keys.tgz | kubectl factory attach -");
    }

    @Test
    void one_that_waits_for_its_turn_says_for_what() {
        assertThat(lines(false, Phase.QUEUED, null))
                .containsExactly(
                        "RootRotation hand-over: Queued, Bob takes over",
                        "  + bob ed25519 bbbbbbbb (root)",
                        "  WaitsForTurn: after RootRotation first");
    }

    @Test
    void one_that_a_newer_operator_has_brought_to_a_phase_unknown_here_is_shown_all_the_same() {
        assertThat(lines(false, null, null)).startsWith("RootRotation hand-over: Unseen, Bob takes over");
    }
}
