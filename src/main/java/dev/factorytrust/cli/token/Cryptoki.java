package dev.factorytrust.cli.token;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import static dev.factorytrust.cli.token.Layouts.BYTE;
import static dev.factorytrust.cli.token.Layouts.POINTER;
import static dev.factorytrust.cli.token.Layouts.ULONG;
import static dev.factorytrust.cli.token.Layouts.WORD;

/**
 * A PKCS#11 module (OASIS, version 2.40), called through Java's foreign functions: those few that signing needs. The JDK's
 * own provider doesn't see a key that has no certificate, which is how tokens make them; the wrappers that there are bring
 * binaries of their own, or need what the JDK doesn't export.
 */
final class Cryptoki implements AutoCloseable {

    private static final long CAN_SIGN = 0x800;
    private static final long SERIAL_SESSION = 4;
    private static final long READ_WRITE_SESSION = 2;
    private static final int MOST_OBJECTS = 1000;
    private static final int MOST_BYTES = 64 * 1024;

    /** Functions by their place in CK_FUNCTION_LIST. */
    private enum Function {
        C_Initialize(0),
        C_Finalize(1),
        C_GetSlotList(4),
        C_GetTokenInfo(6),
        C_GetMechanismInfo(8),
        C_OpenSession(12),
        C_CloseSession(13),
        C_Login(18),
        C_DestroyObject(22),
        C_GetAttributeValue(24),
        C_FindObjectsInit(26),
        C_FindObjects(27),
        C_FindObjectsFinal(28),
        C_SignInit(42),
        C_Sign(43),
        C_GenerateKeyPair(59);

        private final int place;

        Function(int place) {
            this.place = place;
        }
    }

    record KeyPair(long publicKey, long privateKey) {}

    /** @param parameter null where the mechanism takes none */
    record Mechanism(long type, long... parameter) {}

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment functions;

    private Cryptoki(Path module) {
        functions = functions(module);
    }

    static Cryptoki load(Path module) {
        var longs = Linker.nativeLinker().canonicalLayouts().get("long");
        if (longs.byteSize() != WORD) {
            throw new TokenException("tokens are supported on 64-bit Linux and macOS only");
        }
        if (!Files.isRegularFile(module)) {
            throw new TokenException("there is no file " + module
                    + "; --pkcs11-module names the token's library, such as libykcs11.so or libsofthsm2.so");
        }
        var cryptoki = new Cryptoki(module);
        var result = cryptoki.call(Function.C_Initialize, MemorySegment.NULL);
        if (result != Result.OK && result != Result.ALREADY_INITIALIZED) {
            throw new TokenException(module + " doesn't start: " + Result.name(result));
        }
        return cryptoki;
    }

    private MemorySegment functions(Path module) {
        try {
            var symbols = SymbolLookup.libraryLookup(module.toAbsolutePath(), arena);
            var entry = symbols.find("C_GetFunctionList")
                    .orElseThrow(() -> new TokenException(module + " is a library, but no PKCS#11 module"));
            var list = arena.allocate(POINTER);
            var result = (long) Linker.nativeLinker()
                    .downcallHandle(entry, FunctionDescriptor.of(ULONG, POINTER))
                    .invoke(list);
            if (result != Result.OK) {
                throw new TokenException(module + " doesn't start: " + Result.name(result));
            }
            var last = Function.values()[Function.values().length - 1].place;
            return list.get(POINTER, 0).reinterpret((last + 2) * WORD);
        } catch (IllegalArgumentException e) {
            throw new TokenException(module + " can't be loaded as a library: is it the module, for this machine?");
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private long call(Function function, Object... arguments) {
        var layouts = new MemoryLayout[arguments.length];
        for (var i = 0; i < arguments.length; i++) {
            layouts[i] = switch (arguments[i]) {
                case Long _ -> ULONG;
                case Byte _ -> BYTE;
                default -> POINTER;
            };
        }
        try {
            // The list begins with two bytes of a version; the first pointer is aligned.
            var address = functions.get(POINTER, WORD + function.place * WORD);
            return (long) Linker.nativeLinker()
                    .downcallHandle(address, FunctionDescriptor.of(ULONG, layouts))
                    .invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private void must(Function function, Object... arguments) {
        var result = call(function, arguments);
        if (result != Result.OK) {
            throw new TokenException("the token refuses " + function + ": " + Result.name(result));
        }
    }

    private static RuntimeException unexpected(Throwable e) {
        return e instanceof RuntimeException known ? known : new IllegalStateException(e);
    }

    /** Slots that have a token in them. */
    long[] slots() {
        try (var memory = Arena.ofConfined()) {
            var count = memory.allocate(ULONG);
            must(Function.C_GetSlotList, (byte) 1, MemorySegment.NULL, count);
            var slots = memory.allocate(ULONG, Math.max(1, count.get(ULONG, 0)));
            must(Function.C_GetSlotList, (byte) 1, slots, count);
            return slots.asSlice(0, count.get(ULONG, 0) * WORD).toArray(ULONG);
        }
    }

    /** Empty where the module can't tell, as of somebody's bank card in another reader. */
    Optional<TokenInfo> token(long slot) {
        try (var memory = Arena.ofConfined()) {
            var info = memory.allocate(256, WORD);
            if (call(Function.C_GetTokenInfo, slot, info) != Result.OK) {
                return Optional.empty();
            }
            var label = new String(info.asSlice(0, 32).toArray(BYTE), StandardCharsets.UTF_8);
            return Optional.of(new TokenInfo(label.stripTrailing(), info.get(ULONG, 96)));
        }
    }

    boolean signs(long slot, long mechanism) {
        try (var memory = Arena.ofConfined()) {
            var info = memory.allocate(3 * WORD, WORD);
            return call(Function.C_GetMechanismInfo, slot, mechanism, info) == Result.OK
                    && (info.get(ULONG, 2 * WORD) & CAN_SIGN) != 0;
        }
    }

    long openSession(long slot, boolean write) {
        try (var memory = Arena.ofConfined()) {
            var session = memory.allocate(ULONG);
            must(
                    Function.C_OpenSession,
                    slot,
                    SERIAL_SESSION | (write ? READ_WRITE_SESSION : 0),
                    MemorySegment.NULL,
                    MemorySegment.NULL,
                    session);
            return session.get(ULONG, 0);
        }
    }

    /** @param pin empty for a token that asks for it by itself; wiped here, not there */
    long login(long session, long user, Optional<byte[]> pin) {
        try (var memory = Arena.ofConfined()) {
            var bytes = pin.map(text -> memory.allocateFrom(BYTE, text)).orElse(MemorySegment.NULL);
            var result = call(Function.C_Login, session, user, bytes, (long)
                    pin.map(text -> text.length).orElse(0));
            bytes.fill((byte) 0);
            return result;
        }
    }

    List<Long> find(long session, List<Attribute> template) {
        try (var memory = Arena.ofConfined()) {
            must(Function.C_FindObjectsInit, session, Layouts.template(memory, template), (long) template.size());
            var found = memory.allocate(ULONG, MOST_OBJECTS);
            var count = memory.allocate(ULONG);
            must(Function.C_FindObjects, session, found, (long) MOST_OBJECTS, count);
            must(Function.C_FindObjectsFinal, session);
            return Arrays.stream(found.asSlice(0, count.get(ULONG, 0) * WORD).toArray(ULONG))
                    .boxed()
                    .toList();
        }
    }

    /** Empty where the object has none, or keeps it to itself. */
    Optional<byte[]> attribute(long session, long object, long type) {
        try (var memory = Arena.ofConfined()) {
            var asked = Layouts.template(memory, List.of(new Attribute(type, new byte[MOST_BYTES])));
            return call(Function.C_GetAttributeValue, session, object, asked, 1L) == Result.OK
                    ? Optional.of(asked.get(POINTER, WORD)
                            .reinterpret(asked.get(ULONG, 2 * WORD))
                            .toArray(BYTE))
                    : Optional.empty();
        }
    }

    /** @param between what some keys want once a signature has begun: the PIN again */
    byte[] sign(long session, Mechanism mechanism, long key, byte[] data, Runnable between) {
        try (var memory = Arena.ofConfined()) {
            must(Function.C_SignInit, session, Layouts.mechanism(memory, mechanism), key);
            between.run();
            var signature = memory.allocate(MOST_BYTES);
            var length = memory.allocateFrom(ULONG, MOST_BYTES);
            must(Function.C_Sign, session, memory.allocateFrom(BYTE, data), (long) data.length, signature, length);
            return signature.asSlice(0, length.get(ULONG, 0)).toArray(BYTE);
        }
    }

    KeyPair generate(long session, Mechanism mechanism, List<Attribute> publicKey, List<Attribute> privateKey) {
        try (var memory = Arena.ofConfined()) {
            var handles = memory.allocate(ULONG, 2);
            must(
                    Function.C_GenerateKeyPair,
                    session,
                    Layouts.mechanism(memory, mechanism),
                    Layouts.template(memory, publicKey),
                    (long) publicKey.size(),
                    Layouts.template(memory, privateKey),
                    (long) privateKey.size(),
                    handles,
                    handles.asSlice(WORD));
            return new KeyPair(handles.get(ULONG, 0), handles.get(ULONG, WORD));
        }
    }

    void destroy(long session, KeyPair pair) {
        call(Function.C_DestroyObject, session, pair.privateKey());
        call(Function.C_DestroyObject, session, pair.publicKey());
    }

    void closeSession(long session) {
        call(Function.C_CloseSession, session);
    }

    @Override
    public void close() {
        call(Function.C_Finalize, MemorySegment.NULL);
        arena.close();
    }
}
