package dev.factorytrust.server;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

import jakarta.inject.Singleton;

/**
 * Ready once every view is known, with no Factory at all too. Never a matter of leadership, since standbys serve, nor of
 * one Factory's fault, since the others are still served.
 */
@Readiness
@Singleton
class ViewsReady implements HealthCheck {

    private final RepositoryViews views;

    ViewsReady(RepositoryViews views) {
        this.views = views;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("repository views synchronised")
                .status(views.isSynced())
                .build();
    }
}
