package dev.factorytrust.cli.adopt;

import dev.factorytrust.tuf.adoption.Adoption;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.Metadata;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.repository.RootDiff;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What is adopted or exported, in lines for people. */
final class AdoptionReport {

    private AdoptionReport() {}

    static List<String> roles(Adoption.Adoptable fleet, Instant now) {
        var lines = new ArrayList<String>();
        var repository = fleet.repository();
        Optional<Root> before = Optional.empty();
        for (var root : repository.roots().values()) {
            lines.add(line(root, now, root == repository.root()) + "  sha256 "
                    + root.file().sha256());
            if (before.isPresent()) {
                RootDiff.between(before, root.metadata()).forEach(change -> lines.add("                 " + change));
            }
            before = Optional.of(root.metadata());
        }
        lines.add(line(repository.timestamp(), now, true));
        lines.add(line(repository.snapshot(), now, true));
        lines.add(line(repository.targets(), now, true) + ", "
                + repository.targets().metadata().targets().size() + " targets");
        return lines;
    }

    private static String line(Signed<? extends Metadata> signed, Instant now, boolean inUse) {
        var metadata = signed.metadata();
        return "%-9s %5d  expires %s%s"
                .formatted(
                        metadata.role(),
                        metadata.version(),
                        metadata.expires(),
                        inUse && metadata.isExpired(now) ? " (EXPIRED)" : "");
    }

    /** For each online role the keys that root names: whether they were brought. */
    static List<String> keys(Adoption.Adoptable fleet) {
        var lines = new ArrayList<String>();
        for (var role : Adoption.ONLINE) {
            var held = fleet.repository().root().metadata().role(role).keyids().stream()
                    .filter(keyid -> !fleet.missing(role).contains(keyid))
                    .toList();
            lines.add("%-9s  keys held: %s; missing: %s%s"
                    .formatted(
                            role,
                            shown(held),
                            shown(fleet.missing(role)),
                            fleet.suffices(role) ? "" : " - IT CAN'T BE SIGNED with these"));
        }
        return lines;
    }

    static boolean canSign(Adoption.Adoptable fleet) {
        return Adoption.ONLINE.stream().allMatch(fleet::suffices);
    }

    static String unsignable(Adoption.Adoptable fleet) {
        return Adoption.ONLINE.stream()
                .filter(role -> !fleet.suffices(role))
                .map(RoleName::value)
                .collect(Collectors.joining(", "));
    }

    private static String shown(List<KeyId> keyids) {
        return keyids.isEmpty()
                ? "none"
                : keyids.stream().map(keyid -> "%.16s".formatted(keyid.value())).collect(Collectors.joining(", "));
    }
}
