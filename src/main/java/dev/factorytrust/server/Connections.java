package dev.factorytrust.server;

import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.http.HttpServerOptions;

import jakarta.enterprise.context.ApplicationScoped;

/** What Quarkus has no property for. */
@ApplicationScoped
class Connections implements HttpServerOptionsCustomizer {

    /**
     * Bytes that the kernel keeps for a reader. It would keep megabytes, and tell of room only when a third of them is read:
     * a slow device would count as idle until then.
     */
    private static final int SEND_BUFFER = 64 * 1024;

    @Override
    public void customizeHttpServer(HttpServerOptions options) {
        options.setSendBufferSize(SEND_BUFFER);
    }

    @Override
    public void customizeHttpsServer(HttpServerOptions options) {
        customizeHttpServer(options);
    }
}
