package dev.factorytrust.cli.device;

import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Answers everything alike. */
public final class UniformServer implements AutoCloseable {

    private final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);

    public UniformServer(int status, byte[] body) throws IOException {
        server.createContext("/", exchange -> {
            exchange.getResponseHeaders().add("Location", "https://elsewhere.example.com/");
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            try (var out = exchange.getResponseBody()) {
                out.write(body);
            }
        });
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/fleet/acme";
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
