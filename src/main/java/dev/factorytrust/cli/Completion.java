package dev.factorytrust.cli;

import dev.factorytrust.cli.console.Output;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * What may stand at the cursor of a shell, in the words of cobra, which kubectl speaks: a candidate per line, behind a tab
 * what it is, and a last line that says whether file names may stand there, too.
 */
final class Completion {

    /** The hidden verb that shells call. */
    static final String VERB = "__complete";

    private static final String FILES_TOO = ":0";
    private static final String NO_FILES = ":4";

    /** Names of resources in the cluster, by what the usage calls them and by the words so far. */
    interface Names extends BiFunction<String, Map<String, String>, List<String>> {}

    private final Names names;
    private final Map<String, String> given = new HashMap<>();
    private CommandSpec command;
    private Optional<OptionSpec> pending = Optional.empty();
    private int position;

    private Completion(CommandLine root, Names names) {
        this.command = root.getCommandSpec();
        this.names = names;
    }

    /** @param words behind the command's name, the last of them unfinished and maybe empty */
    static List<String> of(CommandLine root, List<String> words, Names names) {
        if (words.isEmpty()) {
            return List.of(NO_FILES);
        }
        var completion = new Completion(root, names);
        words.subList(0, words.size() - 1).forEach(completion::pass);
        return completion.candidates(words.getLast());
    }

    private void pass(String word) {
        if (pending.isPresent()) {
            given.put(pending.get().longestName(), word);
            pending = Optional.empty();
        } else if (word.startsWith("-")) {
            var parts = word.split("=", 2);
            var option = Optional.ofNullable(command.optionsMap().get(parts[0])).filter(Completion::takesValue);
            option.filter(_ -> parts.length == 2).ifPresent(found -> given.put(found.longestName(), parts[1]));
            pending = option.filter(_ -> parts.length == 1);
        } else if (command.subcommands().containsKey(word)) {
            command = command.subcommands().get(word).getCommandSpec();
            position = 0;
        } else {
            position++;
        }
    }

    private List<String> candidates(String begun) {
        if (pending.isPresent()) {
            return values(pending.get(), "", begun);
        }
        if (begun.startsWith("-") && begun.contains("=")) {
            var parts = begun.split("=", 2);
            return Optional.ofNullable(command.optionsMap().get(parts[0]))
                    .map(option -> values(option, parts[0] + '=', parts[1]))
                    .orElse(List.of(NO_FILES));
        }
        if (begun.startsWith("-")) {
            return list(command.options().stream()
                    .filter(option -> !option.hidden())
                    .map(option -> described(option.longestName(), option.description()))
                    .filter(line -> line.startsWith(begun)));
        }
        var verbs = command.subcommands().entrySet().stream()
                .filter(entry ->
                        !entry.getValue().getCommandSpec().usageMessage().hidden())
                .map(entry -> described(
                        entry.getKey(),
                        entry.getValue().getCommandSpec().usageMessage().description()))
                .filter(line -> line.startsWith(begun))
                .toList();
        return verbs.isEmpty()
                ? command.positionalParameters().stream()
                        .filter(parameter -> parameter.index().contains(position))
                        .findFirst()
                        .map(parameter -> values(parameter, "", begun))
                        .orElse(List.of(NO_FILES))
                : list(verbs.stream());
    }

    /** @param prefix what stands before the value in the same word */
    private List<String> values(ArgSpec argument, String prefix, String begun) {
        if (List.of(argument.auxiliaryTypes()).contains(Path.class)) {
            return List.of(FILES_TOO);
        }
        var known = argument.completionCandidates() == null
                ? Stream.<String>empty()
                : StreamSupport.stream(argument.completionCandidates().spliterator(), false);
        var cluster = names.apply(argument.paramLabel(), given).stream();
        return list(Stream.concat(known, cluster)
                .filter(value -> value.startsWith(begun))
                .map(value -> prefix + value));
    }

    private static boolean takesValue(OptionSpec option) {
        return option.arity().max() > 0;
    }

    private static String described(String name, String[] description) {
        return Arrays.stream(description)
                .findFirst()
                .filter(text -> !text.isEmpty())
                .map(text -> name + '\t' + text)
                .orElse(name);
    }

    private static List<String> list(Stream<String> candidates) {
        var lines = new ArrayList<>(
                candidates.map(Output::harmlessBesideTabs).sorted().toList());
        lines.add(NO_FILES);
        return lines;
    }
}
