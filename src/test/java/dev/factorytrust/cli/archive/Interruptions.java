package dev.factorytrust.cli.archive;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.cli.ceremony.SignatureSecret;
import dev.factorytrust.cli.console.Disk;
import dev.factorytrust.tuf.Bytes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Ends a process at one of the moments before, in and after everything that it does to the disk or to the cluster. */
final class Interruptions {

    /** The process is gone: nothing of it runs any more. */
    static final class Killed extends Error {

        private static final long serialVersionUID = 1L;

        private Killed(String when) {
            super(when, null, false, false);
        }
    }

    private final int last;
    private int moments;

    /** @param last the moment that the process doesn't survive, counted from 1 */
    Interruptions(int last) {
        this.last = last;
    }

    private void moment(String when) {
        if (++moments == last) {
            throw new Killed(when);
        }
    }

    Disk disk() {
        return new Disk() {
            @Override
            public void create(Path file, Bytes content) throws IOException {
                moment("before creating " + file.getFileName());
                if (moments + 1 == last) {
                    LOCAL.create(file, Bytes.of(Arrays.copyOf(content.toArray(), content.size() / 2)));
                }
                moment("while creating " + file.getFileName());
                LOCAL.create(file, content);
                moment("after creating " + file.getFileName());
            }

            @Override
            public void rename(Path from, Path to) throws IOException {
                moment("before renaming to " + to.getFileName());
                if (moments + 1 == last) {
                    Files.createLink(to, from);
                }
                moment("while renaming to " + to.getFileName());
                LOCAL.rename(from, to);
                moment("after renaming to " + to.getFileName());
            }

            @Override
            public void replace(Path from, Path to) throws IOException {
                moment("before replacing " + to.getFileName());
                LOCAL.replace(from, to);
                moment("after replacing " + to.getFileName());
            }

            @Override
            public void delete(Path file) throws IOException {
                moment("before deleting " + file.getFileName());
                LOCAL.delete(file);
                moment("after deleting " + file.getFileName());
            }
        };
    }

    FactoryCluster cluster(FactoryCluster real) {
        return new FactoryCluster() {
            @Override
            public Optional<Factory> factory(String name) {
                return real.factory(name);
            }

            @Override
            public List<Factory> factories() {
                return real.factories();
            }

            @Override
            public Optional<RootRotation> rotation(String name) {
                return real.rotation(name);
            }

            @Override
            public Optional<Bytes> file(String configMap, String entry) {
                return real.file(configMap, entry);
            }

            @Override
            public void declare(RootRotation rotation) {
                moment("before declaring " + rotation.getMetadata().getName());
                real.declare(rotation);
                moment("after declaring " + rotation.getMetadata().getName());
            }

            @Override
            public void attach(SignatureSecret signature) {
                moment("before a signature");
                real.attach(signature);
                moment("after a signature");
            }

            @Override
            public void pause(Duration atMost) {
                moment("before waiting");
                real.pause(atMost);
                moment("after waiting");
            }

            @Override
            public Instant now() {
                return real.now();
            }
        };
    }
}
