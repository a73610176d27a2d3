package dev.factorytrust.server;

import io.vertx.core.MultiMap;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

import static io.vertx.core.http.HttpHeaders.CONTENT_LENGTH;
import static io.vertx.core.http.HttpHeaders.TRANSFER_ENCODING;

/** The request headers that change an answer. Whatever can't be read asks for nothing. */
final class RequestHeaders {

    /** A zero weight, which is a refusal: {@code q=0}, {@code q=0.000} (RFC 9110, 12.4.2). */
    private static final Pattern REFUSED = Pattern.compile(";\\s*q\\s*=\\s*0(\\.0*)?\\s*(;|$)");

    private RequestHeaders() {}

    /**
     * Whether gzip is asked for by its name. A {@code *} is not taken for it: fielded devices that are sent gzip which
     * they didn't name fail.
     */
    static boolean asksForGzip(List<String> acceptEncoding) {
        for (var line : acceptEncoding) {
            for (var element : line.toLowerCase(Locale.ROOT).split(",")) {
                var end = element.indexOf(';');
                var coding = (end < 0 ? element : element.substring(0, end)).strip();
                if (coding.equals("gzip")) {
                    return !REFUSED.matcher(element).find();
                }
            }
        }
        return false;
    }

    /** Weak comparison, as RFC 9110, 13.1.2 demands here: a proxy that packed the answer itself has weakened the tag. */
    static boolean matches(List<String> ifNoneMatch, String etag) {
        for (var line : ifNoneMatch) {
            for (var element : line.split(",")) {
                var tag = element.strip();
                if (tag.equals("*") || tag.equals(etag) || tag.equals("W/" + etag)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether something is to follow the head of the request, as far as its sender says (RFC 9112, 6.3). */
    static boolean announceABody(MultiMap headers) {
        var length = headers.get(CONTENT_LENGTH);
        return headers.contains(TRANSFER_ENCODING) || length != null && !length.equals("0");
    }
}
