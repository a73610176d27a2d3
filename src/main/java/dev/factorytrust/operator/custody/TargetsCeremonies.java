package dev.factorytrust.operator.custody;

import dev.factorytrust.api.v1alpha1.OfferedTargets;
import dev.factorytrust.operator.rotation.AttachedSecrets;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.TargetFile;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.repository.ManagedPaths;
import dev.factorytrust.tuf.repository.PublicationPlan;
import dev.factorytrust.tuf.repository.TargetsDiff;
import dev.factorytrust.tuf.repository.TargetsTally;
import io.fabric8.kubernetes.api.model.ConfigMap;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * The versions of targets that holders may sign.
 *
 * <p>Each change that is declared makes another payload, at the next free version: whoever has taken one to a machine
 * without a network finds it as it was when he is back. It can be signed for a week, as long as all that it changes is
 * still wanted. The first that has its signatures is published; from then on older ones can't be, and newer ones can.
 *
 * <p>The newest stays where it is until something above it is published, even when nobody may sign it any more: as long
 * as its name is taken, no other content gets its version.
 *
 * @param open those that may be signed, the newest first
 * @param closed the newest, where nobody may sign it any more
 * @param offer the one to be offered next
 * @param planted what stands at a payload's name and isn't the operator's
 * @param ended payloads that nobody needs any more
 */
public record TargetsCeremonies(
        List<TargetsCeremony> open,
        Optional<TargetsPayload> closed,
        Optional<TargetsPayload> offer,
        List<ConfigMap> planted,
        List<ConfigMap> ended) {

    private static final Duration SIGN_WITHIN = Duration.ofDays(7);

    /** More that nobody has begun to sign are of no use to anybody. */
    private static final int UNSIGNED_AT_MOST = 20;

    /** @param roots under which a version must hold, the older first */
    public static TargetsCeremonies of(TargetsInputs inputs, List<Root> roots) {
        var ours = ours(inputs);
        var open = new ArrayList<TargetsCeremony>();
        var ended = new ArrayList<ConfigMap>();
        var unsigned = 0;
        for (var payload : ours) {
            var ceremony = ceremony(inputs, payload, roots);
            if (isOpen(inputs, payload)
                    && !(ceremony.left() instanceof Left.Outdated)
                    && (ceremony.tally().isBegun() || unsigned++ < UNSIGNED_AT_MOST)) {
                open.add(ceremony);
            } else if (payload != ours.getFirst() || payload.version() <= inputs.publishedVersion()) {
                ended.add(payload.object());
            }
        }
        var newest = ours.stream().findFirst().filter(payload -> payload.version() > inputs.publishedVersion());
        return new TargetsCeremonies(
                List.copyOf(open),
                newest.filter(payload -> open.stream().noneMatch(ceremony -> ceremony.payload() == payload)),
                offer(inputs, newest, open),
                planted(inputs, ours),
                List.copyOf(ended));
    }

    /** No version up to this one may get another content: holders have had it in their hands. */
    public static long highestOffered(TargetsInputs inputs) {
        var stored = ours(inputs).stream().mapToLong(TargetsPayload::version);
        return LongStream.concat(stored, LongStream.of(highestReported(inputs)))
                .max()
                .orElse(0);
    }

    /** What stands at a payload's name and isn't the operator's, also where no holders are asked any more. */
    public static List<ConfigMap> planted(TargetsInputs inputs) {
        return planted(inputs, ours(inputs));
    }

    private static List<ConfigMap> planted(TargetsInputs inputs, List<TargetsPayload> ours) {
        var names = ours.stream().map(TargetsPayload::name).toList();
        return inputs.stored().targetsPayloads().values().stream()
                .filter(object -> !names.contains(object.getMetadata().getName()))
                .toList();
    }

    /** The newest first. */
    private static List<TargetsPayload> ours(TargetsInputs inputs) {
        return inputs.payloads().stream()
                .filter(payload -> payload.version() <= inputs.publishedVersion() || isOurs(inputs, payload))
                .toList();
    }

    private static Optional<TargetsPayload> offer(
            TargetsInputs inputs, Optional<TargetsPayload> newest, List<TargetsCeremony> open) {
        var changes = inputs.plan().changed() && !inputs.plan().held();
        if (!inputs.settled()
                || !(changes || inputs.wanted() || inputs.published().isEmpty())) {
            return Optional.empty();
        }
        var current = open.stream()
                .map(TargetsCeremony::payload)
                .filter(payload -> newest.filter(payload::equals).isPresent())
                .filter(payload ->
                        payload.targets().targets().equals(inputs.plan().content())
                                && payload.record()
                                        .filter(inputs.plan().record()::equals)
                                        .isPresent());
        if (current.findFirst().isPresent()) {
            return Optional.empty();
        }
        var second = inputs.now().truncatedTo(ChronoUnit.SECONDS);
        var life = inputs.policy().expiresAfter();
        return Optional.of(payload(
                inputs,
                inputs.stored().freeVersion(RoleName.TARGETS, Math.max(inputs.above(), highestOffered(inputs))),
                inputs.plan().record(),
                second.plus(life),
                second.plus(signWithin(life))));
    }

    private static TargetsPayload payload(
            TargetsInputs inputs, long version, ManagedPaths record, Instant expires, Instant signBefore) {
        var targets = PublicationPlan.newTargets(
                inputs.published(), version, inputs.plan().content(), expires);
        return TargetsPayload.make(inputs.factory(), inputs.dialect(), targets, record, signBefore);
    }

    /**
     * Status names it, or it is what would be offered now: a crash may come before status. Whoever may write ConfigMaps must
     * not have holders sign his own, nor use up the versions.
     */
    private static boolean isOurs(TargetsInputs inputs, TargetsPayload payload) {
        return inputs.reported().stream()
                        .anyMatch(offered -> offered.configMap().equals(payload.name())
                                && payload.canonical().sha256().equals(offered.sha256()))
                || isNext(inputs, payload);
    }

    /** One at most, for what is wanted is offered once: no other comes above it before status names it, or it is removed. */
    private static boolean isNext(TargetsInputs inputs, TargetsPayload payload) {
        var version = payload.version();
        var life = inputs.policy().expiresAfter();
        var known = Math.max(inputs.above(), highestReported(inputs));
        return version > known
                && version <= inputs.stored().freeVersion(RoleName.TARGETS, known)
                && !payload.targets().expires().isAfter(inputs.now().plus(life))
                && !payload.signBefore().isAfter(inputs.now().plus(signWithin(life)))
                && payload(
                                inputs,
                                version,
                                inputs.plan().record(),
                                payload.targets().expires(),
                                payload.signBefore())
                        .canonical()
                        .equals(payload.canonical());
    }

    private static long highestReported(TargetsInputs inputs) {
        return inputs.reported().stream()
                .mapToLong(OfferedTargets::version)
                .max()
                .orElse(0);
    }

    private static boolean isOpen(TargetsInputs inputs, TargetsPayload payload) {
        return payload.version() > inputs.publishedVersion()
                && inputs.now().isBefore(payload.signBefore())
                && inputs.now().isBefore(payload.targets().expires())
                && isStillWanted(inputs, payload.targets().targets());
    }

    /** What was declared and then taken back must not reach devices because a signature came late. */
    private static boolean isStillWanted(TargetsInputs inputs, Map<String, TargetFile> content) {
        var published = inputs.published().map(Targets::targets).orElse(Map.of());
        var paths = new HashSet<>(content.keySet());
        paths.addAll(published.keySet());
        var wanted = inputs.plan().content();
        return paths.stream()
                .filter(path -> !Objects.equals(content.get(path), published.get(path)))
                .allMatch(path -> Objects.equals(content.get(path), wanted.get(path)));
    }

    private static TargetsCeremony ceremony(TargetsInputs inputs, TargetsPayload payload, List<Root> roots) {
        var secrets = AttachedSecrets.of(inputs.dialect(), inputs.signatures().getOrDefault(payload.name(), List.of()));
        return new TargetsCeremony(
                payload,
                TargetsDiff.summary(inputs.published(), payload.targets()),
                TargetsTally.of(inputs.dialect(), payload.canonical(), roots, inputs.signers(), secrets.offers()),
                secrets.refused(),
                Left.of(inputs, payload, roots));
    }

    /** In whole seconds; a payload that nobody has signed in that time is made anew, so that targets last as long as declared. */
    private static Duration signWithin(Duration life) {
        var third = Duration.ofSeconds(life.toSeconds() / 3);
        return SIGN_WITHIN.compareTo(third) <= 0 ? SIGN_WITHIN : third;
    }
}
