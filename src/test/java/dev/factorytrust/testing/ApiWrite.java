package dev.factorytrust.testing;

import com.fasterxml.jackson.databind.ObjectMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A request on its way to the API server that is to change something.
 *
 * @param kind in the plural, as paths have it
 * @param subresource as {@code status}; may be empty
 * @param body as it was sent, in JSON; may be empty
 */
public record ApiWrite(String method, String kind, String name, String subresource, String body) {

    private static final Pattern PATH = Pattern.compile(
            "/apis?(?:/[^/]+){1,2}/namespaces/[^/]+/(?<kind>[^/]+)(?:/(?<name>[^/]+))?(?:/(?<sub>[^/]+))?");

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * What changes a Factory or what belongs to it; empty for reads, and for what flows don't depend on: Events, which
     * tell of them, and Leases.
     */
    static Optional<ApiWrite> of(String method, String path, String body) {
        var parts = PATH.matcher(path);
        if (method.equals("GET") || !parts.matches() || parts.group("kind").matches("events|leases")) {
            return Optional.empty();
        }
        var name = Optional.ofNullable(parts.group("name")).orElseGet(() -> nameIn(body));
        var subresource = Optional.ofNullable(parts.group("sub")).orElse("");
        return Optional.of(new ApiWrite(method, parts.group("kind"), name, subresource, body));
    }

    private static String nameIn(String body) {
        try {
            return JSON.readTree(body).at("/metadata/name").asText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code POST configmaps/acme-root-2}: the same in every run, so without keyids. */
    @Override
    public String toString() {
        return method
                + ' '
                + kind
                + '/'
                + name.replaceFirst("-[0-9a-f]{8}$", "-<id>")
                + (subresource.isEmpty() ? "" : '/' + subresource);
    }
}
