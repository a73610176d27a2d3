package dev.factorytrust.cli.key;

import dev.factorytrust.tuf.crypto.KeyType;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.util.Arrays;
import java.util.Iterator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

public final class KeyTypes implements ITypeConverter<KeyType>, Iterable<String> {

    @Override
    public KeyType convert(String id) {
        return Stream.of(KeyType.values())
                .filter(type -> type.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("'" + id + "' is none of " + ids()));
    }

    @Override
    public Iterator<String> iterator() {
        return Arrays.stream(KeyType.values()).map(KeyType::id).iterator();
    }

    private static String ids() {
        return Arrays.stream(KeyType.values()).map(KeyType::id).collect(Collectors.joining(", "));
    }
}
