package dev.factorytrust;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

import jakarta.enterprise.context.ApplicationScoped;

/** Down when only a new process can help; an API server that is away for a while is no such thing. */
@Liveness
@ApplicationScoped
class OperatorAlive implements HealthCheck {

    private final OperatorApplication application;

    OperatorAlive(OperatorApplication application) {
        this.application = application;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("operator-alive")
                .status(application.isAlive())
                .build();
    }
}
