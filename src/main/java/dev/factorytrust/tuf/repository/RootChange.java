package dev.factorytrust.tuf.repository;

import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.model.RoleName;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One declared change of the root role.
 *
 * @param root empty to leave the root's holders and threshold as they are
 * @param targets likewise for the holders of the targets role, where its custody isn't online alone
 * @param newOnlineKeys replaces the role's online keys, which are all that no holder has; an empty list takes them out
 *     of the role; a role that is absent keeps its own
 * @param expires of the next root; cut to the whole second
 * @param rotation what the next root says it came from; empty for a root that no RootRotation declares
 * @param factory {@code <namespace>/<name>}
 */
public record RootChange(
        Optional<RoleEdit> root,
        Optional<RoleEdit> targets,
        Map<RoleName, List<PublicKey>> newOnlineKeys,
        Instant expires,
        Optional<RootExtras.Rotation> rotation,
        String factory) {

    public RootChange {
        if (newOnlineKeys.containsKey(RoleName.ROOT)) {
            throw new IllegalArgumentException("root has no online keys");
        }
        newOnlineKeys = newOnlineKeys.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, keys -> List.copyOf(keys.getValue())));
        expires = expires.truncatedTo(ChronoUnit.SECONDS);
    }
}
