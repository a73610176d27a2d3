package dev.factorytrust.testing;

import com.fasterxml.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The TUF clients that tests run as devices. Each is installed from its pins in {@code src/test/clients} by the first
 * test that asks for it, and is one process per JVM, whatever the number of devices.
 */
public enum DeviceClient {
    PYTHON_TUF(
            "python-tuf",
            Set.of("requirements.txt"),
            List.of(
                    List.of("python3", "-m", "venv", "{target}"),
                    List.of(
                            "{target}/bin/python",
                            "-m",
                            "pip",
                            "install",
                            "-q",
                            "--require-hashes",
                            "-r",
                            "requirements.txt")),
            List.of("{target}/bin/python", "{source}/device.py", "serve")),
    GO_TUF(
            "go-tuf",
            Set.of("go.mod", "go.sum", "main.go"),
            List.of(List.of("go", "build", "-buildvcs=false", "-o", "{target}/device", ".")),
            List.of("{target}/device", "serve")),
    /** With a Node of its own, from PyPI: what tuf-js needs is newer than what Debian has. */
    TUF_JS(
            "tuf-js",
            Set.of("requirements.txt", "package.json", "package-lock.json", "device.mjs"),
            List.of(
                    List.of("python3", "-m", "venv", "{target}"),
                    List.of(
                            "{target}/bin/python",
                            "-m",
                            "pip",
                            "install",
                            "-q",
                            "--require-hashes",
                            "-r",
                            "requirements.txt"),
                    List.of("cp", "package.json", "package-lock.json", "device.mjs", "{target}"),
                    List.of("{target}/bin/npm", "ci", "--prefix", "{target}", "--ignore-scripts", "--no-audit")),
            List.of("{target}/bin/node", "{target}/device.mjs", "serve")),
    /** Of no clock but the machine's. */
    TOUGH(
            "tough",
            Set.of("Cargo.toml", "Cargo.lock", "src/main.rs"),
            List.of(List.of("cargo", "build", "-q", "--locked", "--target-dir", "{target}")),
            List.of("{target}/debug/device", "serve")),
    SIGSTORE_JAVA(
            "sigstore-java",
            Set.of("pom.xml", "Device.java"),
            List.of(
                    List.of(
                            "mvn",
                            "-q",
                            "-B",
                            "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies",
                            "-DoutputDirectory={target}/lib"),
                    List.of("{java}/bin/javac", "-cp", "{target}/lib/*", "-d", "{target}", "Device.java")),
            List.of("{java}/bin/java", "-cp", "{target}:{target}/lib/*", "Device", "serve"));

    private static final List<DeviceClient> GENERAL = List.of(PYTHON_TUF, GO_TUF, TUF_JS);

    /** The two that take minutes to install are asked only where somebody wants all of them. */
    private static final List<DeviceClient> IN_USE =
            "all".equals(System.getenv("CLIENTS")) ? List.of(values()) : GENERAL;

    private final ClientInstallation installation;
    private ClientProcess process;

    DeviceClient(String folder, Set<String> pins, List<List<String>> install, List<String> serve) {
        this.installation = new ClientInstallation(folder, pins, install, serve);
    }

    /** Those that a repository is shown to: what one of them refuses isn't published. */
    public static List<DeviceClient> inUse() {
        return IN_USE;
    }

    /**
     * Those that do as the specification says. tough refuses a root with a keyid that isn't its key's digest; sigstore-java
     * refuses targets with a {@code custom} that isn't Sigstore's, and keeps what it has under a root that doesn't name its keys.
     */
    public static List<DeviceClient> general() {
        return GENERAL;
    }

    /** Whether {@link Device#update(java.time.Instant)} works. */
    public boolean takesTheTime() {
        return this != TOUGH;
    }

    /**
     * A device fresh from the factory.
     *
     * @param trustedRoot the root metadata flashed into it
     * @param metadataUrl where it finds its repository's metadata
     */
    public Device newDevice(byte[] trustedRoot, URI metadataUrl) {
        try {
            var state = Files.createTempDirectory(Files.createDirectories(Path.of("target", "devices")), name())
                    .toAbsolutePath();
            var root = Files.write(state.resolve("flashed.json"), trustedRoot);
            var directory = state.resolve("state").toString();
            call(Map.of("command", "init", "directory", directory, "root", root.toString()));
            return new ClientDevice(this, directory, metadataUrl);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The command that starts this client, which is installed if it was not. */
    public List<String> installed() {
        return installation.command();
    }

    /** One command to this client's process, which the first call starts. */
    private synchronized JsonNode call(Map<String, String> command) {
        if (process == null) {
            process = ClientProcess.start(installed());
        }
        var answer = process.call(command);
        if (answer.has("failed")) {
            throw new IllegalStateException(this + ": " + answer.get("failed").asText());
        }
        return answer;
    }

    private record ClientDevice(DeviceClient client, String directory, URI url) implements Device {

        @Override
        public Outcome update() {
            return outcome(update(Map.of()));
        }

        @Override
        public Outcome update(Instant now) {
            return outcome(update(Map.of("time", now.toString())));
        }

        @Override
        public Optional<Artifact> lookUp(String path) {
            var answer = update(Map.of("target", path));
            if (!(outcome(answer) instanceof Updated)) {
                throw new IllegalStateException(answer.toString());
            }
            return Optional.of(answer.get("target")).filter(JsonNode::isObject).map(target -> {
                var hashes = new HashMap<String, String>();
                target.get("hashes")
                        .properties()
                        .forEach(hash ->
                                hashes.put(hash.getKey(), hash.getValue().asText()));
                return new Artifact(target.get("length").asLong(), hashes);
            });
        }

        private JsonNode update(Map<String, String> options) {
            var command = new HashMap<>(Map.of("command", "update", "directory", directory, "url", url.toString()));
            command.putAll(options);
            return client.call(command);
        }

        private static Outcome outcome(JsonNode answer) {
            if (answer.has("refused")) {
                return new Refused(
                        answer.get("refused").asText(), answer.get("message").asText());
            }
            var paths = new TreeSet<String>();
            answer.get("paths").forEach(path -> paths.add(path.asText()));
            return new Updated(
                    answer.get("root").asInt(),
                    answer.get("timestamp").asInt(),
                    answer.get("snapshot").asInt(),
                    answer.get("targets").asInt(),
                    paths);
        }
    }
}
