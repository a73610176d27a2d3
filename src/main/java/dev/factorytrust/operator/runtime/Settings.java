package dev.factorytrust.operator.runtime;

import org.eclipse.microprofile.config.Config;

import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * What an operator process is told from outside.
 *
 * @param watchNamespaces where Factories are looked for; empty means everywhere ({@code FACTORY_TRUST_WATCH_NAMESPACES})
 * @param publicUrl where devices reach the repository, without a trailing slash ({@code FACTORY_TRUST_PUBLIC_URL})
 * @param podName who holds the lease; two processes must never share it ({@code POD_NAME})
 * @param podNamespace where the lease lies ({@code POD_NAMESPACE})
 * @param leaderElection whether the lease decides who signs; only a lone process may do without
 * @param cacheMaxAge how long caches before the devices may keep what can change; whole seconds
 * @param threads how many objects of all kinds together are reconciled at a time
 */
public record Settings(
        Set<String> watchNamespaces,
        Optional<String> publicUrl,
        String podName,
        String podNamespace,
        boolean leaderElection,
        Duration cacheMaxAge,
        int threads) {

    private static final int DEFAULT_THREADS = 8;
    private static final Duration DEFAULT_CACHE_MAX_AGE = Duration.ofSeconds(10);

    public Settings {
        watchNamespaces = Collections.unmodifiableSet(new TreeSet<>(watchNamespaces));
        publicUrl = publicUrl.map(url -> url.replaceAll("/+$", ""));
        if (threads < 1) {
            throw new IllegalArgumentException("FACTORY_TRUST_THREADS must be 1 or more, not " + threads);
        }
    }

    /** Reads the process's configuration: environment variables, or properties of the same names in lower case. */
    public static Settings from(Config config) {
        return new Settings(
                config.getOptionalValues("factory-trust.watch-namespaces", String.class).stream()
                        .flatMap(Collection::stream)
                        .map(String::strip)
                        .filter(namespace -> !namespace.isEmpty())
                        .collect(Collectors.toSet()),
                config.getOptionalValue("factory-trust.public-url", String.class),
                // Without a name of its own a process takes a fresh one: a shared one would make two leaders.
                config.getOptionalValue("pod.name", String.class).orElseGet(() -> "factory-trust-" + UUID.randomUUID()),
                config.getOptionalValue("pod.namespace", String.class).orElse("default"),
                config.getOptionalValue("factory-trust.leader-election", Boolean.class)
                        .orElse(true),
                config.getOptionalValue("factory-trust.cache-max-age", Duration.class)
                        .orElse(DEFAULT_CACHE_MAX_AGE),
                config.getOptionalValue("factory-trust.threads", Integer.class).orElse(DEFAULT_THREADS));
    }

    /** Caches keep what they have for less than half of an overlap: devices may read root and timestamp in either order. */
    public Duration leastOverlap() {
        return cacheMaxAge.multipliedBy(2).plusSeconds(1);
    }

    /** The namespaces to watch, one informer each; empty stands for all of them. */
    public List<Optional<String>> scopes() {
        return watchNamespaces.isEmpty()
                ? List.of(Optional.empty())
                : watchNamespaces.stream().map(Optional::of).toList();
    }
}
