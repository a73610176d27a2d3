package dev.factorytrust.cli.token;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** One attribute of an object on a token (CKA_…), with its value as the token has it in memory. */
record Attribute(long type, byte[] value) {

    static final long CLASS = 0;
    static final long TOKEN = 1;
    static final long PRIVATE = 2;
    static final long LABEL = 3;
    static final long VALUE = 0x11;
    static final long KEY_TYPE = 0x100;
    static final long ID = 0x102;
    static final long SENSITIVE = 0x103;
    static final long SIGN = 0x108;
    static final long VERIFY = 0x10A;
    static final long MODULUS = 0x120;
    static final long MODULUS_BITS = 0x121;
    static final long PUBLIC_EXPONENT = 0x122;
    static final long EXTRACTABLE = 0x162;
    static final long EC_PARAMS = 0x180;
    static final long EC_POINT = 0x181;
    static final long ALWAYS_AUTHENTICATE = 0x202;

    static final long CERTIFICATE = 1;
    static final long PUBLIC_KEY = 2;
    static final long PRIVATE_KEY = 3;

    static Attribute of(long type, byte[] value) {
        return new Attribute(type, value);
    }

    static Attribute of(long type, String value) {
        return new Attribute(type, value.getBytes(StandardCharsets.UTF_8));
    }

    static Attribute of(long type, long value) {
        return new Attribute(
                type,
                ByteBuffer.allocate(Long.BYTES)
                        .order(ByteOrder.nativeOrder())
                        .putLong(value)
                        .array());
    }

    static Attribute of(long type, boolean value) {
        return new Attribute(type, new byte[] {(byte) (value ? 1 : 0)});
    }

    static long number(byte[] value) {
        return value.length == Long.BYTES
                ? ByteBuffer.wrap(value).order(ByteOrder.nativeOrder()).getLong()
                : -1;
    }
}
