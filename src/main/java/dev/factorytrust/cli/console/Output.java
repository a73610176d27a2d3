package dev.factorytrust.cli.console;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** {@code -o}: facts for a person, or for a program. */
public final class Output {

    enum Format {
        text,
        json,
        yaml
    }

    private static final Pattern UNSEEN = Pattern.compile("[\\p{Cc}\\p{Cf}&&[^\n]]");

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "text",
            description = "How facts are printed: ${COMPLETION-CANDIDATES}.")
    private Format format = Format.text;

    /** @param lines what a person reads */
    public void print(Object facts, List<String> lines) {
        var out = command.commandLine().getOut();
        switch (format) {
            case text -> lines.stream().map(Output::harmless).forEach(out::println);
            case json -> out.println(json(facts));
            case yaml -> out.print(yaml(facts));
        }
        out.flush();
    }

    /** Names come from strangers' files, and a terminal obeys what it is sent. */
    public static String harmless(String line) {
        return line.replaceAll("[\\p{Cc}\\p{Cf}]", "\uFFFD");
    }

    /** The same where a tab means something. */
    public static String harmlessBesideTabs(String line) {
        return line.replaceAll("[\\p{Cc}\\p{Cf}&&[^\t]]", "\uFFFD");
    }

    /** As resources write it. */
    public static String name(Enum<?> constant) {
        return new ObjectMapper().convertValue(constant, String.class);
    }

    /** Members in the order in which people write them; those that are null are left out. */
    public static Map<String, Object> ordered(Object... namesAndValues) {
        var members = new LinkedHashMap<String, Object>();
        for (var i = 0; i < namesAndValues.length; i += 2) {
            if (namesAndValues[i + 1] != null) {
                members.put((String) namesAndValues[i], namesAndValues[i + 1]);
            }
        }
        return members;
    }

    public static String yaml(Object facts) {
        var factory = YAMLFactory.builder()
                .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                .enable(YAMLGenerator.Feature.LITERAL_BLOCK_STYLE)
                .build();
        return escaped(written(new ObjectMapper(factory), facts));
    }

    private static String json(Object facts) {
        return written(
                new ObjectMapper(JsonFactory.builder()
                        .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                        .build()),
                facts);
    }

    /** What is quoted reads the same; nothing that a terminal obeys is left. */
    private static String escaped(String yaml) {
        return UNSEEN.matcher(yaml)
                .replaceAll(found -> "\\\\u%04x".formatted((int) found.group().charAt(0)));
    }

    private static String written(ObjectMapper mapper, Object facts) {
        try {
            return mapper.registerModules(new Jdk8Module(), new JavaTimeModule())
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                    .writeValueAsString(facts);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
