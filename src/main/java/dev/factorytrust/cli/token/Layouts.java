package dev.factorytrust.cli.token;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Structures of PKCS#11 in memory. CK_ULONG is C's unsigned long, and members are aligned: everywhere but on Windows. */
final class Layouts {

    static final ValueLayout.OfLong ULONG = ValueLayout.JAVA_LONG;
    static final AddressLayout POINTER = ValueLayout.ADDRESS;
    static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    static final long WORD = 8;

    private static final long ATTRIBUTE = 3 * WORD;

    private Layouts() {}

    static MemorySegment mechanism(Arena memory, Cryptoki.Mechanism mechanism) {
        var segment = memory.allocate(3 * WORD, WORD);
        segment.set(ULONG, 0, mechanism.type());
        segment.set(
                POINTER,
                WORD,
                mechanism.parameter().length == 0
                        ? MemorySegment.NULL
                        : memory.allocateFrom(ULONG, mechanism.parameter()));
        segment.set(ULONG, 2 * WORD, mechanism.parameter().length * WORD);
        return segment;
    }

    static MemorySegment template(Arena memory, List<Attribute> attributes) {
        var segment = memory.allocate(Math.max(1, attributes.size()) * ATTRIBUTE, WORD);
        for (var i = 0; i < attributes.size(); i++) {
            var value = attributes.get(i).value();
            segment.set(ULONG, i * ATTRIBUTE, attributes.get(i).type());
            segment.set(POINTER, i * ATTRIBUTE + WORD, memory.allocateFrom(BYTE, value));
            segment.set(ULONG, i * ATTRIBUTE + 2 * WORD, value.length);
        }
        return segment;
    }
}
