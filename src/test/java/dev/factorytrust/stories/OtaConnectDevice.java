package dev.factorytrust.stories;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.TestMetadata;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Targets;
import dev.factorytrust.tuf.model.Timestamp;
import dev.factorytrust.tuf.verify.ClientWorkflow;
import dev.factorytrust.tuf.verify.DeviceState;
import dev.factorytrust.tuf.verify.MetadataSource;
import dev.factorytrust.tuf.verify.VerificationException;

import java.net.URI;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A device in the field that reads OTA Connect's dialect, by the rules that aktualizr was measured to have: it asks as that
 * does, with no header that a cache or a packer would answer to, and takes nothing but 200 for a file and 404 for none.
 */
final class OtaConnectDevice {

    private final URI repoServer;
    private DeviceState state;

    private OtaConnectDevice(URI repoServer, Bytes root) {
        this.repoServer = repoServer;
        this.state = DeviceState.fresh(root);
    }

    /** @param root that was flashed into it */
    static OtaConnectDevice flashed(Bytes root, URI factory) {
        return new OtaConnectDevice(factory.resolve("repo/"), root);
    }

    /** One that trusts what it meets first. */
    static OtaConnectDevice trustingOnFirstUse(URI factory) {
        var repoServer = factory.resolve("repo/");
        return new OtaConnectDevice(repoServer, get(repoServer, "1.root.json").orElseThrow());
    }

    /** What it refuses, if anything. */
    Optional<VerificationException> poll(Instant now) {
        return pollFrom(name -> get(repoServer, name), now);
    }

    Optional<VerificationException> pollFrom(MetadataSource source, Instant now) {
        var attempt = ClientWorkflow.attempt(TestMetadata.OTA_CONNECT, state, source, now);
        state = attempt.device();
        return attempt.refusal();
    }

    /** What it would read now, asking as it asks. */
    Optional<Bytes> fetch(String name) {
        return get(repoServer, name);
    }

    private static Optional<Bytes> get(URI repoServer, String name) {
        var answer = Http.get(repoServer.resolve(name), "User-Agent", "Aktualizr/2021.1");
        assertThat(answer.statusCode()).as(name).isIn(200, 404);
        assertThat(answer.headers().map()).doesNotContainKey("content-encoding");
        return answer.statusCode() == 200 ? Optional.of(Bytes.of(answer.body())) : Optional.empty();
    }

    long root() {
        return TestMetadata.OTA_CONNECT
                .decode(Root.class, state.root())
                .metadata()
                .version();
    }

    long timestamp() {
        return TestMetadata.OTA_CONNECT
                .decode(Timestamp.class, state.timestamp().orElseThrow())
                .metadata()
                .version();
    }

    /** What it may install. */
    Set<String> offered() {
        return targets().targets().keySet();
    }

    Targets targets() {
        return TestMetadata.OTA_CONNECT
                .decode(Targets.class, state.targets().orElseThrow())
                .metadata();
    }
}
