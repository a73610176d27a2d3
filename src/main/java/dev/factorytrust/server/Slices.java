package dev.factorytrust.server;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;

/**
 * Sends a file no faster than its reader takes it. What is written but not read is a copy outside of the heap: without
 * this, of the whole file for each answer in flight, and a connection may have many. Once the reader is gone, nothing
 * calls it any more, and it goes with its response.
 */
final class Slices {

    /** Bytes that are written at a time. No more than three times as many wait for a reader. */
    private static final int SLICE = 16 * 1024;

    private final HttpServerResponse response;
    private final Buffer body;
    private int sent;

    private Slices(HttpServerResponse response, Buffer body) {
        this.response = response;
        this.body = body;
    }

    /** Ends the response, whose head is complete (with the body's length), at once or as its reader goes on. */
    static void send(HttpServerResponse response, Buffer body) {
        if (body.length() <= SLICE) {
            response.end(body);
            return;
        }
        var slices = new Slices(response, body);
        response.setWriteQueueMaxSize(2 * SLICE).drainHandler(_ -> slices.go());
        slices.go();
    }

    private void go() {
        while (!response.ended() && !response.closed() && !response.writeQueueFull()) {
            var next = body.slice(sent, Math.min(sent + SLICE, body.length()));
            sent += next.length();
            if (sent == body.length()) {
                response.end(next);
            } else {
                response.write(next);
            }
        }
    }
}
