package dev.factorytrust.cli.folder;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.factorytrust.api.v1alpha1.Holder;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.InputFile;
import dev.factorytrust.tuf.crypto.InvalidKeyException;
import dev.factorytrust.tuf.crypto.PrivateKeys;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.repository.RootExtras;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

@Command(
        name = "key",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "VERB",
        description = "Who holds root, from the next version on. Works in a folder; nothing is sent.",
        subcommands = {RootKeyVerbs.Add.class, RootKeyVerbs.Remove.class})
public final class RootKeyVerbs {

    private RootKeyVerbs() {}

    @Command(
            name = "add",
            mixinStandardHelpOptions = true,
            description =
                    "Adds a holder, with the public half of a key: what keys generate or keys show printed, or PEM.")
    static final class Add implements Runnable {

        @Option(
                names = {"-k", "--key-name"},
                paramLabel = "NAME",
                description = "Who holds it: the name that root, status and diffs show. Default: the name in the file.")
        private String name;

        @Option(
                names = "--public-key",
                required = true,
                paramLabel = "FILE",
                description = "The public half; - for standard input.")
        private Path file;

        @Mixin
        private FolderOption folder;

        @Override
        public void run() {
            folder.keep(folder.folder().change().adding(holder(InputFile.orStandardInput(file))));
        }

        private Holder holder(InputFile input) {
            if (PrivateKeys.isIn(input.content())) {
                throw Failure.refused(
                        input.name() + " holds the private key, which stays with its holder. Its public half:"
                                + " kubectl factory keys show --name NAME --key FILE");
            }
            var text = input.content().utf8();
            if (text.stripLeading().startsWith("-----BEGIN")) {
                if (name == null) {
                    throw Failure.refused("whose key is " + input.name() + "? Name its holder with --key-name");
                }
                return checked(input, name, text);
            }
            var entry = entry(input);
            return checked(
                    input,
                    name == null ? entry.path("name").asText() : name,
                    entry.path("publicKey").asText());
        }

        private static JsonNode entry(InputFile input) {
            try {
                var entries = new ObjectMapper(new YAMLFactory())
                        .readTree(input.content().toArray());
                if (entries.isArray() && entries.size() == 1) {
                    return entries.get(0);
                }
            } catch (IOException e) {
                // Said below, and without what the parser quotes.
            }
            throw Failure.refused(input.name()
                    + " is neither a public key (PEM) nor the one entry that keys generate and keys show print");
        }

        private static Holder checked(InputFile input, String name, String pem) {
            try {
                return new Holder(name, PublicKey.parsePem(pem).pem());
            } catch (InvalidKeyException e) {
                throw Failure.refused(input.name() + " holds no public key that TUF takes: " + e.getMessage());
            }
        }
    }

    @Command(
            name = "remove",
            mixinStandardHelpOptions = true,
            description = "Removes a holder of the present root; one that only the change was to add is taken back.")
    static final class Remove implements Runnable {

        @Spec
        private CommandSpec command;

        @Option(
                names = {"-k", "--key-name"},
                paramLabel = "NAME",
                description = "The holder's name.")
        private List<String> names = List.of();

        @Option(
                names = "--key-id",
                paramLabel = "KEYID",
                description =
                        "The keyid, or an unambiguous beginning of it. With a name beside it, it must be that one's.")
        private List<String> keyids = List.of();

        @Mixin
        private FolderOption folder;

        @Override
        public void run() {
            if (names.isEmpty() && keyids.isEmpty()) {
                throw new ParameterException(command.commandLine(), "name --key-name or --key-id");
            }
            var change = folder.folder().change();
            var root = folder.folder().newest().metadata();
            var named = new TreeSet<String>();
            for (var name : names) {
                var takenBack = change.notAdding(name);
                if (takenBack.isPresent()) {
                    change = takenBack.get();
                } else {
                    named.add(byName(root, name));
                }
            }
            var identified =
                    keyids.stream().map(keyid -> byId(root, keyid)).collect(Collectors.toCollection(TreeSet::new));
            if (!named.isEmpty() && !identified.isEmpty() && !named.equals(identified)) {
                throw Failure.refused("--key-name and --key-id name different keys: " + named + " and " + identified);
            }
            named.addAll(identified);
            for (var keyid : named) {
                change = change.removing(keyid);
            }
            folder.keep(change);
        }

        private static String byName(Root root, String name) {
            return root.role(RoleName.ROOT).keyids().stream()
                    .filter(keyid -> name.equals(RootExtras.of(root).holders().get(keyid)))
                    .map(keyid -> keyid.value())
                    .findFirst()
                    .orElseThrow(() -> notThere(root, "holder " + name));
        }

        private static String byId(Root root, String beginning) {
            var found = root.role(RoleName.ROOT).keyids().stream()
                    .map(keyid -> keyid.value())
                    .filter(keyid -> beginning.length() >= 8 && keyid.startsWith(beginning.toLowerCase()))
                    .toList();
            if (found.size() != 1) {
                throw notThere(root, "one key of keyid " + beginning);
            }
            return found.getFirst();
        }

        private static Failure notThere(Root root, String what) {
            var holders = RootExtras.of(root).holders();
            return Failure.refused("root version " + root.version() + " has no " + what + "; it has "
                    + root.role(RoleName.ROOT).keyids().stream()
                            .map(keyid -> holders.getOrDefault(keyid, "(unnamed)") + ' ' + keyid.value())
                            .collect(Collectors.joining(", ")));
        }
    }
}
