package dev.factorytrust.tuf.repository;

import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What one root changes against the one before it, in lines that a holder reads before signing. */
public final class RootDiff {

    private RootDiff() {}

    /**
     * Lines like {@code + bob ed25519 1f3c5a7e… (root)}, {@code - alice …}, {@code threshold root 1 → 2} and
     * {@code expires … → …}, roles in the order root, targets, snapshot, timestamp.
     *
     * @param current empty for a first root: all of it is new
     */
    public static List<String> between(Optional<Root> current, Root next) {
        var lines = new ArrayList<String>();
        for (var role : RoleName.values()) {
            var before = current.map(root -> keyLines(root, role)).orElse(Set.of());
            var after = keyLines(next, role);
            after.stream().filter(line -> !before.contains(line)).forEach(line -> lines.add("+ " + line));
            before.stream().filter(line -> !after.contains(line)).forEach(line -> lines.add("- " + line));
        }
        for (var role : RoleName.values()) {
            change(
                            current.map(root -> root.role(role).threshold()),
                            next.role(role).threshold())
                    .ifPresent(change -> lines.add("threshold " + role.value() + ' ' + change));
        }
        change(current.map(Root::expires), next.expires()).ifPresent(change -> lines.add("expires " + change));
        return List.copyOf(lines);
    }

    private static <T> Optional<String> change(Optional<T> before, T after) {
        return before.isEmpty()
                ? Optional.of(after.toString())
                : before.filter(value -> !value.equals(after)).map(value -> value + " → " + after);
    }

    private static Set<String> keyLines(Root root, RoleName role) {
        var lines = new LinkedHashSet<String>();
        for (var keyid : root.role(role).keyids()) {
            lines.add(describe(root, keyid) + " (" + role.value() + ')');
        }
        return lines;
    }

    /** {@code bob ed25519 1f3c5a7e…}, without the name where the key has none. */
    static String describe(Root root, KeyId keyid) {
        var key = root.keys().get(keyid);
        var name = RootExtras.of(root).holders().get(keyid);
        return (name == null ? "" : name + ' ') + typeOf(key) + ' ' + abbreviate(keyid);
    }

    static String abbreviate(KeyId keyid) {
        var value = keyid.value();
        return value.length() <= 8 ? value : value.substring(0, 8) + '…';
    }

    private static String typeOf(Key key) {
        return key.publicKey().map(usable -> usable.type().id()).orElseGet(key::keytype);
    }
}
