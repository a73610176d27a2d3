package dev.factorytrust.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** A test client's process, asked in JSON lines. It ends by itself when its stdin closes, so with this JVM at the latest. */
final class ClientProcess {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final BufferedWriter requests;
    private final BufferedReader answers;

    private ClientProcess(Process process) {
        this.requests = process.outputWriter();
        this.answers = process.inputReader();
    }

    static ClientProcess start(List<String> command) {
        var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        // Repositories under test are on the loopback interface, which no proxy reaches.
        builder.environment().put("no_proxy", "*");
        try {
            return new ClientProcess(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    JsonNode call(Map<String, String> request) {
        try {
            requests.write(JSON.writeValueAsString(request));
            requests.newLine();
            requests.flush();
            var answer = answers.readLine();
            if (answer == null) {
                throw new IOException("the client's process has ended; see its stderr above");
            }
            return JSON.readTree(answer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
