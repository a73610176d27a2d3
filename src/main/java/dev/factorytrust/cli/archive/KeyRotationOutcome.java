package dev.factorytrust.cli.archive;

import dev.factorytrust.cli.cluster.Reports;
import dev.factorytrust.tuf.model.KeyId;
import dev.factorytrust.tuf.model.RoleName;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What came of a rotation of a holder's keys.
 *
 * @param targetsKeyids of the keys of targets, the cluster's among them, where the holder's was exchanged; else empty
 * @param keepsRootKey the root key wasn't exchanged
 * @param oldKeysInCluster the keys that the Factory began with have not been erased
 */
record KeyRotationOutcome(
        String namespace,
        String factory,
        Optional<String> rotation,
        long rootVersion,
        List<String> rootKeyids,
        List<String> targetsKeyids,
        String archive,
        boolean keepsRootKey,
        boolean oldKeysInCluster,
        KeyRotationRun.End end) {

    static KeyRotationOutcome of(KeyRotationRequest request, String archive, KeyRotationRun.Result result) {
        var state = result.state();
        return new KeyRotationOutcome(
                request.namespace(),
                request.factory(),
                state.name(),
                state.roots().root().version(),
                state.roots().rootKeys().keySet().stream().map(KeyId::value).toList(),
                request.roles().contains(RoleName.TARGETS)
                        ? RootHistory.keys(state.roots().root(), RoleName.TARGETS).keySet().stream()
                                .map(KeyId::value)
                                .toList()
                        : List.of(),
                archive,
                !request.roles().contains(RoleName.ROOT),
                Reports.holds(Reports.conditions(state.factory()), "RootKeysInCluster")
                        .isPresent(),
                result.end());
    }

    /** What a person reads. */
    List<String> lines() {
        var lines = new ArrayList<>(
                switch (end) {
                    case ROTATED -> rotated();
                    case SIGNED -> signed();
                    case EARLIER_ROTATED ->
                        List.of("What was begun before is done, and " + archive
                                + " has its keys. Nothing of what this command"
                                + " line asks for beyond that has been done: run this again");
                    case TIDIED ->
                        List.of("The last rotation had ended already; its leftover beside " + archive
                                + " is gone. Run this again to begin another");
                });
        if (oldKeysInCluster) {
            lines.add("The keys that this Factory began with are in the cluster still: kubectl factory keys download "
                    + factory + " -n " + namespace + " --archive first.tgz --erase");
        }
        return lines;
    }

    private List<String> rotated() {
        var lines = new ArrayList<String>();
        lines.add("Factory %s/%s has root version %d".formatted(namespace, factory, rootVersion));
        rootKeyids.forEach(keyid -> lines.add("  its root key: keyid " + keyid));
        targetsKeyids.forEach(keyid -> lines.add("  its key of targets: keyid " + keyid));
        lines.add(
                keepsArchive()
                        ? archive + " is as it was: put it back into the drawer"
                        : archive + " has the key that signs the next "
                                + (keepsRootKey
                                        ? "targets"
                                        : targetsKeyids.isEmpty() ? "root" : "root, and that of targets")
                                + ": put it back into the drawer, in the place of every older copy");
        return lines;
    }

    private boolean keepsArchive() {
        return keepsRootKey && targetsKeyids.isEmpty();
    }

    private List<String> signed() {
        return List.of(
                "RootRotation " + rotation.orElseThrow() + " is signed with your keys",
                keepsArchive()
                        ? "Nothing is left to do here; kubectl factory status " + factory + " -n " + namespace
                                + " shows how it goes on"
                        : "Run the same command again later: it replaces " + archive
                                + "; until then keep what lies beside it");
    }
}
