package dev.factorytrust.cli.token;

/**
 * What a token says of itself to everybody (CK_TOKEN_INFO).
 *
 * @param label without the blanks that fill it up
 */
record TokenInfo(String label, long flags) {

    static final long INITIALIZED = 0x400;
    static final long PIN_PAD = 0x100;
    static final long PIN_COUNT_LOW = 0x10000;
    static final long PIN_FINAL_TRY = 0x20000;
    static final long PIN_LOCKED = 0x40000;

    boolean has(long flag) {
        return (flags & flag) != 0;
    }
}
