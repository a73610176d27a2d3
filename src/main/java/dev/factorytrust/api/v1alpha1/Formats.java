package dev.factorytrust.api.v1alpha1;

/** Patterns and CEL fragments that several fields share. */
final class Formats {

    /** A number and one unit. CEL's duration() knows no day, hence a format of our own. */
    static final String DURATION = "^[1-9][0-9]{0,4}[smhd]$";

    static final long DURATION_LENGTH = 6;

    static final String SHA256 = "^[0-9a-f]{64}$";

    static final String HOLDER_NAME = "^[a-z0-9-]{1,32}$";

    static final String FACTORY_NAME = "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$";

    static final long FACTORY_NAME_LENGTH = 36;

    /** Holders of one role: enough for any ceremony, few enough for the cost budget of CEL and for a 64 KiB root. */
    static final long HOLDERS = 16;

    private static final String UNITS = "{'s': 1, 'm': 60, 'h': 3600, 'd': 86400}";

    /** Seconds of {@code self.expiresAfter}. CEL has no variables, so each field needs its own expression. */
    static final String EXPIRES_AFTER = "int(self.expiresAfter.substring(0, self.expiresAfter.size() - 1)) * " + UNITS
            + "[self.expiresAfter.substring(self.expiresAfter.size() - 1)]";

    static final String REFRESH_BEFORE = "int(self.refreshBefore.substring(0, self.refreshBefore.size() - 1)) * "
            + UNITS + "[self.refreshBefore.substring(self.refreshBefore.size() - 1)]";

    static final String RENEW_BEFORE = "int(self.renewBefore.substring(0, self.renewBefore.size() - 1)) * " + UNITS
            + "[self.renewBefore.substring(self.renewBefore.size() - 1)]";

    static final String MAX_AGE = "int(self.maxAge.substring(0, self.maxAge.size() - 1)) * " + UNITS
            + "[self.maxAge.substring(self.maxAge.size() - 1)]";

    static final String OVERLAP = "int(self.overlap.substring(0, self.overlap.size() - 1)) * " + UNITS
            + "[self.overlap.substring(self.overlap.size() - 1)]";

    /** Goes before the role's default life in seconds: {@code REFRESH_FITS + "86400" + REFRESH_FITS_END}. */
    static final String REFRESH_FITS = "has(self.refreshBefore) ? " + REFRESH_BEFORE
            + " + 5 <= (has(self.expiresAfter) ? " + EXPIRES_AFTER + " : ";

    /** With the default of a third, a life of 8 s is the shortest that leaves 5 s. */
    static final String REFRESH_FITS_END = ") : !has(self.expiresAfter) || " + EXPIRES_AFTER + " >= 8";

    static final String REFRESH_MESSAGE = "refreshBefore + 5s must not exceed expiresAfter (and expiresAfter be 8s or"
            + " more), or the metadata would be due again the moment it is signed: lower refreshBefore or raise"
            + " expiresAfter";

    private Formats() {}
}
