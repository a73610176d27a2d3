package dev.factorytrust.server;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import org.eclipse.microprofile.config.inject.ConfigProperty;

import java.time.Duration;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/**
 * Puts the repository on the devices' port, all of it: nothing else shapes an answer there. What is no URI by its syntax
 * ({@code /%zz}) comes here too, since {@link dev.factorytrust.Main} has Quarkus leave it alone.
 */
@ApplicationScoped
class ServerWiring {

    /** Below the devices' patience, above the time between two replicas' flips. */
    private static final Duration HOLD = Duration.ofSeconds(1);

    private static final int MAX_HELD = 1000;

    @Produces
    @Singleton
    ServingPolicy policy(@ConfigProperty(name = "factory-trust.cache-max-age") Duration maxAge) {
        return new ServingPolicy(maxAge, HOLD, MAX_HELD);
    }

    @Produces
    @Singleton
    RepositoryViews views(MeterRegistry registry, ServingPolicy policy) {
        return new RepositoryViews(registry, policy);
    }

    void route(@Observes Router router, RepositoryViews views, Vertx vertx, ServingPolicy policy) {
        var endpoint = new MetadataEndpoint(views, vertx, policy);
        router.route()
                .order(Integer.MIN_VALUE)
                .handler(context -> {
                    Pipelining.limit(context.request());
                    endpoint.handle(context.request());
                })
                .failureHandler(ServerWiring::refuse);
    }

    /** What the router found malformed (no Host, no path). Quarkus would log each, and strangers could fill the disk. */
    private static void refuse(RoutingContext context) {
        Pipelining.limit(context.request());
        if (context.statusCode() >= 400 && context.statusCode() < 500) {
            MetadataEndpoint.closeBehindTheAnswer(context.request());
            context.response().setStatusCode(context.statusCode()).end();
        } else {
            context.next();
        }
    }
}
