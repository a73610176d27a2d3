package dev.factorytrust.cli.archive;

import dev.factorytrust.cli.console.Disk;
import dev.factorytrust.tuf.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ArchiveFileTest {

    private static final Bytes OLD = Bytes.utf8("old");
    private static final Bytes NEW = Bytes.utf8("new");

    @TempDir
    private Path drawer;

    private Path named(String name) {
        return drawer.resolve(name);
    }

    private ArchiveFile open() {
        return ArchiveFile.open(named("keys.tgz"), Disk.LOCAL);
    }

    @Test
    void what_is_there_is_never_written_over() throws IOException {
        try (var file = open()) {
            file.create(OLD);
            assertThatThrownBy(() -> file.create(NEW)).hasMessageContaining("keys.tgz is there already");
            file.createPending(OLD);
            assertThatThrownBy(() -> file.createPending(NEW)).hasMessageContaining("keys.tgz.pending is there already");
            assertThat(file.read()).hasValue(OLD);
            assertThat(file.readPending()).hasValue(OLD);
        }
        try (var files = Files.list(drawer)) {
            assertThat(files.map(Path::getFileName).map(Path::toString))
                    .contains("keys.tgz", "keys.tgz.pending")
                    .doesNotContain("keys.tgz.lock");
        }
    }

    @Test
    void the_pending_one_takes_its_place() throws IOException {
        Files.write(named("keys.tgz"), OLD.toArray());
        try (var file = open()) {
            file.createPending(NEW);
            file.replaceByPending();
            assertThat(file.read()).hasValue(NEW);
            assertThat(file.readPending()).isEmpty();
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(named("keys.tgz"))))
                .isEqualTo("rw-------");
    }

    @Test
    void a_link_stays_one_and_what_it_points_to_is_replaced() throws IOException {
        Files.createDirectories(named("safe"));
        Files.write(named("safe/real.tgz"), OLD.toArray());
        Files.createSymbolicLink(named("keys.tgz"), named("safe/real.tgz"));
        try (var file = open()) {
            file.createPending(NEW);
            assertThat(named("safe/real.tgz.pending")).exists();
            file.replaceByPending();
        }
        assertThat(named("keys.tgz")).isSymbolicLink();
        assertThat(Files.readAllBytes(named("safe/real.tgz"))).isEqualTo(NEW.toArray());
    }

    @Test
    void what_a_killed_process_left_half_written_goes() throws IOException {
        Files.write(named("keys.tgz.tmp"), OLD.toArray());
        Files.write(named("keys.tgz.lock"), new byte[0]);
        try (var file = open()) {
            assertThat(named("keys.tgz.tmp")).doesNotExist();
            file.create(NEW);
        }
        assertThat(named("keys.tgz")).exists();
    }

    @Test
    void a_folder_that_is_not_there() {
        assertThatThrownBy(() -> ArchiveFile.open(named("nowhere/keys.tgz"), Disk.LOCAL))
                .hasMessageContaining("nowhere/keys.tgz is in a folder where nothing can be written");
    }
}
