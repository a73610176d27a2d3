package dev.factorytrust.tuf.verify;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.Role;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One update as a device runs it (specification 1.0.34 §5.3 to §5.6.5), over whatever is to be looked at. Delegated targets are
 * fetched by devices on demand, so they aren't part of it.
 */
public final class ClientWorkflow {

    /**
     * What became of an update.
     *
     * @param device as it is now: what it took before a refusal it keeps
     * @param refusal empty if it took everything
     */
    public record Attempt(DeviceState device, Optional<VerificationException> refusal) {}

    private final Dialect dialect;
    private final MetadataSource source;
    private final TrustedMetadataSet trusted;
    private DeviceState device;

    private ClientWorkflow(Dialect dialect, MetadataSource source, DeviceState device, Instant now) {
        this.dialect = dialect;
        this.source = source;
        this.trusted = new TrustedMetadataSet(dialect, device.root(), now);
        this.device = device;
    }

    /**
     * The device after the update.
     *
     * @param now what the device's clock says; {@link Instant#MIN} checks everything but expiry
     * @throws VerificationException at the first thing that the device would refuse
     */
    public static DeviceState update(Dialect dialect, DeviceState device, MetadataSource source, Instant now) {
        var attempt = attempt(dialect, device, source, now);
        if (attempt.refusal().isPresent()) {
            throw attempt.refusal().get();
        }
        return attempt.device();
    }

    /**
     * The same for a device whose next update is of interest, even if this one fails.
     *
     * @throws VerificationException if the device's own root can't be trusted
     */
    public static Attempt attempt(Dialect dialect, DeviceState device, MetadataSource source, Instant now) {
        var workflow = new ClientWorkflow(dialect, source, device, now);
        try {
            workflow.run();
            return new Attempt(workflow.device, Optional.empty());
        } catch (VerificationException refusal) {
            return new Attempt(workflow.device, Optional.of(refusal));
        }
    }

    private void run() {
        var before = trusted.root().metadata();
        walkRoots();
        // §5.3.11: after a change of keys nothing signed by the old ones counts. It is how a fleet gets out of a
        // fast-forward attack, in which a stolen key signed the highest version there is.
        if (!sameKeys(before, trusted.root().metadata())) {
            device = device.withoutTimestampAndSnapshot();
        }
        device.timestamp().ifPresent(file -> remember(trusted::knowTimestamp, file));
        device.snapshot().ifPresent(file -> remember(trusted::knowSnapshot, file));
        take(RoleName.TIMESTAMP, fetch(RoleName.TIMESTAMP, 0), trusted::updateTimestamp);
        var snapshotVersion =
                trusted.timestamp().orElseThrow().metadata().snapshotMeta().version();
        keepOrFetch(RoleName.SNAPSHOT, snapshotVersion, device.snapshot(), trusted::updateSnapshot);
        var targets = trusted.snapshot().orElseThrow().metadata().meta().get("targets.json");
        if (targets == null) {
            throw new MissingMetadataException("targets", "isn't listed by snapshot " + snapshotVersion);
        }
        keepOrFetch(RoleName.TARGETS, targets.version(), device.targets(), trusted::updateTargets);
    }

    /** §5.3.3 to §5.3.9. */
    private void walkRoots() {
        var limits = dialect.limits();
        for (var hops = 0; trusted.root().metadata().version() < limits.maxRootVersion(); hops++) {
            var name = dialect.fileName(RoleName.ROOT, trusted.root().metadata().version() + 1);
            var next = source.fetch(name);
            if (next.isEmpty()) {
                return;
            }
            if (hops == limits.maxRootHops()) {
                throw new TooManyRootsException("root", limits.maxRootHops());
            }
            take(RoleName.ROOT, bounded(RoleName.ROOT, next.get()), trusted::updateRoot);
            if (dialect.rules().anyRootForgets()) {
                device = DeviceState.fresh(device.root());
            }
        }
    }

    private static boolean sameKeys(Root before, Root after) {
        return List.of(RoleName.TIMESTAMP, RoleName.SNAPSHOT).stream()
                .allMatch(role -> keyids(before.role(role)).equals(keyids(after.role(role))));
    }

    private static Set<?> keyids(Role role) {
        return Set.copyOf(role.keyids());
    }

    /** What a device kept and can't trust any more is as if it weren't there. */
    private static void remember(Consumer<Bytes> step, Bytes file) {
        try {
            step.accept(file);
        } catch (VerificationException e) {
            // Not trusted: nothing to hold the new metadata against.
        }
    }

    /** What the device has and the new metadata still names isn't fetched again. */
    private void keepOrFetch(
            RoleName role, long version, Optional<Bytes> kept, Function<Bytes, ? extends Signed<?>> step) {
        if (kept.isPresent()) {
            try {
                step.apply(kept.get());
                return;
            } catch (VerificationException e) {
                // Another version, expired, or signed by other keys: the published one is needed.
            }
        }
        take(role, fetch(role, version), step);
    }

    private void take(RoleName role, Bytes file, Function<Bytes, ? extends Signed<?>> step) {
        try {
            device = device.with(role, step.apply(file).file());
        } catch (ExpiredMetadataException e) {
            if (dialect.rules().keepsExpired() && e.role().equals(role.value())) {
                device = device.with(role, file);
            }
            throw e;
        }
    }

    private Bytes fetch(RoleName role, long version) {
        var name = dialect.fileName(role, version);
        return bounded(
                role,
                source.fetch(name)
                        .orElseThrow(() -> new MissingMetadataException(role.value(), "isn't there: no file " + name)));
    }

    /** §5.4.1 and its like: clients break off a download that grows too long. */
    private Bytes bounded(RoleName role, Bytes file) {
        var most = dialect.limits().bytes(role);
        if (file.size() > most) {
            throw new LengthMismatchException(role.value(), "at most " + most + " are", file.size());
        }
        return file;
    }
}
