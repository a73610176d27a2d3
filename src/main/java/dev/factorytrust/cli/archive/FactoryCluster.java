package dev.factorytrust.cli.archive;

import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.cli.ceremony.SignatureSecret;
import dev.factorytrust.tuf.Bytes;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What a rotation of a holder's keys asks of the namespace of a Factory. Each is one request, which happens or doesn't. */
interface FactoryCluster {

    Optional<Factory> factory(String name);

    List<Factory> factories();

    Optional<RootRotation> rotation(String name);

    /** A file that a ConfigMap carries, put together where others carry parts of it. */
    Optional<Bytes> file(String configMap, String entry);

    /** Where there is one of that name already, that one stays. */
    void declare(RootRotation rotation);

    /** Where it is attached already, that one stays. */
    void attach(SignatureSecret signature);

    /** Returns when something may have changed. */
    void pause(Duration atMost);

    Instant now();
}
