package dev.factorytrust.tuf.verify;

import java.time.Instant;

/** §5.3.10, §5.4.4, §5.5.6, §5.6.5: its date has passed. */
public final class ExpiredMetadataException extends VerificationException {

    private static final long serialVersionUID = 1L;

    ExpiredMetadataException(String role, long version, Instant expires, Instant at) {
        super(role, version + " expired at " + expires + ", and it is " + at);
    }
}
