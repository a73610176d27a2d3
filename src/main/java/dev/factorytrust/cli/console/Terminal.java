package dev.factorytrust.cli.console;

import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * The person at the keyboard, if there is one. Standard output may lead into a file or another command, as that of {@code
 * sign} does, where Java's own console would give up: asked is at the terminal itself, as ssh and sudo do.
 */
public final class Terminal {

    private static final Path DEVICE = Path.of("/dev/tty");
    private static final Charset TYPED = Charset.forName(System.getProperty("native.encoding"));

    /** As stty writes them down. */
    private final String settings;

    private Terminal(String settings) {
        this.settings = settings;
    }

    /** @param otherwise what a program does instead of typing */
    public static Terminal required(String otherwise) {
        return run("stty -g")
                .map(Terminal::new)
                .orElseThrow(() -> Failure.refused("there is no terminal to ask at; " + otherwise));
    }

    /** Whether the person at the keyboard typed {@code yes}. */
    public static boolean confirms(String question, String otherwise) {
        var typed = required(otherwise).line(question + " Type yes: ");
        return Arrays.equals(typed, "yes".toCharArray());
    }

    /** What is typed, and not shown. */
    char[] hidden(String prompt) {
        var restore = new Thread(this::restore);
        Runtime.getRuntime().addShutdownHook(restore);
        try {
            run("stty -echo")
                    .orElseThrow(() -> Failure.refused("this terminal (" + DEVICE + ") can't hide what is typed"));
            var typed = line(prompt);
            write("\n");
            return typed;
        } finally {
            restore();
            Runtime.getRuntime().removeShutdownHook(restore);
        }
    }

    private void restore() {
        run("stty " + settings);
    }

    private static char[] line(String prompt) {
        write(Output.harmless(prompt));
        try (var device = new FileInputStream(DEVICE.toFile());
                var typed = new Line()) {
            // Byte by byte: what is behind the end of the line is for the next question.
            for (var next = device.read(); next != -1 && next != '\n'; next = device.read()) {
                typed.write(next);
            }
            return typed.text();
        } catch (IOException e) {
            throw Failure.file(DEVICE, "can't be read", e);
        }
    }

    /** Leaves nothing of what it held. */
    private static final class Line extends ByteArrayOutputStream {

        private char[] text() {
            var decoded = TYPED.decode(ByteBuffer.wrap(buf, 0, count));
            var text = new char[decoded.remaining()];
            decoded.get(text);
            Arrays.fill(decoded.array(), '\0');
            return text;
        }

        @Override
        public void close() {
            Arrays.fill(buf, (byte) 0);
        }
    }

    private static void write(String text) {
        try (var device = new FileOutputStream(DEVICE.toFile())) {
            device.write(text.getBytes(TYPED));
        } catch (IOException e) {
            throw Failure.file(DEVICE, "can't be written to", e);
        }
    }

    /** What it prints, if there is a terminal. What is asked about is told on standard error: who doesn't see that isn't asked. */
    private static Optional<String> run(String command) {
        try {
            var process = new ProcessBuilder("sh", "-c", "[ -t 2 ] && exec 2>/dev/null <" + DEVICE + " && " + command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            var printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor() == 0 ? Optional.of(printed) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
