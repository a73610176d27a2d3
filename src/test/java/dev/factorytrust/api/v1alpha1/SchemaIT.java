package dev.factorytrust.api.v1alpha1;

import com.fasterxml.jackson.databind.JsonNode;
import dev.factorytrust.testing.ControlPlane;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

import static org.assertj.core.api.Assertions.assertThat;

/** What {@code kubectl get} and {@code kubectl explain} show, as the API server answers it. */
class SchemaIT {

    private final Declared declared = new Declared();
    private final KubernetesClient client = ControlPlane.shared().admin();

    @ParameterizedTest
    @CsvSource({
        "factories, Name Ready Root Targets Timestamp Rotation Age Dialect Root-Expires Reason URL, 7",
        "rootrotations, Name Factory Phase From To Sign-Before Age Reason Missing Message, 7",
        "targets, Name Factory Path Ready Published-In Age Reason Length, 6",
    })
    void kubectl_get_shows_these_columns_and_the_rest_with_wide(String plural, String names, int narrow) {
        var columns = list(table(plural).get("columnDefinitions"));

        assertThat(columns).extracting(c -> c.get("name").asText()).containsExactly(names.split(" "));
        assertThat(columns.stream().filter(c -> c.get("priority").asInt() == 0)).hasSize(narrow);
        assertThat(columns)
                .allSatisfy(c -> assertThat(c.get("description").asText()).isNotBlank());
    }

    @Test
    void kubectl_get_shows_an_expiry_that_is_still_to_come() {
        var factory = declared.create("Factory", "{bootstrap: {generate: {}}}");
        declared.updateStatus(factory, Declared.yaml("roles: {timestamp: {expires: '2999-01-01T00:00:00Z'}}"));

        assertThat(list(table("factories").get("rows").get(0).get("cells")))
                .extracting(JsonNode::asText)
                .contains("2999-01-01T00:00:00Z")
                .doesNotContain("<invalid>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"factories", "rootrotations", "targets"})
    void kubectl_explain_says_what_every_field_is_with_an_example(String plural) {
        var schema = definition(plural)
                .getSpec()
                .getVersions()
                .getFirst()
                .getSchema()
                .getOpenAPIV3Schema();
        var undescribed = new ArrayList<String>();
        collectUndescribed("", schema, undescribed);

        assertThat(schema.getDescription()).isNotBlank();
        assertThat(undescribed).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"factories, Factory, fac", "rootrotations, RootRotation, rr", "targets, Target, tgt"})
    void each_kind_is_namespaced_in_category_tuf_with_a_short_name_and_a_status(
            String plural, String kind, String shortName) {
        var spec = definition(plural).getSpec();

        assertThat(spec.getScope()).isEqualTo("Namespaced");
        assertThat(spec.getNames().getKind()).isEqualTo(kind);
        assertThat(spec.getNames().getShortNames()).containsExactly(shortName);
        assertThat(spec.getNames().getCategories()).containsExactly("tuf");
        assertThat(spec.getVersions().getFirst().getSubresources().getStatus()).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"factories", "rootrotations", "targets"})
    void every_list_says_how_two_appliers_share_it(String plural) {
        var schema = definition(plural)
                .getSpec()
                .getVersions()
                .getFirst()
                .getSchema()
                .getOpenAPIV3Schema();
        var silent = new ArrayList<String>();
        collectSilentLists("", schema, silent);

        assertThat(silent).isEmpty();
    }

    private CustomResourceDefinition definition(String plural) {
        return client.apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName(plural + ".factory-trust.dev")
                .get();
    }

    private JsonNode table(String plural) {
        var path = "apis/factory-trust.dev/v1alpha1/namespaces/" + declared.namespace() + "/" + plural;
        var request = client.getHttpClient()
                .newHttpRequestBuilder()
                .uri(URI.create(client.getMasterUrl() + path))
                .header("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io")
                .build();
        var body = client.getHttpClient()
                .sendAsync(request, String.class)
                .thenApply(response -> response.body())
                .join();
        return Serialization.unmarshal(body, JsonNode.class);
    }

    private static List<JsonNode> list(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }

    /** A description that teaches ends with an example; spec and status are explained by their fields. */
    private static void collectUndescribed(String path, JSONSchemaProps schema, List<String> into) {
        schema.getProperties().forEach((name, field) -> {
            var here = path + "." + name;
            var known = List.of(".apiVersion", ".kind", ".metadata", ".spec", ".status")
                    .contains(here);
            var description = field.getDescription() == null ? "" : field.getDescription();
            if (!known && !description.contains("Example: ")) {
                into.add(here);
            }
            collectUndescribed(here, field, into);
        });
        if (schema.getItems() != null) {
            collectUndescribed(path + "[]", schema.getItems().getSchema(), into);
        }
        if (schema.getAdditionalProperties() != null
                && schema.getAdditionalProperties().getSchema() != null) {
            collectUndescribed(path + "{}", schema.getAdditionalProperties().getSchema(), into);
        }
    }

    private static void collectSilentLists(String path, JSONSchemaProps schema, List<String> into) {
        if ("array".equals(schema.getType())) {
            if (schema.getXKubernetesListType() == null) {
                into.add(path);
            }
            collectSilentLists(path + "[]", schema.getItems().getSchema(), into);
        }
        schema.getProperties().forEach((name, field) -> collectSilentLists(path + "." + name, field, into));
    }
}
