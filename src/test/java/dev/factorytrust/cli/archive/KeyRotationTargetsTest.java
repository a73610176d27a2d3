package dev.factorytrust.cli.archive;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.FactorySpec;
import dev.factorytrust.api.v1alpha1.OfferedTargets;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.KeyRef;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.RejectedSignature;
import dev.factorytrust.api.v1alpha1.RootRotationStatus.Side;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.TestMetadata;
import dev.factorytrust.tuf.archive.KeyArchive;
import dev.factorytrust.tuf.archive.KeyArchive.ArchivedKey;
import dev.factorytrust.tuf.model.Delegations;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.TargetFile;
import dev.factorytrust.tuf.model.Targets;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static dev.factorytrust.tuf.TestMetadata.NOW;
import static dev.factorytrust.tuf.TestMetadata.TUF;
import static dev.factorytrust.tuf.TestMetadata.key;
import static dev.factorytrust.tuf.TestMetadata.keyid;
import static dev.factorytrust.tuf.TestMetadata.role;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * From every state of targets to the next step, once the root is signed in which tina's key of targets goes and tess' comes,
 * both of one holder; and what nobody signs.
 */
class KeyRotationTargetsTest {

    private static final Root SEEN = root(1, "tina");
    private static final Root NEXT = root(2, "tess");

    private static Root root(long version, String holder) {
        var root = TestMetadata.root(
                version, Map.of(RoleName.ROOT, role(1, "alice"), RoleName.TARGETS, role(1, holder, "tom")));
        return new Root(
                version,
                root.expires(),
                root.consistentSnapshot(),
                TestMetadata.keys("alice", "tina", "tess", "tom", "snapshot", "timestamp"),
                root.roles(),
                Map.of("x-factory-trust-factory", TextNode.valueOf("fleet/acme")));
    }

    private static Targets targets(long version, String... paths) {
        return new Targets(
                version,
                NOW.plus(Duration.ofDays(90)),
                Stream.of(paths)
                        .collect(Collectors.toMap(
                                path -> path,
                                path -> new TargetFile(
                                        5, Map.of("sha256", Bytes.utf8(path).sha256()), Optional.empty(), Map.of()))),
                Optional.empty(),
                Map.of());
    }

    /** Version 1 lists a, and these have signed it. */
    private static Found servedBy(String... holders) {
        return new Found(Optional.of(TestMetadata.sign(targets(1, "a"), holders)), new ArrayList<>(), false);
    }

    private static Found refusedByDevices() {
        return new Found(Optional.empty(), new ArrayList<>(), false);
    }

    private record Found(Optional<Bytes> served, List<AwaitedTargets.Offer> offers, boolean paused) {

        Found isPaused() {
            return new Found(served, offers, true);
        }

        /** @param current who may still sign for the root that devices see; separated by blanks */
        Found offers(Targets next, String current, String nextRoot) {
            return offers(next.version(), TUF.canonical(next), current, nextRoot, "");
        }

        Found offers(long version, Bytes payload, String current, String nextRoot, String rejected) {
            return offers(version, payload, payload.sha256(), current, nextRoot, rejected);
        }

        Found offers(long version, Bytes payload, String sha256, String current, String nextRoot, String rejected) {
            offers.add(new AwaitedTargets.Offer(
                    new OfferedTargets(
                            "acme-targets-" + version + "-payload",
                            version,
                            sha256,
                            "2030-01-08T00:00:00Z",
                            List.of(),
                            new OfferedTargets.Signatures(
                                    side(current),
                                    side(nextRoot),
                                    rejected.isEmpty()
                                            ? List.of()
                                            : List.of(new RejectedSignature(rejected, "it is no signature")))),
                    Optional.of(payload)));
            return this;
        }

        private static Side side(String missing) {
            return new Side(
                    1,
                    missing.isEmpty() ? List.of(new KeyRef("someone", null)) : List.of(),
                    Stream.of(missing.split(" "))
                            .filter(name -> !name.isEmpty())
                            .map(name -> new KeyRef(keyid(name).value(), name))
                            .toList());
        }

        KeyRotationState state() {
            var roots = RootHistory.read(
                    "acme",
                    version -> Stream.of(SEEN, NEXT)
                            .filter(root -> root.version() == version)
                            .map(root -> TestMetadata.sign(root, "alice"))
                            .findFirst(),
                    1,
                    new HolderKeys(List.of(key("alice").publicKey()), List.of()),
                    Optional.empty());
            var factory = new Factory();
            factory.setMetadata(new ObjectMetaBuilder().withName("acme").build());
            factory.setSpec(new FactorySpec(null, null, null, null, null, null, null, null, null, null, null, paused));
            return new KeyRotationState(
                    factory,
                    roots,
                    archive("root alice", "targets tina"),
                    Optional.of(archive("root alice", "targets tina", "targets tess")),
                    Optional.of("acme-keys"),
                    Optional.empty(),
                    true,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(new AwaitedTargets(
                            served.map(file -> TUF.decode(Targets.class, file)), "timestamp expired", offers)),
                    NOW);
        }

        private static KeyArchive archive(String... keys) {
            return new KeyArchive(Stream.of(keys)
                    .map(named -> named.split(" "))
                    .map(named -> new ArchivedKey("fioctl-" + named[0] + '-' + named[1], key(named[1])))
                    .toList());
        }
    }

    static Stream<Arguments> states() {
        var same = targets(2, "a");
        return Stream.of(
                arguments(
                        "nothing is offered yet",
                        servedBy("tina"),
                        "waits unsigned: root version 2 is signed; the operator has yet to offer"),
                arguments("a paused Factory", servedBy("tina").isPaused(), "refuses: Factory acme is paused"),
                arguments(
                        "both keys are asked for",
                        servedBy("tina").offers(same, "tina tom", "tess tom"),
                        "signs 2 with tess tina."),
                arguments(
                        "only the new key is, as under Compromise",
                        servedBy("tina").offers(same, "tess tom", ""),
                        "signs 2 with tess."),
                arguments(
                        "only the new key is, for the old one has signed",
                        servedBy("tina").offers(same, "", "tess tom"),
                        "signs 2 with tess."),
                arguments(
                        "others are asked for",
                        servedBy("tina").offers(same, "tom", "tom"),
                        "waits signed: targets version 2 waits for tom"),
                arguments(
                        "all have signed",
                        servedBy("tina").offers(same, "", ""),
                        "waits signed: targets version 2 is signed"),
                arguments(
                        "what is served is newer than what status says is offered",
                        servedBy("tina").offers(targets(1, "a"), "tina", "tess"),
                        "waits unsigned: root version 2 is signed; the operator has yet to offer"),
                arguments(
                        "a change was declared before",
                        servedBy("tina").offers(targets(2, "a", "b"), "tina", "tess"),
                        "asks, and signs 2 with tess tina. note that it changes what devices are offered"),
                arguments(
                        "a change was declared after",
                        servedBy("tina")
                                .offers(targets(3, "a", "b"), "tina", "tess")
                                .offers(same, "tina", "tess"),
                        "signs 2 with tess tina."),
                arguments(
                        "a change was declared after the holder had signed",
                        servedBy("tina")
                                .offers(targets(3, "a", "b"), "tina", "tess")
                                .offers(same, "tom", "tom"),
                        "waits signed: targets version 2 waits for tom"),
                arguments(
                        "it would hold for ever",
                        servedBy("tina").offers(expiring(same, Duration.ofDays(3650)), "tina", "tess"),
                        "asks, and signs 2 with tess tina. note that it expires"),
                arguments(
                        "the Factory's expiresAfter was another when it was offered",
                        servedBy("tina").offers(expiring(same, Duration.ofDays(60)), "tina", "tess"),
                        "asks, and signs 2 with tess tina. note that it expires"),
                arguments(
                        "devices would refuse what they are served",
                        refusedByDevices().offers(same, "tina", "tess"),
                        "asks, and signs 2 with tess tina. note that devices would refuse what they are served (timestamp expired)"),
                arguments(
                        "something else is where a signature belongs",
                        servedBy("tina")
                                .offers(
                                        2,
                                        TUF.canonical(same),
                                        "tina",
                                        "tess",
                                        "acme-targets-2-%s-by-%s"
                                                .formatted(
                                                        TUF.canonical(same)
                                                                .sha256()
                                                                .substring(0, 8),
                                                        key("tina")
                                                                .publicKey()
                                                                .fingerprint()
                                                                .substring(0, 8))),
                        "refuses: Secret acme-targets-2-"),
                arguments("what is served holds under both roots", servedBy("tina", "tess"), "goes on"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("states")
    void the_next_step(String what, Found found, String step) {
        assertThat(told(KeyRotationTargets.step(found.state(), KeyHolder.of(RoleName.TARGETS))))
                .startsWith(step);
    }

    private static String told(Optional<KeyRotationStep> step) {
        return switch (step.orElse(null)) {
            case null -> "goes on";
            case KeyRotationStep.Wait(var why, var signed) -> "waits " + (signed ? "signed: " : "unsigned: ") + why;
            case KeyRotationStep.Refuse(var why) -> "refuses: " + why;
            case KeyRotationStep.Sign(var payload, var signers, var unasked) ->
                (unasked.isEmpty() ? "" : "asks, and ") + "signs "
                        + TUF.decodeSigned(Targets.class, payload.bytes()).version() + " with "
                        + Stream.of("tess", "tina", "tom")
                                .filter(name -> signers.containsKey(keyid(name)))
                                .collect(Collectors.joining(" "))
                        + '.'
                        + unasked.stream().map(" "::concat).collect(Collectors.joining());
            default -> throw new AssertionError(step);
        };
    }

    static Stream<Arguments> lies() {
        return Stream.of(
                lie("that have expired", targets -> expiring(targets, Duration.ofDays(-1)), "it expired"),
                lie("of another version than status says", targets -> targets(3, "a"), "it is acme-targets-3 of fleet"),
                lie(
                        "that delegate",
                        targets -> new Targets(
                                2,
                                targets.expires(),
                                targets.targets(),
                                Optional.of(new Delegations(
                                        TestMetadata.keys("mallory"), List.of(), Optional.empty(), Map.of())),
                                Map.of()),
                        "its delegations or fields that no client knows are others"),
                lie(
                        "with a field that nobody knows",
                        targets -> new Targets(
                                2,
                                targets.expires(),
                                targets.targets(),
                                Optional.empty(),
                                Map.of("x-surprise", TextNode.valueOf("hello"))),
                        "its delegations or fields that no client knows are others"));
    }

    private static Targets expiring(Targets targets, Duration later) {
        return new Targets(2, NOW.plus(later), targets.targets(), Optional.empty(), Map.of());
    }

    private static Arguments lie(String what, UnaryOperator<Targets> lie, String why) {
        return arguments(what, TUF.canonical(lie.apply(targets(2, "a"))), why);
    }

    @ParameterizedTest(name = "targets {0}")
    @MethodSource("lies")
    void nobody_signs(String what, Bytes payload, String why) {
        refused(servedBy("tina").offers(2, payload, "tina", "tess", ""), why);
    }

    @Test
    void nobody_signs_bytes_that_status_does_not_name() {
        refused(
                servedBy("tina").offers(2, TUF.canonical(targets(2, "a")), "00", "tina", "tess", ""),
                "and status.targets.payloads says 00");
    }

    @Test
    void nobody_signs_what_is_no_targets() {
        refused(servedBy("tina").offers(2, TUF.canonical(NEXT), "tina", "tess", ""), "is no payload of targets");
        refused(
                servedBy("tina")
                        .offers(2, Bytes.utf8(TUF.canonical(targets(2, "a")).utf8() + "\n"), "tina", "tess", ""),
                "is no payload of targets");
    }

    @Test
    void nobody_signs_a_version_after_which_none_could_come() {
        refused(
                servedBy("tina").offers(targets(Integer.MAX_VALUE, "a"), "tina", "tess"),
                "it would use up all between");
    }

    private static void refused(Found found, String why) {
        assertThatThrownBy(() -> KeyRotationTargets.step(found.state(), KeyHolder.of(RoleName.TARGETS)))
                .isInstanceOf(Failure.class)
                .hasMessageContaining(why);
    }
}
