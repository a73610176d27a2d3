package dev.factorytrust.tuf.verify;

import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.dialect.Dialect;
import dev.factorytrust.tuf.model.Role;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One update as a device runs it (specification 1.0.34 §5.3 to §5.6.5), over whatever is to be looked at. Delegated targets are
 * fetched by devices on demand, so they aren't part of it.
 */
public final class ClientWorkflow {

    private final Dialect dialect;
    private final MetadataSource source;
    private final TrustedMetadataSet trusted;

    private ClientWorkflow(Dialect dialect, MetadataSource source, TrustedMetadataSet trusted) {
        this.dialect = dialect;
        this.source = source;
        this.trusted = trusted;
    }

    /**
     * The device after the update.
     *
     * @param now what the device's clock says; {@link Instant#MIN} checks everything but expiry
     * @throws VerificationException at the first thing that the device would refuse
     */
    public static DeviceState update(Dialect dialect, DeviceState device, MetadataSource source, Instant now) {
        var workflow = new ClientWorkflow(dialect, source, new TrustedMetadataSet(dialect, device.root(), now));
        return workflow.run(device);
    }

    private DeviceState run(DeviceState device) {
        var before = trusted.root().metadata();
        walkRoots();
        // §5.3.11: after a change of keys nothing signed by the old ones counts. It is how a fleet gets out of a
        // fast-forward attack, in which a stolen key signed the highest version there is.
        if (sameKeys(before, trusted.root().metadata())) {
            device.timestamp().ifPresent(file -> remember(trusted::knowTimestamp, file));
            device.snapshot().ifPresent(file -> remember(trusted::knowSnapshot, file));
        }
        trusted.updateTimestamp(fetch(RoleName.TIMESTAMP, 0));
        var snapshotVersion =
                trusted.timestamp().orElseThrow().metadata().snapshotMeta().version();
        keepOrFetch(RoleName.SNAPSHOT, snapshotVersion, device.snapshot(), trusted::updateSnapshot);
        var targets = trusted.snapshot().orElseThrow().metadata().meta().get("targets.json");
        if (targets == null) {
            throw new MissingMetadataException("targets", "isn't listed by snapshot " + snapshotVersion);
        }
        keepOrFetch(RoleName.TARGETS, targets.version(), device.targets(), trusted::updateTargets);
        return new DeviceState(
                trusted.root().file(),
                trusted.timestamp().map(signed -> signed.file()),
                trusted.snapshot().map(signed -> signed.file()),
                trusted.targets().map(signed -> signed.file()));
    }

    /** §5.3.3 to §5.3.9. */
    private void walkRoots() {
        var most = dialect.limits().maxRootHops();
        for (var hops = 0; ; hops++) {
            var name = dialect.fileName(RoleName.ROOT, trusted.root().metadata().version() + 1);
            var next = source.fetch(name);
            if (next.isEmpty()) {
                return;
            }
            if (hops == most) {
                throw new TooManyRootsException("root", most);
            }
            trusted.updateRoot(bounded(RoleName.ROOT, next.get()));
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
    private void keepOrFetch(RoleName role, long version, Optional<Bytes> kept, Consumer<Bytes> step) {
        if (kept.isPresent()) {
            try {
                step.accept(kept.get());
                return;
            } catch (VerificationException e) {
                // Another version, expired, or signed by other keys: the published one is needed.
            }
        }
        step.accept(fetch(role, version));
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
