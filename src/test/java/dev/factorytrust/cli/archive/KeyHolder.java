package dev.factorytrust.cli.archive;

import dev.factorytrust.api.v1alpha1.RootRotationSpec.OnlineRole;
import dev.factorytrust.cli.console.Disk;
import dev.factorytrust.operator.factory.InMemoryFactory;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.archive.KeyArchive;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.crypto.PublicKey;
import dev.factorytrust.tuf.dialect.Dialects;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Somebody with an archive on his disk, who rotates the keys of Factory {@code acme}. */
public final class KeyHolder {

    public static final KeyRotationRequest PLAIN = new KeyRotationRequest(
            InMemoryFactory.NAMESPACE,
            "acme",
            Set.of(RoleName.ROOT),
            KeyType.ED25519,
            Optional.empty(),
            false,
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    private final InMemoryFactory factory;
    private final Path archive;
    private final List<String> told = new ArrayList<>();
    private boolean agrees = true;
    private boolean agreesToMore;

    public KeyHolder(InMemoryFactory factory, Path archive) {
        this.factory = factory;
        this.archive = archive;
    }

    static KeyRotationRequest online(OnlineRole... roles) {
        return with(PLAIN.roles(), false, Optional.of(List.of(roles)));
    }

    static KeyRotationRequest compromise() {
        return compromise(RoleName.ROOT);
    }

    static KeyRotationRequest compromise(RoleName... roles) {
        return with(Set.of(roles), true, Optional.empty());
    }

    static KeyRotationRequest onlineOnly(OnlineRole... roles) {
        return with(Set.of(), false, Optional.of(List.of(roles)));
    }

    /** The holder's own keys of these roles. */
    static KeyRotationRequest of(RoleName... roles) {
        return with(Set.of(roles), false, Optional.empty());
    }

    static KeyRotationRequest with(Set<RoleName> roles, boolean compromise, Optional<List<OnlineRole>> online) {
        var request = PLAIN;
        return new KeyRotationRequest(
                request.namespace(),
                request.factory(),
                roles,
                request.type(),
                online,
                compromise,
                request.message(),
                request.expiresAfter(),
                request.movedFrom());
    }

    public KeyHolder putInDrawer(Bytes content) {
        try {
            Files.write(archive, content.toArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    KeyHolder whoSaysNo() {
        agrees = false;
        return this;
    }

    /** Also to what the command line didn't ask for. */
    KeyHolder whoLooksAndSaysYes() {
        agreesToMore = true;
        return this;
    }

    KeyRotationRun.Result rotate(KeyRotationRequest request) {
        return rotate(request, Disk.LOCAL, new InMemoryNamespace(factory), true);
    }

    KeyRotationRun.Result rotateWithoutWaiting(KeyRotationRequest request) {
        return rotate(request, Disk.LOCAL, new InMemoryNamespace(factory), false);
    }

    KeyRotationRun.Result rotate(KeyRotationRequest request, Interruptions interruptions) {
        return rotate(request, interruptions.disk(), interruptions.cluster(new InMemoryNamespace(factory)), true);
    }

    KeyRotationRun.Result rotate(KeyRotationRequest request, Disk disk, FactoryCluster cluster, boolean toTheEnd) {
        try (var files = ArchiveFile.open(archive, disk)) {
            return new KeyRotationRun(
                            cluster,
                            files,
                            request,
                            Optional.empty(),
                            new KeyRotationRun.People(
                                    (lines, asked) -> {
                                        told.addAll(lines);
                                        return agrees && (asked || agreesToMore);
                                    },
                                    told::add,
                                    _ -> {}),
                            new KeyRotationRun.Waiting(Duration.ofHours(12), toTheEnd))
                    .run();
        }
    }

    public List<String> told() {
        return told;
    }

    public Set<PublicKey> keys() {
        return keysIn(archive);
    }

    Path pending() {
        return archive.resolveSibling(archive.getFileName() + ".pending");
    }

    /** What lies in the drawer besides the archive. */
    List<String> besides() {
        try (var files = Files.list(archive.getParent())) {
            return files.filter(file -> !file.equals(archive))
                    .map(file -> file.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a run that was killed left goes as soon as the next one looks. */
    void tidy() {
        ArchiveFile.open(archive, Disk.LOCAL).close();
    }

    /** With the same drawer, in front of another cluster. */
    KeyHolder at(InMemoryFactory other) {
        return new KeyHolder(other, archive);
    }

    /** In the archive and in what lies beside it. */
    Set<PublicKey> allKeys() {
        return Stream.of(archive, pending())
                .filter(Files::exists)
                .flatMap(file -> keysIn(file).stream())
                .collect(Collectors.toSet());
    }

    KeyArchive read() {
        return read(archive);
    }

    private static Set<PublicKey> keysIn(Path file) {
        return read(file).keys().stream().map(named -> named.key().publicKey()).collect(Collectors.toSet());
    }

    private static KeyArchive read(Path file) {
        try {
            return KeyArchive.read(Bytes.of(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The keys that sign the fleet's next root. */
    public Set<PublicKey> fleetsKeys() {
        return keysOf(factory.newestRoot());
    }

    Set<PublicKey> keysOf(long version) {
        return keysOf(version, RoleName.ROOT);
    }

    /** The keys that a root names for the role. */
    Set<PublicKey> keysOf(long version, RoleName role) {
        var file = factory.root(version);
        return Set.copyOf(RootHistory.keys(
                        Dialects.recognise(file).decode(Root.class, file).metadata(), role)
                .values());
    }
}
