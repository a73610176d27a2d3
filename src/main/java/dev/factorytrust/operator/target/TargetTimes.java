package dev.factorytrust.operator.target;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.tuf.model.TargetFile;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * {@code custom.createdAt} and {@code custom.updatedAt}, which the tools of OTA Connect require of every entry. They follow
 * from the Target and from what is published, never from the clock: the same Target is the same entry at every look.
 */
final class TargetTimes {

    private static final String CREATED = "createdAt";
    private static final String UPDATED = "updatedAt";

    static final List<String> MEMBERS = List.of(CREATED, UPDATED);

    private TargetTimes() {}

    /**
     * Fills in what the author left out. {@code createdAt} stays what it was when the path was first published, though the
     * Target was made anew since, as in a cluster that is rebuilt from Git; {@code updatedAt} moves only with the rest of
     * the entry. One that was never published hasn't been updated since the Target was created: whoever labels the Target
     * meanwhile doesn't make another payload of what people are signing.
     */
    static TargetFile stamp(Target target, TargetFile file, Optional<TargetFile> published) {
        var custom = file.custom().orElseGet(JsonNodeFactory.instance::objectNode);
        var before = published.flatMap(TargetFile::custom);
        if (!isGiven(custom.path(CREATED))) {
            custom.put(CREATED, known(before, CREATED).orElseGet(() -> text(created(target))));
        }
        if (!isGiven(custom.path(UPDATED))) {
            custom.put(
                    UPDATED,
                    published
                            .filter(same -> sameButForUpdate(with(file, custom), same))
                            .flatMap(_ -> known(before, UPDATED))
                            .orElseGet(() -> text(published.isPresent() ? changed(target) : created(target))));
        }
        return with(file, custom);
    }

    private static boolean isGiven(JsonNode value) {
        return !value.isMissingNode() && !value.isNull();
    }

    /** The moment that a member names, as {@code 2026-11-25T10:00:00Z}. */
    private static Optional<Instant> moment(JsonNode value) {
        try {
            return value.isTextual() ? Optional.of(Instant.parse(value.textValue())) : Optional.empty();
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> known(Optional<ObjectNode> custom, String member) {
        return custom.map(members -> members.path(member))
                .filter(value -> moment(value).isPresent())
                .map(JsonNode::textValue);
    }

    private static boolean sameButForUpdate(TargetFile file, TargetFile published) {
        return withoutUpdate(file).equals(withoutUpdate(published));
    }

    private static TargetFile withoutUpdate(TargetFile file) {
        var custom = file.custom().orElseGet(JsonNodeFactory.instance::objectNode);
        custom.remove(UPDATED);
        return with(file, custom);
    }

    private static TargetFile with(TargetFile file, ObjectNode custom) {
        return new TargetFile(file.length(), file.hashes(), Optional.of(custom), file.unrecognized());
    }

    private static Instant created(Target target) {
        return Instant.parse(target.getMetadata().getCreationTimestamp());
    }

    /**
     * When somebody last wrote the spec, by the API server's clock: who sets labels or the status alone owns none of it.
     * Who owns fields of the spec and then writes something else, as with {@code kubectl edit}, moves the time though:
     * the API server keeps one for all that a manager owns.
     */
    private static Instant changed(Target target) {
        return Stream.concat(
                        Stream.of(created(target)),
                        Optional.ofNullable(target.getMetadata().getManagedFields()).orElse(List.of()).stream()
                                .filter(TargetTimes::ownsSpec)
                                .map(ManagedFieldsEntry::getTime)
                                .filter(Objects::nonNull)
                                .map(Instant::parse))
                .max(Instant::compareTo)
                .orElseThrow();
    }

    private static boolean ownsSpec(ManagedFieldsEntry entry) {
        return entry.getFieldsV1() != null
                && entry.getFieldsV1().getAdditionalProperties().containsKey("f:spec");
    }

    private static String text(Instant moment) {
        return moment.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
