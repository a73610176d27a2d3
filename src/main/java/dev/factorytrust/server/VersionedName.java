package dev.factorytrust.server;

import java.util.Optional;

/** A file name under consistent snapshots, {@code VERSION.ROLE.json} (TUF specification, 6.2). */
record VersionedName(long version, String role) {

    private static final String SUFFIX = ".json";

    /** More digits than the largest version of any client: 2^63 − 1 has nineteen. */
    private static final int MAX_DIGITS = 18;

    /** Empty for what no version names: {@code timestamp.json}, {@code 007.root.json}, {@code 1.json}. */
    static Optional<VersionedName> parse(String file) {
        var dot = file.indexOf('.');
        var roleEnd = file.length() - SUFFIX.length();
        if (dot < 1 || dot > MAX_DIGITS || dot + 1 >= roleEnd || !file.endsWith(SUFFIX) || file.charAt(0) == '0') {
            return Optional.empty();
        }
        long version = 0;
        for (int i = 0; i < dot; i++) {
            var digit = file.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return Optional.empty();
            }
            version = version * 10 + digit;
        }
        return Optional.of(new VersionedName(version, file.substring(dot + 1, roleEnd)));
    }

    String file() {
        return version + "." + role + SUFFIX;
    }
}
