package dev.factorytrust.tuf.dialect;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.model.RoleName;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All dialects that there are, and which of them it is. */
public final class Dialects {

    private static final List<JsonDialect> ALL = List.of(new StandardDialect(), new OtaConnectDialect());

    private Dialects() {}

    public static List<Dialect> all() {
        return List.copyOf(ALL);
    }

    /**
     * @param id what users call it, as {@code spec.dialect} does
     * @throws IllegalArgumentException if there is none of this name
     */
    public static Dialect of(String id) {
        return all().stream()
                .filter(dialect -> dialect.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no dialect " + id + ", only "
                        + ALL.stream().map(Dialect::id).collect(Collectors.joining(" and "))));
    }

    /**
     * In which dialect metadata is written, as its {@code _type} tells: TUF 1.0 writes {@code root}, OTAConnect {@code Root}. It
     * is no more than a hint: whoever reads the metadata in that dialect finds out whether it holds.
     *
     * @param metadata a file, or a payload: the signed part alone
     * @throws MalformedMetadataException if it isn't a top-level role's in any
     */
    public static Dialect recognise(Bytes metadata) {
        var outer = Fields.of("the file", StrictJson.parseCanonical(metadata));
        var type = (outer.has("_type") ? outer : outer.object("signed")).text("_type");
        return ALL.stream()
                .filter(dialect -> types(dialect).anyMatch(type::equals))
                .findFirst()
                .orElseThrow(() -> new MalformedMetadataException("_type is " + Quote.shorten(type)
                        + ", which is no top-level role's in "
                        + ALL.stream().map(Dialect::id).collect(Collectors.joining(" or "))));
    }

    private static Stream<String> types(JsonDialect dialect) {
        return Stream.of(RoleName.values()).map(dialect::type);
    }
}
