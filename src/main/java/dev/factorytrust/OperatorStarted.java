package dev.factorytrust;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Startup;

import jakarta.enterprise.context.ApplicationScoped;

/** Up once every cache has been filled; a probe that waits for it needs no guess of how long that takes. */
@Startup
@ApplicationScoped
class OperatorStarted implements HealthCheck {

    private final OperatorApplication application;

    OperatorStarted(OperatorApplication application) {
        this.application = application;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("operator-started")
                .status(application.isStarted())
                .build();
    }
}
