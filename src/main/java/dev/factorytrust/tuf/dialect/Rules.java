package dev.factorytrust.tuf.dialect;

/**
 * In what the clients of one dialect behave unlike those of another. Whatever they have in common isn't here.
 *
 * @param consistentSnapshot what roots declare: whether the names of targets and snapshot files carry versions (§6.2)
 * @param exactLengths whether a file must have the length that is told of it; otherwise the snapshot's is the most that is
 *     read of it, and that of targets isn't looked at
 * @param anyRootForgets whether a device drops timestamp, snapshot and targets with every new root; otherwise timestamp and
 *     snapshot after a walk over roots that changed their keys (§5.3.11)
 * @param keepsExpired whether a device stores what is fine but for having expired
 * @param oneContent whether a timestamp of the known version must say the same; otherwise it isn't looked at (§5.4.3)
 * @param datesTargets whether an entry of targets tells in {@code custom} when it was made and changed, as the dialect's
 *     tools require
 */
public record Rules(
        boolean consistentSnapshot,
        boolean exactLengths,
        boolean anyRootForgets,
        boolean keepsExpired,
        boolean oneContent,
        boolean datesTargets) {}
