package dev.factorytrust.tuf.repository;

import com.fasterxml.jackson.databind.JsonNode;
import dev.factorytrust.tuf.model.Key;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

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
            var before = current.map(root -> listed(root, role)).orElse(Set.of());
            var after = listed(next, role);
            after.stream().filter(key -> !before.contains(key)).forEach(key -> lines.add("+ " + key.line()));
            before.stream().filter(key -> !after.contains(key)).forEach(key -> lines.add("- " + key.line()));
        }
        for (var role : RoleName.values()) {
            change(
                            current.map(root -> root.role(role).threshold()),
                            next.role(role).threshold())
                    .ifPresent(change -> lines.add("threshold " + role.value() + ' ' + change));
        }
        change(current.map(Root::expires), next.expires()).ifPresent(change -> lines.add("expires " + change));
        others(current, next, lines);
        return List.copyOf(lines);
    }

    /** What no operator of ours changes: whoever signs must see it all the same. */
    private static void others(Optional<Root> current, Root next, List<String> lines) {
        if (current.isPresent() && next.consistentSnapshot() != current.get().consistentSnapshot()) {
            lines.add("consistent_snapshot becomes " + next.consistentSnapshot());
        }
        for (var role : RoleName.values()) {
            fields(
                    role.value() + ' ',
                    current.map(root -> root.role(role).unrecognized()),
                    next.role(role).unrecognized(),
                    lines);
        }
        var names = new TreeSet<>(next.roles().keySet());
        current.map(Root::roles).map(Map::keySet).ifPresent(names::addAll);
        names.removeIf(name -> RoleName.of(name).isPresent());
        names.stream()
                .filter(name -> !Optional.ofNullable(next.roles().get(name))
                        .equals(current.map(root -> root.roles().get(name))))
                .forEach(name ->
                        lines.add("role " + DiffText.name(name) + " is another, which no client of ours knows"));
        fields("", current.map(Root::unrecognized), next.unrecognized(), lines);
    }

    private static void fields(
            String of, Optional<Map<String, JsonNode>> current, Map<String, JsonNode> next, List<String> lines) {
        var names = new TreeSet<>(next.keySet());
        current.map(Map::keySet).ifPresent(names::addAll);
        names.stream()
                .filter(name -> !RootExtras.isExpectedToChange(name, current.map(fields -> fields.get(name))))
                .filter(name -> !Optional.ofNullable(next.get(name)).equals(current.map(fields -> fields.get(name))))
                .forEach(name -> lines.add("%sfield %s becomes %s"
                        .formatted(
                                of,
                                DiffText.name(name),
                                Optional.ofNullable(next.get(name))
                                        .map(DiffText::json)
                                        .orElse("nothing"))));
    }

    private static <T> Optional<String> change(Optional<T> before, T after) {
        return before.isEmpty()
                ? Optional.of(after.toString())
                : before.filter(value -> !value.equals(after)).map(value -> value + " → " + after);
    }

    /** It is another key if anything of it is, whatever its line shows. */
    private record Listed(String line, KeyId keyid, Optional<Key> key) {}

    private static Set<Listed> listed(Root root, RoleName role) {
        var keys = new LinkedHashSet<Listed>();
        for (var keyid : root.role(role).keyids()) {
            var line = describe(root, keyid) + " (" + role.value() + ')';
            keys.add(new Listed(line, keyid, Optional.ofNullable(root.keys().get(keyid))));
        }
        return keys;
    }

    /** {@code bob ed25519 1f3c5a7e…}, without the name where the key has none. */
    static String describe(Root root, KeyId keyid) {
        var key = Optional.ofNullable(root.keys().get(keyid));
        var name = RootExtras.of(root).holders().get(keyid);
        return (name == null ? "" : name + ' ') + key.map(RootDiff::typeOf).orElse("unknown") + ' ' + abbreviate(keyid);
    }

    static String abbreviate(KeyId keyid) {
        var value = keyid.value();
        return value.length() <= 8 ? value : value.substring(0, 8) + '…';
    }

    private static String typeOf(Key key) {
        return key.publicKey().map(usable -> usable.type().id()).orElseGet(() -> DiffText.name(key.keytype()));
    }
}
