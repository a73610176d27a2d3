package dev.factorytrust.cli;

import dev.factorytrust.cli.adopt.Export;
import dev.factorytrust.cli.adopt.Import;
import dev.factorytrust.cli.ceremony.Attach;
import dev.factorytrust.cli.ceremony.Sign;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.Output;
import dev.factorytrust.cli.device.Answers;
import dev.factorytrust.cli.device.Verify;
import dev.factorytrust.cli.target.TargetVerbs;
import picocli.CommandLine;
import picocli.CommandLine.Command;

import java.io.IOException;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/** The plugin {@code kubectl factory}; kubectl runs it for that name, wherever it lies on the PATH. */
@Command(
        name = "kubectl factory",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "VERB",
        versionProvider = KubectlFactory.Version.class,
        description = "Keys in people's hands: what a key holder and an owner of a Factory do from a terminal.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:refused: something that was looked at doesn't hold, or must not be done",
            "2:the command line is wrong",
            "3:a server or the cluster can't be reached, or says no"
        })
public final class KubectlFactory {

    private static final List<Class<?>> VERBS = List.of(
            Status.class,
            Refresh.class,
            TargetVerbs.class,
            Verify.class,
            Keys.class,
            RootMetadata.class,
            Sign.class,
            Attach.class,
            Import.class,
            Export.class,
            CompletionScript.class,
            Answers.class);

    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            var version = KubectlFactory.class.getPackage().getImplementationVersion();
            return new String[] {"kubectl-factory " + (version == null ? "(not packaged)" : version)};
        }
    }

    public static void main(String[] arguments) throws IOException, NoSuchAlgorithmException {
        // The Kubernetes client would have it say that there is no log, or that it is slow: errors reach people as
        // sentences.
        System.setProperty("slf4j.internal.verbosity", "ERROR");
        System.setProperty("java.util.logging.config.class", NoLog.class.getName());
        var verb = arguments.length == 0 ? "" : arguments[0];
        System.exit(
                switch (verb) {
                    case Completion.VERB -> complete(List.of(arguments).subList(1, arguments.length));
                    case WarmUp.VERB -> WarmUp.run();
                    default -> commandLine(verb).execute(arguments);
                });
    }

    private static int complete(List<String> words) {
        Completion.of(commandLine(), words, new ClusterNames()).forEach(System.out::println);
        return 0;
    }

    /** With all verbs. */
    public static CommandLine commandLine() {
        return commandLine(VERBS);
    }

    /** With the verb of that name, if there is one: to read what the others understand takes longer than most of them do. */
    static CommandLine commandLine(String verb) {
        return VERBS.stream()
                .filter(candidate ->
                        candidate.getAnnotation(Command.class).name().equals(verb))
                .findFirst()
                .map(called -> commandLine(List.of(called)))
                .orElseGet(KubectlFactory::commandLine);
    }

    private static CommandLine commandLine(List<Class<?>> verbs) {
        var line = new CommandLine(new KubectlFactory());
        verbs.forEach(line::addSubcommand);
        return line.setCaseInsensitiveEnumValuesAllowed(true).setExecutionExceptionHandler((failure, command, _) -> {
            told(failure).lines().map(Output::harmless).forEach(text -> command.getErr()
                    .println(command.getColorScheme().errorText(text)));
            return failure instanceof Failure known ? known.exitCode() : Failure.REFUSED;
        });
    }

    /** Nobody is helped by a stack trace on a terminal; what is not one of our own words gets its kind in front. */
    private static String told(Exception failure) {
        return failure instanceof Failure known
                ? (known.exitCode() == Failure.REFUSED ? "refused: " : "failed: ") + failure.getMessage()
                : failure.getClass().getSimpleName() + ": " + failure.getMessage();
    }
}
