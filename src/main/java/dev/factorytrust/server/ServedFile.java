package dev.factorytrust.server;

import dev.factorytrust.tuf.Bytes;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/** A file with all that an answer needs, so that a request costs a look-up and a write. */
record ServedFile(String sha256, Representation identity, Optional<Representation> gzip, CharSequence cacheControl) {

    private static final CharSequence IMMUTABLE = HttpHeaders.createOptimized("public, max-age=31536000, immutable");

    /** Each representation has an ETag of its own: a strong one promises equal bytes (RFC 9110, 8.8.3.3). */
    record Representation(Buffer body, String etag, CharSequence contentLength) {

        /** What is stored and what is served are the same bytes in memory: many versions of large targets are kept. */
        Representation(ByteBuffer body, String etag) {
            this(
                    Buffer.buffer(Unpooled.wrappedBuffer(body)),
                    etag,
                    HttpHeaders.createOptimized(Integer.toString(body.remaining())));
        }
    }

    static ServedFile immutable(Bytes bytes) {
        return prepare(bytes, IMMUTABLE);
    }

    /** @param cacheControl of a name that can change its content */
    static ServedFile changeable(Bytes bytes, String cacheControl) {
        return prepare(bytes, HttpHeaders.createOptimized(cacheControl));
    }

    /** The same bytes under a name that can change its content. */
    ServedFile alias(ServingPolicy policy) {
        return new ServedFile(sha256, identity, gzip, HttpHeaders.createOptimized(policy.changeable()));
    }

    private static ServedFile prepare(Bytes bytes, CharSequence cacheControl) {
        var sha256 = bytes.sha256();
        var packed = gzip(bytes);
        return new ServedFile(
                sha256,
                new Representation(bytes.view(), '"' + sha256 + '"'),
                packed.length < bytes.size()
                        ? Optional.of(new Representation(ByteBuffer.wrap(packed), '"' + sha256 + "-gzip\""))
                        : Optional.empty(),
                cacheControl);
    }

    private static byte[] gzip(Bytes plain) {
        var packed = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(packed)) {
            out.write(plain.toArray());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return packed.toByteArray();
    }
}
