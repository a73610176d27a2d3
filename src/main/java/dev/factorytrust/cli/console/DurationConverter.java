package dev.factorytrust.cli.console;

import dev.factorytrust.api.v1alpha1.Durations;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.time.Duration;

/** Durations on the command line, which are written as resources write them. */
public final class DurationConverter implements ITypeConverter<Duration> {

    @Override
    public Duration convert(String text) {
        try {
            return Durations.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException("'" + text + "' is no duration such as 30s, 15m, 2h or 365d");
        }
    }

    /** Those that go into a resource, where people find them again as they wrote them. */
    public static final class AsWritten implements ITypeConverter<String> {
        @Override
        public String convert(String text) {
            new DurationConverter().convert(text);
            return text;
        }
    }
}
