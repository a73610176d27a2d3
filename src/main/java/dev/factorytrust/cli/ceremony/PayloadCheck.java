package dev.factorytrust.cli.ceremony;

import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.tuf.model.Root;
import dev.factorytrust.tuf.repository.RootChange;
import dev.factorytrust.tuf.repository.RootDiff;
import dev.factorytrust.tuf.repository.RootProposal;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether a payload is what was asked for: the next root is made here once more, from the root before and the change, and
 * every byte has to agree. Only what the operator alone knows is taken from the payload, within bounds.
 */
public final class PayloadCheck {

    /** Of clocks. */
    private static final Duration SLACK = Duration.ofMinutes(10);

    /** How long the operator offers a payload at the most; it may be as old. */
    private static final Duration OFFERED = Duration.ofDays(30);

    private PayloadCheck() {}

    /**
     * @param name what to call the payload
     * @param offered with the root that it follows
     * @param change what was asked for; it expires when the payload does
     * @param life how long the next root was to hold when it was prepared; empty where nobody knows
     * @throws Failure saying what nobody asked for
     */
    public static void require(
            String name, RootPayload offered, RootChange change, Optional<Duration> life, Instant now) {
        requireExpiry(name, offered.next().expires(), life, OFFERED, now);
        var before = offered.before().map(RootPayload.Before::root);
        switch (RootProposal.propose(offered.dialect(), before, change)) {
            case RootProposal.Refused(var _, var message) -> throw refused(name, message);
            case RootProposal.Proposed(var expected, var _, var _) -> {
                if (!offered.dialect().canonical(expected).equals(offered.bytes())) {
                    throw refused(name, unasked(expected, offered.next()));
                }
            }
        }
    }

    /**
     * @param offered how long it may have been offered already
     * @throws Failure where it expires at another time than one that was made for this life would
     */
    public static void requireExpiry(
            String name, Instant expires, Optional<Duration> life, Duration offered, Instant now) {
        if (!expires.isAfter(now)) {
            throw refused(name, "it expired " + expires);
        }
        life.flatMap(whole -> unusualExpiry(expires, whole, offered, now)).ifPresent(why -> {
            throw refused(name, why);
        });
    }

    /**
     * Says when it should expire; empty where it does.
     *
     * @param whole its life
     * @param offered how long it may have been offered already
     */
    public static Optional<String> unusualExpiry(Instant expires, Duration whole, Duration offered, Instant now) {
        var third = whole.dividedBy(3);
        var oldest = now.plus(whole)
                .minus(offered.compareTo(third) < 0 ? offered : third)
                .minus(SLACK);
        var newest = now.plus(whole).plus(SLACK);
        return expires.isBefore(oldest) || expires.isAfter(newest)
                ? Optional.of("it expires %s, and with a life of %d s it should between %s and %s"
                        .formatted(expires, whole.toSeconds(), oldest, newest))
                : Optional.empty();
    }

    private static String unasked(Root expected, Root next) {
        var lines = RootDiff.between(Optional.of(expected), next);
        return "it holds what was not asked for" + (lines.isEmpty() ? "" : ":\n  " + String.join("\n  ", lines));
    }

    /** @param why as the rest of a sentence */
    public static Failure refused(String name, String why) {
        return Failure.refused("nothing is signed or sent: " + name + " is not what was asked for: " + why);
    }
}
