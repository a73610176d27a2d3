package dev.factorytrust.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Tokens in software, in a folder of their own, in which OpenSC's tool makes keys as strangers do. */
public final class SoftHsm {

    public static final Path MODULE = Path.of("/usr/lib/softhsm/libsofthsm2.so");
    public static final String PIN = "4711-secret";

    private final Path configuration;

    private SoftHsm(Path configuration) {
        this.configuration = configuration;
    }

    /** Skips the test where SoftHSM and OpenSC are absent. */
    public static SoftHsm in(Path folder) {
        assumeTrue(
                Files.exists(MODULE) && onPath("softhsm2-util") && onPath("pkcs11-tool"), "needs SoftHSM and OpenSC");
        try {
            Files.createDirectories(folder.resolve("tokens"));
            return new SoftHsm(Files.writeString(
                    folder.resolve("softhsm2.conf"),
                    "directories.tokendir = " + folder.resolve("tokens") + "\nlog.level = ERROR\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean onPath(String command) {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
    }

    /** What a process needs in its environment to see these tokens, as {@code NAME=value}. */
    public String environment() {
        return "SOFTHSM2_CONF=" + configuration;
    }

    /** The module, loaded into this process, sees these tokens; Java can't set what C reads. */
    public SoftHsm forThisProcess() {
        try (var memory = Arena.ofConfined()) {
            var linker = Linker.nativeLinker();
            var setenv = linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("setenv"),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
            var result = (int) setenv.invoke(
                    memory.allocateFrom("SOFTHSM2_CONF"), memory.allocateFrom(configuration.toString()), 1);
            if (result != 0) {
                throw new IllegalStateException("setenv: " + result);
            }
            return this;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    public SoftHsm token(String label) throws IOException, InterruptedException {
        run("softhsm2-util --init-token --free --label " + label + " --so-pin 12345678 --pin " + PIN);
        return this;
    }

    /** @param words as {@code --keypairgen --key-type EC:prime256v1 --id 01 --label root}, none with a space in it */
    public String tool(String token, String words) throws IOException, InterruptedException {
        return run(
                "pkcs11-tool --module " + MODULE + " --token-label " + token + " --login --pin " + PIN + ' ' + words);
    }

    private String run(String words) throws IOException, InterruptedException {
        return Command.run(Stream.concat(Stream.of("env", environment()), Stream.of(words.split(" ")))
                .toList());
    }

    /** What a verb is told of a key. */
    public List<String> options(String token, String more, Path pinFile) {
        return Stream.concat(
                        Stream.of(
                                "--pkcs11-module",
                                MODULE.toString(),
                                "--token",
                                token,
                                "--pin-file",
                                pinFile.toString()),
                        Stream.of(more.split(" ")))
                .toList();
    }
}
