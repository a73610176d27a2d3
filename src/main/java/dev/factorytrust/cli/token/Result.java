package dev.factorytrust.cli.token;

import java.util.Map;

/** Return values of PKCS#11 functions (CKR_…), those that people meet. */
final class Result {

    static final long OK = 0;
    static final long PIN_INCORRECT = 0xA0;
    static final long PIN_INVALID = 0xA1;
    static final long PIN_LEN_RANGE = 0xA2;
    static final long PIN_EXPIRED = 0xA3;
    static final long PIN_LOCKED = 0xA4;
    static final long USER_ALREADY_LOGGED_IN = 0x100;
    static final long USER_PIN_NOT_INITIALIZED = 0x102;
    static final long ALREADY_INITIALIZED = 0x191;

    private static final Map<Long, String> NAMES = Map.ofEntries(
            Map.entry(0x02L, "CKR_HOST_MEMORY"),
            Map.entry(0x03L, "CKR_SLOT_ID_INVALID"),
            Map.entry(0x05L, "CKR_GENERAL_ERROR"),
            Map.entry(0x06L, "CKR_FUNCTION_FAILED"),
            Map.entry(0x07L, "CKR_ARGUMENTS_BAD"),
            Map.entry(0x10L, "CKR_ATTRIBUTE_READ_ONLY"),
            Map.entry(0x12L, "CKR_ATTRIBUTE_TYPE_INVALID"),
            Map.entry(0x13L, "CKR_ATTRIBUTE_VALUE_INVALID"),
            Map.entry(0x30L, "CKR_DEVICE_ERROR"),
            Map.entry(0x31L, "CKR_DEVICE_MEMORY: the token is full"),
            Map.entry(0x32L, "CKR_DEVICE_REMOVED"),
            Map.entry(0x50L, "CKR_FUNCTION_CANCELED"),
            Map.entry(0x54L, "CKR_FUNCTION_NOT_SUPPORTED"),
            Map.entry(0x60L, "CKR_KEY_HANDLE_INVALID"),
            Map.entry(0x62L, "CKR_KEY_SIZE_RANGE"),
            Map.entry(0x63L, "CKR_KEY_TYPE_INCONSISTENT"),
            Map.entry(0x68L, "CKR_KEY_FUNCTION_NOT_PERMITTED: this key may not sign"),
            Map.entry(0x70L, "CKR_MECHANISM_INVALID"),
            Map.entry(0x71L, "CKR_MECHANISM_PARAM_INVALID"),
            Map.entry(0xD0L, "CKR_TEMPLATE_INCOMPLETE"),
            Map.entry(0xD1L, "CKR_TEMPLATE_INCONSISTENT"),
            Map.entry(0xE0L, "CKR_TOKEN_NOT_PRESENT"),
            Map.entry(0xE1L, "CKR_TOKEN_NOT_RECOGNIZED"),
            Map.entry(0xE2L, "CKR_TOKEN_WRITE_PROTECTED"),
            Map.entry(0x101L, "CKR_USER_NOT_LOGGED_IN"),
            Map.entry(0x130L, "CKR_DOMAIN_PARAMS_INVALID"),
            Map.entry(0x140L, "CKR_CURVE_NOT_SUPPORTED"),
            Map.entry(0x150L, "CKR_BUFFER_TOO_SMALL"));

    private Result() {}

    static String name(long result) {
        return NAMES.getOrDefault(result, "CKR 0x%X".formatted(result));
    }
}
