package dev.factorytrust.operator.target;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.api.v1alpha1.TargetSpec;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.TargetFile;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * What a Target adds to targets metadata. One entry that one client can't read costs that client the whole file, and so
 * every update: what isn't readable by all of them never gets in, though the CRD let it pass.
 */
public final class TargetFiles {

    private static final int PATH_LENGTH = 512;
    private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9._+~@=,-]+");
    private static final Map<String, Pattern> HASHES =
            Map.of("sha256", Pattern.compile("[0-9a-f]{64}"), "sha512", Pattern.compile("[0-9a-f]{128}"));

    private TargetFiles() {}

    /** Either the entry, or why there can be none. */
    public sealed interface Result {

        /** An entry of targets metadata under its path. */
        record Publishable(String path, TargetFile file) implements Result {}

        /** @param reasons sentences that name the field; at least one */
        record Invalid(List<String> reasons) implements Result {
            public Invalid {
                reasons = List.copyOf(reasons);
            }
        }
    }

    /**
     * @param dialect of the Factory that the Target names
     * @param published what devices are served under the Target's path now
     */
    public static Result of(Target target, Dialect dialect, Optional<TargetFile> published) {
        var spec = target.getSpec();
        var reasons = new ArrayList<String>();
        var path = path(target);
        pathReason(path).ifPresent(reasons::add);
        checkLength(spec.length(), reasons);
        checkHashes(spec.hashes(), reasons);
        var custom = custom(spec, reasons);
        reasons.addAll(dialect.misread(Optional.ofNullable(spec.hashes()).orElse(Map.of()), custom));
        if (!reasons.isEmpty()) {
            return new Result.Invalid(reasons);
        }
        var present = custom.isEmpty() ? Optional.<ObjectNode>empty() : Optional.of(custom);
        var file = new TargetFile(spec.length(), spec.hashes(), present, Map.of());
        return new Result.Publishable(
                path, dialect.rules().datesTargets() ? TargetTimes.stamp(target, file, published) : file);
    }

    /** The path that the Target claims, valid or not. */
    public static String path(Target target) {
        var path = target.getSpec().path();
        return path == null ? target.getMetadata().getName() : path;
    }

    private static Optional<String> pathReason(String path) {
        if (path.length() > PATH_LENGTH) {
            return Optional.of("spec.path has " + path.length() + " characters, more than the " + PATH_LENGTH
                    + " that a path may have");
        }
        for (var segment : path.split("/", -1)) {
            if (!SEGMENT.matcher(segment).matches() || segment.equals(".") || segment.equals("..")) {
                return Optional.of("spec.path " + CustomRules.quote(path) + " has the segment "
                        + CustomRules.quote(segment) + ", which clients read in different ways: a path is segments of"
                        + " letters, digits and . _ + ~ @ = , - parted by single slashes, none of them . or ..");
            }
        }
        return Optional.empty();
    }

    private static void checkLength(Long length, List<String> reasons) {
        if (length == null || length < 0 || length > CustomRules.LARGEST_INTEGER) {
            reasons.add("spec.length is " + length + ", where it is the artifact's size in bytes, 0 to "
                    + CustomRules.LARGEST_INTEGER);
        }
    }

    private static void checkHashes(Map<String, String> hashes, List<String> reasons) {
        if (hashes == null || hashes.isEmpty()) {
            reasons.add("spec.hashes is empty, and devices would have nothing to know the artifact by");
            return;
        }
        hashes.forEach((algorithm, hash) -> {
            var format = HASHES.get(algorithm);
            if (format == null) {
                reasons.add("spec.hashes." + CustomRules.clip(algorithm)
                        + " is no algorithm that every client knows: sha256 and sha512 are");
            } else if (hash == null || !format.matcher(hash).matches()) {
                reasons.add("spec.hashes." + algorithm + " is no " + algorithm + " digest in lower-case hex");
            }
        });
    }

    private static ObjectNode custom(TargetSpec spec, List<String> reasons) {
        var custom = JsonNodeFactory.instance.objectNode();
        if (spec.custom() instanceof ObjectNode given) {
            reasons.addAll(CustomRules.unreadable("spec.custom", given));
            custom.setAll(given.deepCopy());
        } else if (spec.custom() != null && !spec.custom().isNull()) {
            reasons.add("spec.custom is no object");
        }
        for (var shortcut : SHORTCUTS) {
            var value = shortcut.value().apply(spec);
            if (value == null) {
                continue;
            }
            reasons.addAll(CustomRules.unreadable("spec." + shortcut.field(), value));
            var own = custom.putIfAbsent(shortcut.member(), value);
            if (own != null && !own.equals(value)) {
                reasons.add("spec." + shortcut.field() + " and spec.custom." + shortcut.member()
                        + " fill the same member and differ: remove one of them");
            }
        }
        return custom;
    }

    /**
     * A field of the spec that fills a member of custom.
     *
     * @param value null where the field is absent
     */
    private record Shortcut(String field, String member, Function<TargetSpec, JsonNode> value) {}

    private static final List<Shortcut> SHORTCUTS = List.of(
            new Shortcut("name", "name", spec -> text(spec.name())),
            new Shortcut("version", "version", spec -> text(spec.version())),
            new Shortcut("hardwareIds", "hardwareIds", spec -> texts(spec.hardwareIds())),
            new Shortcut("tags", "tags", spec -> texts(spec.tags())),
            new Shortcut("targetFormat", "targetFormat", spec -> text(spec.targetFormat())),
            new Shortcut("uri", "uri", spec -> text(spec.uri())),
            new Shortcut("composeApps", "docker_compose_apps", TargetFiles::composeApps));

    private static JsonNode text(String value) {
        return value == null ? null : TextNode.valueOf(value);
    }

    private static JsonNode texts(List<String> values) {
        if (values == null) {
            return null;
        }
        var array = JsonNodeFactory.instance.arrayNode();
        values.forEach(array::add);
        return array;
    }

    private static JsonNode composeApps(TargetSpec spec) {
        if (spec.composeApps() == null) {
            return null;
        }
        var apps = JsonNodeFactory.instance.objectNode();
        spec.composeApps().forEach((name, app) -> apps.putObject(name).put("uri", app.uri()));
        return apps;
    }
}
