package dev.factorytrust.tuf.repository;

import dev.factorytrust.tuf.model.Metadata;
import dev.factorytrust.tuf.model.RoleName;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.model.Signed;
import dev.factorytrust.tuf.verify.Verifier;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Changes online keys without a device refusing anything.
 *
 * <p>A device reads root first and the timestamp after, from caches of different age, and keeps both. Metadata that only
 * the new key signs is refused by a device that has not seen the new root; a root that only names the new key refuses
 * metadata that is still signed by the old one. Either order of the two breaks every known client for a while. So both
 * keys sign, before the root changes and after, each time for as long as anything older may still be in a cache:
 *
 * <ol>
 *   <li>(a) sign the roles whose keys change with old and new keys, and all that name them;
 *   <li>(b) wait {@code overlap};
 *   <li>(c) let devices see the next root;
 *   <li>(d) wait {@code overlap}, then sign with the new keys alone.
 * </ol>
 *
 * <p>Targets that holders sign change in the same order: first they are published with the signatures of those who sign
 * now and those who will, which takes both at one table (or one after the other, on one payload), then the root is let
 * through. Until they have signed, devices go on with what they have, and nothing of (a) is published.
 *
 * <p>Several roots may come to devices in one flip: the key that one names is lost before it signed anything, and the next
 * names another. Old and new are then the root that devices saw before and the newest; those between can't be satisfied. A
 * device that two replicas lead to one of them, in the moment of the flip, is refused once, and comes to the newest with its next
 * poll.
 *
 * <p>Each step follows from what is published alone: the root that devices see, the newest stored root, who has signed, and
 * the moment of the last step. Where the old key must not be trusted for an hour more, or isn't there to sign with, root and metadata
 * change in one commit instead.
 */
public final class KeyOverlap {

    public sealed interface Step {}

    /** Nothing to change before {@code until}, if ever; what is published meanwhile is signed for {@code roots}. */
    public record Hold(List<Root> roots, Optional<Instant> until) implements Step {}

    /** Publish the roles anew, signed for {@code roots}, and start the clock: step (a). */
    public record SignWithBoth(Set<RoleName> roles, List<Root> roots) implements Step {}

    /**
     * Let devices see the newest root, under metadata that holds for both roots: step (c).
     *
     * @param overlapping whether old keys go on signing for a while
     */
    public record Flip(Signed<Root> root, boolean overlapping) implements Step {}

    /** Let devices see the newest root and the roles signed by its keys alone, in one commit. */
    public record FlipAtOnce(Signed<Root> root, Set<RoleName> roles) implements Step {}

    /** Publish the roles signed by the visible root's keys alone: the end of step (d). */
    public record DropOld(Set<RoleName> roles) implements Step {}

    private static final List<RoleName> ONLINE = List.of(RoleName.TARGETS, RoleName.SNAPSHOT, RoleName.TIMESTAMP);

    private KeyOverlap() {}

    /**
     * @param published what devices see
     * @param roots every stored root that is a fully signed successor, those that devices don't see yet among them
     * @param since when the present overlap's last step was made: (a) before the flip, (c) after it; empty outside one
     * @param urgent whether the old keys must go at once
     */
    public static Step next(
            Repository published,
            NavigableMap<Long, Signed<Root>> roots,
            Optional<Instant> since,
            Duration overlap,
            boolean urgent,
            OnlineSigners signers,
            Instant now) {
        var seen = published.root().metadata();
        var newest = roots.lastEntry().getValue();
        if (newest.metadata().version() == seen.version()) {
            return after(published, roots, since, overlap, urgent, signers, now);
        }
        var changing = changing(seen, newest.metadata());
        if (changing.isEmpty()) {
            return new Flip(newest, false);
        }
        var anew = anew(published, changing, seen, newest.metadata(), signers);
        if (urgent || changing.stream().anyMatch(role -> !signers.sufficeWithHolders(seen, role))) {
            return new FlipAtOnce(newest, anew);
        }
        var both = List.of(seen, newest.metadata());
        if (since.isEmpty() || !changing.stream().allMatch(role -> holds(published.role(role), newest.metadata()))) {
            return new SignWithBoth(anew, both);
        }
        var until = since.get().plus(overlap);
        return now.isBefore(until) ? new Hold(both, Optional.of(until)) : new Flip(newest, true);
    }

    /**
     * Where those who have signed targets are enough for both roots, as where a holder joins, they needn't do so again. The
     * wait is the same: what was published before may have been signed by others.
     */
    private static Set<RoleName> anew(
            Repository published, Set<RoleName> changing, Root seen, Root newest, OnlineSigners signers) {
        var anew = EnumSet.copyOf(changing);
        if ((signers.needHolders(seen, RoleName.TARGETS) || signers.needHolders(newest, RoleName.TARGETS))
                && holds(published.targets(), newest)) {
            anew.remove(RoleName.TARGETS);
        }
        return anew.isEmpty() ? Set.of(RoleName.TIMESTAMP) : anew;
    }

    private static Step after(
            Repository published,
            NavigableMap<Long, Signed<Root>> roots,
            Optional<Instant> since,
            Duration overlap,
            boolean urgent,
            OnlineSigners signers,
            Instant now) {
        var seen = published.root().metadata();
        if (since.isEmpty()) {
            return new Hold(List.of(seen), Optional.empty());
        }
        var until = since.get().plus(overlap);
        return urgent || !now.isBefore(until)
                ? new DropOld(withTimestamp(signedByOthers(published), seen, signers))
                : new Hold(
                        Stream.concat(Stream.of(seen), before(published, roots).stream())
                                .toList(),
                        Optional.of(until));
    }

    /** The root that devices saw before the flip: (a) made what is published hold under it, and so did whatever came since. */
    private static Optional<Root> before(Repository published, NavigableMap<Long, Signed<Root>> roots) {
        return roots.headMap(published.root().metadata().version(), false).descendingMap().values().stream()
                .map(Signed::metadata)
                .filter(root -> ONLINE.stream().allMatch(role -> holds(published.role(role), root)))
                .findFirst();
    }

    /** The roles that have signatures which the root that devices see asks for no more. */
    private static Set<RoleName> signedByOthers(Repository published) {
        var root = published.root().metadata();
        var roles = EnumSet.noneOf(RoleName.class);
        for (var role : ONLINE) {
            if (published.role(role).signatures().stream()
                    .anyMatch(signature -> !root.role(role).keyids().contains(signature.keyid()))) {
                roles.add(role);
            }
        }
        return roles;
    }

    private static boolean holds(Signed<? extends Metadata> metadata, Root root) {
        return Verifier.verify(
                        root.role(metadata.metadata().role()), root.keys(), metadata.canonical(), metadata.signatures())
                .verified();
    }

    /**
     * Every publication has a new timestamp; and the end of an overlap is a publication. Holders aren't asked again only
     * so that a signature goes which no device counts any more.
     */
    private static Set<RoleName> withTimestamp(Set<RoleName> roles, Root seen, OnlineSigners signers) {
        roles.add(RoleName.TIMESTAMP);
        if (signers.needHolders(seen, RoleName.TARGETS)) {
            roles.remove(RoleName.TARGETS);
        }
        return roles;
    }

    /** The online roles that other keys sign under {@code next}, or another number of them. */
    public static Set<RoleName> changing(Root before, Root next) {
        var roles = EnumSet.noneOf(RoleName.class);
        for (var role : ONLINE) {
            var old = before.role(role);
            var fresh = next.role(role);
            if (old.threshold() != fresh.threshold()
                    || !Set.copyOf(old.keyids()).equals(Set.copyOf(fresh.keyids()))) {
                roles.add(role);
            }
        }
        return roles;
    }
}
