package dev.factorytrust.operator.runtime;

import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import org.junit.jupiter.api.Test;

import java.util.Map;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SettingsTest {

    @Test
    void every_setting_is_an_environment_variable() {
        var settings = from(Map.of(
                "FACTORY_TRUST_WATCH_NAMESPACES", "fleet, lab,",
                "FACTORY_TRUST_PUBLIC_URL", "https://tuf.example.com/",
                "POD_NAME", "factory-trust-0",
                "POD_NAMESPACE", "system",
                "FACTORY_TRUST_LEADER_ELECTION", "false",
                "FACTORY_TRUST_THREADS", "3"));
        assertThat(settings.watchNamespaces()).containsExactly("fleet", "lab");
        assertThat(settings.publicUrl()).contains("https://tuf.example.com");
        assertThat(settings.podName()).isEqualTo("factory-trust-0");
        assertThat(settings.podNamespace()).isEqualTo("system");
        assertThat(settings.leaderElection()).isFalse();
        assertThat(settings.threads()).isEqualTo(3);
        assertThat(settings.scopes()).containsExactly(Optional.of("fleet"), Optional.of("lab"));
    }

    @Test
    void with_nothing_set_all_namespaces_are_watched_under_a_lease() {
        var settings = from(Map.of("FACTORY_TRUST_WATCH_NAMESPACES", ""));
        assertThat(settings.watchNamespaces()).isEmpty();
        assertThat(settings.scopes()).containsExactly(Optional.empty());
        assertThat(settings.publicUrl()).isEmpty();
        assertThat(settings.podNamespace()).isEqualTo("default");
        assertThat(settings.leaderElection()).isTrue();
        assertThat(settings.threads()).isEqualTo(8);
    }

    @Test
    void two_processes_without_a_name_never_share_one() {
        assertThat(from(Map.of()).podName()).isNotEqualTo(from(Map.of()).podName());
    }

    @Test
    void no_threads_at_all_is_refused() {
        assertThatThrownBy(() -> from(Map.of("FACTORY_TRUST_THREADS", "0")))
                .hasMessageContaining("FACTORY_TRUST_THREADS");
    }

    private static Settings from(Map<String, String> environment) {
        return Settings.from(new SmallRyeConfigBuilder()
                .withSources(new EnvConfigSource(environment, 300))
                .build());
    }
}
