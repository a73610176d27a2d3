package dev.factorytrust.server;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Closes a connection on which more is asked than answers are taken. Vert.x reads requests without end, whether or not
 * their answers are read, and keeps those that wait for their turn in a list that it walks for each further one. Devices
 * and proxies send a request once they have the last one's answer.
 */
final class Pipelining extends ChannelDuplexHandler {

    /** Requests of a connection whose answers its client's kernel, or ours, hasn't taken yet. */
    static final int MAX = 4;

    private int unanswered = 1;
    private boolean closed;

    private Pipelining() {}

    /** From this request on, the connection is limited. To be called for each: which one is the first, nobody knows. */
    static void limit(HttpServerRequest request) {
        var pipeline = ((ConnectionBase) request.connection()).channel().pipeline();
        if (pipeline.get(Pipelining.class) == null) {
            pipeline.addBefore("handler", "pipelining", new Pipelining());
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest && ++unanswered > MAX && !closed) {
            closed = true;
            context.close();
        }
        if (closed) {
            ReferenceCountUtil.release(message);
        } else {
            context.fireChannelRead(message);
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof LastHttpContent) {
            context.write(message, promise.unvoid().addListener(_ -> unanswered--));
        } else {
            context.write(message, promise);
        }
    }
}
