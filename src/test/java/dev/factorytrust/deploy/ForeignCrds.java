package dev.factorytrust.deploy;

import dev.factorytrust.testing.Command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** CRDs of the Gateway API and of the Prometheus operator, as their pinned Go modules have them. */
final class ForeignCrds {

    /** What the chart has objects of. */
    static final Set<String> KINDS = Set.of("HTTPRoute", "ServiceMonitor", "PrometheusRule");

    private static final Path PINS = Path.of("src", "test", "clients", "foreign-crds");
    private static final String GATEWAY_API = "sigs.k8s.io/gateway-api";
    private static final String PROMETHEUS_OPERATOR = "github.com/prometheus-operator/prometheus-operator";

    private ForeignCrds() {}

    static List<Path> files() throws IOException, InterruptedException {
        Command.run(PINS, List.of("go", "mod", "download", GATEWAY_API, PROMETHEUS_OPERATOR));
        var gateway = module(GATEWAY_API).resolve("config/crd/standard");
        var prometheus = module(PROMETHEUS_OPERATOR).resolve("example/prometheus-operator-crd");
        return List.of(
                gateway.resolve("gateway.networking.k8s.io_httproutes.yaml"),
                prometheus.resolve("monitoring.coreos.com_servicemonitors.yaml"),
                prometheus.resolve("monitoring.coreos.com_prometheusrules.yaml"));
    }

    private static Path module(String name) throws IOException, InterruptedException {
        return Path.of(Command.run(PINS, List.of("go", "list", "-m", "-f", "{{.Dir}}", name))
                .strip());
    }
}
