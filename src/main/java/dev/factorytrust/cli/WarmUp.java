package dev.factorytrust.cli;

import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.NoSuchAlgorithmException;

import javax.net.ssl.SSLContext;

/**
 * Goes once through what most verbs do first, for Java to write down what that loads (JEP 514). It talks to itself only:
 * what is near by, and whose cluster it is, doesn't matter.
 */
final class WarmUp {

    /** The hidden verb that the launcher calls. */
    static final String VERB = "__warm-up";

    private static final byte[] FACTORY = """
            {"apiVersion": "factory-trust.dev/v1alpha1", "kind": "Factory", "metadata": {"name": "acme", "namespace": "fleet"},
             "spec": {"bootstrap": {"generate": {}}}, "status": {"conditions": [], "roles": {"root": %1$s, "targets": %1$s,
             "snapshot": %1$s, "timestamp": %1$s}}}
            """.formatted("""
                    {"version": 1, "expires": "2030-01-01T00:00:00Z", "refreshAt": "2030-01-01T00:00:00Z", "keyids": [],
                     "threshold": 1}""").getBytes(StandardCharsets.UTF_8);

    private static final byte[] NOTHING = """
            {"apiVersion": "factory-trust.dev/v1alpha1", "kind": "RootRotationList", "metadata": {}, "items": []}
            """.getBytes(StandardCharsets.UTF_8);

    private WarmUp() {}

    static int run() throws IOException, NoSuchAlgorithmException {
        greet();
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            var answer = exchange.getRequestURI().getPath().endsWith("/rootrotations") ? NOTHING : FACTORY;
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        var kubeconfig = Files.createTempFile("warm-up", ".kubeconfig");
        try {
            Files.writeString(kubeconfig, """
                    apiVersion: v1
                    kind: Config
                    current-context: it
                    clusters: [{name: it, cluster: {server: "http://127.0.0.1:%d"}}]
                    users: [{name: it, user: {token: none}}]
                    contexts: [{name: it, context: {cluster: it, user: it, namespace: fleet}}]
                    """.formatted(server.getAddress().getPort()));
            System.setProperty("kubeconfig", kubeconfig.toString());
            var nowhere = new PrintWriter(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
            KubectlFactory.commandLine().setOut(nowhere).execute("status", "acme");
            return KubectlFactory.commandLine().setOut(nowhere).execute("status", "acme", "-o", "yaml");
        } finally {
            Files.delete(kubeconfig);
            server.stop(0);
        }
    }

    /** As far as a TLS handshake goes where nobody answers. */
    private static void greet() throws IOException, NoSuchAlgorithmException {
        var engine = SSLContext.getDefault().createSSLEngine("localhost", 443);
        engine.setUseClientMode(true);
        engine.beginHandshake();
        engine.wrap(
                ByteBuffer.allocate(0), ByteBuffer.allocate(engine.getSession().getPacketBufferSize()));
    }
}
