package dev.factorytrust.cli;

import dev.factorytrust.api.v1alpha1.Durations;
import dev.factorytrust.api.v1alpha1.FactorySpec;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.RootRotationSpec;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.dialect.StandardDialect;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.repository.RootChange;
import dev.factorytrust.tuf.repository.RootDiff;
import dev.factorytrust.tuf.repository.RootExtras;
import dev.factorytrust.tuf.repository.RootProposal;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Whether a payload is what was asked for: the next root is made here once more, from the root before and the request,
 * and every byte has to agree. Only what the operator alone knows is taken from the payload, within bounds: when it
 * expires, and the new online keys where some were asked for.
 */
final class PayloadCheck {

    /** Of clocks. */
    private static final Duration SLACK = Duration.ofMinutes(10);

    /** How long the operator offers a payload at the most; it may be as old. */
    private static final Duration OFFERED = Duration.ofDays(30);

    private static final StandardDialect DIALECT = new StandardDialect();

    private PayloadCheck() {}

    /** @throws Failure saying what nobody asked for */
    static RootPayload check(KeyRotationState state, KeyRotationRequest request, RootRotation rotation, Bytes payload) {
        var name = rotation.getMetadata().getName();
        var promised = rotation.getStatus().payload().sha256();
        if (!payload.sha256().equals(promised)) {
            throw refused(name, "its sha256 is %s, and status.payload says %s".formatted(payload.sha256(), promised));
        }
        var current = state.roots().newest();
        var offered = RootPayload.read(
                new InputFile("the payload of RootRotation " + name, payload),
                Optional.of(new InputFile("root version " + current.metadata().version(), current.file())));
        var next = offered.next();
        requireExpiry(name, next.expires(), life(state, request), state.now());
        var change = new RootChange(
                KeyRotationSpec.edit(state),
                Optional.empty(),
                newOnlineKeys(name, request, current.metadata(), next),
                next.expires(),
                Optional.of(new RootExtras.Rotation(name, rotation.getSpec().sha256())),
                request.namespace() + '/' + request.factory());
        return switch (RootProposal.propose(DIALECT, Optional.of(current.metadata()), change)) {
            case RootProposal.Refused(var _, var message) -> throw refused(name, message);
            case RootProposal.Proposed(var expected, var _, var _) -> {
                if (!DIALECT.canonical(expected).equals(payload)) {
                    throw refused(name, unasked(expected, next));
                }
                yield offered;
            }
        };
    }

    private static String unasked(Root expected, Root next) {
        var lines = RootDiff.between(Optional.of(expected), next);
        return "it holds what was not asked for" + (lines.isEmpty() ? "" : ":\n  " + String.join("\n  ", lines));
    }

    private static Duration life(KeyRotationState state, KeyRotationRequest request) {
        return request.expiresAfter()
                .or(() ->
                        Optional.ofNullable(state.factory().getSpec().root()).map(FactorySpec.RootPolicy::expiresAfter))
                .map(Durations::parse)
                .orElse(Durations.ROOT_EXPIRES_AFTER);
    }

    private static void requireExpiry(String name, Instant expires, Duration life, Instant now) {
        var third = life.dividedBy(3);
        var oldest = now.plus(life)
                .minus(OFFERED.compareTo(third) < 0 ? OFFERED : third)
                .minus(SLACK);
        var newest = now.plus(life).plus(SLACK);
        if (expires.isBefore(oldest) || expires.isAfter(newest) || !expires.isAfter(now)) {
            throw refused(
                    name,
                    "it expires %s, and with a life of %d s it should between %s and %s"
                            .formatted(expires, life.toSeconds(), oldest, newest));
        }
    }

    private static Map<RoleName, List<PublicKey>> newOnlineKeys(
            String name, KeyRotationRequest request, Root current, Root next) {
        return request.rotated().stream()
                .map(PayloadCheck::role)
                .collect(Collectors.toMap(role -> role, role -> List.of(newOnlineKey(name, role, current, next))));
    }

    private static PublicKey newOnlineKey(String name, RoleName role, Root current, Root next) {
        var fresh = next.role(role).keyids().stream()
                .filter(keyid -> !current.role(role).keyids().contains(keyid))
                .map(keyid -> next.keys().get(keyid).publicKey())
                .flatMap(Optional::stream)
                .toList();
        if (fresh.size() != 1) {
            throw refused(name, "it has %d new keys for %s instead of one".formatted(fresh.size(), role.value()));
        }
        if (current.keys().values().stream().map(Key::publicKey).anyMatch(Optional.of(fresh.getFirst())::equals)) {
            throw refused(name, "what it calls a new key for " + role.value() + " is an old one");
        }
        return fresh.getFirst();
    }

    private static RoleName role(RootRotationSpec.OnlineRole role) {
        return switch (role) {
            case TIMESTAMP -> RoleName.TIMESTAMP;
            case SNAPSHOT -> RoleName.SNAPSHOT;
            case TARGETS -> RoleName.TARGETS;
        };
    }

    private static Failure refused(String rotation, String why) {
        return Failure.refused("nothing is signed: the payload of RootRotation " + rotation
                + " is not what this command line asks for: " + why);
    }
}
