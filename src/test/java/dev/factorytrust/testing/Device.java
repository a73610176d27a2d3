package dev.factorytrust.testing;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A device in the field: a real TUF client with a trusted root and a state of its own, which it keeps between updates. */
public interface Device {

    /**
     * The whole client workflow against the repository, by the machine's clock.
     *
     * @throws IllegalStateException if the client could not try: no verdict on the repository
     */
    Outcome update();

    /** As {@link #update()}, with the device's clock showing {@code now}. */
    Outcome update(Instant now);

    /** What an update learns about {@code path}, delegations included; empty if the repository does not list it. */
    Optional<Artifact> lookUp(String path);

    /** What a client made of the repository. */
    sealed interface Outcome {}

    /** Every role was accepted; these are the versions that the device trusts now. */
    record Updated(int root, int timestamp, int snapshot, int targets, Set<String> paths) implements Outcome {}

    /** The client refused what it was served; {@code kind} is its own name for the error. */
    record Refused(String kind, String message) implements Outcome {}

    /** {@code hashes} maps an algorithm's name to lower-case hex. */
    record Artifact(long length, Map<String, String> hashes) {}
}
