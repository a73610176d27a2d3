package dev.factorytrust.cli.archive;

import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.operator.factory.InMemoryFactory;
import dev.factorytrust.stories.Person;
import dev.factorytrust.tuf.archive.KeyArchive;
import dev.factorytrust.tuf.archive.KeyArchive.ArchivedKey;
import dev.factorytrust.tuf.crypto.KeyType;
import dev.factorytrust.tuf.crypto.SoftwareKey;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;

import static dev.factorytrust.tuf.model.RoleName.TARGETS;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Who holds keys of targets, and has an archive of them in a drawer. */
abstract class TargetsKeyHolders {

    static final Person ALICE = Person.withKey("alice", KeyType.ED25519);
    static final Person TINA = Person.withKey("tina", KeyType.ED25519);
    static final Person TOM = Person.withKey("tom", KeyType.ED25519);
    static final Person TESS = Person.withKey("tess", KeyType.ED25519);

    static final String GENERATED = "generate: {}, targets: {threshold: 1, keys: [%s]}".formatted(TINA.declared());

    @TempDir
    Path drawer;

    KeyHolder holder(InMemoryFactory factory) {
        return holder(factory, "keys.tgz");
    }

    /** Who has root's keys and tina's. */
    KeyHolder holder(InMemoryFactory factory, String archive) {
        return new KeyHolder(factory, drawer.resolve(archive))
                .putInDrawer(KeyArchive.add(factory.rootKeys(), List.of(archived(TARGETS, TINA.key()))));
    }

    KeyHolder whoHas(InMemoryFactory factory, String archive, ArchivedKey... keys) {
        return new KeyHolder(factory, drawer.resolve(archive)).putInDrawer(KeyArchive.write(List.of(keys)));
    }

    static ArchivedKey archived(RoleName role, SoftwareKey key) {
        return new ArchivedKey(role, new KeyId(key.publicKey().fingerprint()), key);
    }

    static void refused(KeyHolder holder, KeyRotationRequest request, String... why) {
        assertThatThrownBy(() -> holder.rotate(request))
                .isInstanceOf(Failure.class)
                .message()
                .contains(why);
    }
}
