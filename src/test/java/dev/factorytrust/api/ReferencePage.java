package dev.factorytrust.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionNames;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.fabric8.kubernetes.client.utils.Serialization;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code docs/reference.md}: what {@code kubectl explain} says, on one page. */
final class ReferencePage {

    private static final String INTRODUCTION = """
            # Reference of the custom resources

            <!-- Generated from the CRDs: change the descriptions in dev.factorytrust.api.v1alpha1 instead. -->

            Group `factory-trust.dev`, version `v1alpha1`. Everything that belongs to a Factory lives in the Factory's own
            namespace. `kubectl explain factory.spec --recursive` shows the same, and `kubectl get tuf` lists all of it.
            Defaults are applied by the operator and not written into the objects, `spec.dialect` apart. Durations are a
            number of at most five digits and one unit: `s`, `m`, `h` or `d`.
            """;

    private ReferencePage() {}

    /** The page in Markdown, for the YAML of CRDs by name. */
    static String of(Map<String, String> crds) {
        var page = new StringBuilder(INTRODUCTION);
        for (var yaml : crds.values()) {
            var crd = Serialization.unmarshal(yaml, CustomResourceDefinition.class);
            var version = crd.getSpec().getVersions().getFirst();
            var schema = version.getSchema().getOpenAPIV3Schema();
            var names = crd.getSpec().getNames();
            page.append("\n## ").append(names.getKind()).append("\n\n");
            page.append(schema.getDescription()).append("\n\n").append(shortForms(names));
            for (var part : List.of("spec", "status")) {
                page.append("\n### ")
                        .append(names.getKind())
                        .append(" ")
                        .append(part)
                        .append("\n\n");
                page.append("| field | type | what |\n|---|---|---|\n");
                fields("", schema.getProperties().get(part)).forEach(page::append);
            }
            page.append("\n### What is refused of a ").append(names.getKind()).append("\n\n");
            refusals(schema)
                    .forEach(message -> page.append("- ").append(message).append(".\n"));
        }
        return page.toString();
    }

    private static String shortForms(CustomResourceDefinitionNames names) {
        return "`kubectl get %s`, for short `%s`.%n"
                .formatted(names.getPlural(), String.join(", ", names.getShortNames()));
    }

    /** One row per field, parents first. */
    private static List<String> fields(String prefix, JSONSchemaProps object) {
        var rows = new ArrayList<String>();
        object.getProperties().forEach((name, field) -> {
            var required = object.getRequired().contains(name) ? ", required" : "";
            var path = prefix + name;
            rows.add("| `%s` | %s%s | %s |%n".formatted(path, type(field), required, cell(field.getDescription())));
            rows.addAll(fields(path + suffix(field), inner(field)));
        });
        return rows;
    }

    private static String suffix(JSONSchemaProps field) {
        if (field.getItems() != null) {
            return "[].";
        }
        return field.getAdditionalProperties() != null ? ".<name>." : ".";
    }

    /** The schema whose fields are written below this one: of a list its items', of a map its values'. */
    private static JSONSchemaProps inner(JSONSchemaProps field) {
        if (field.getItems() != null) {
            return field.getItems().getSchema();
        }
        var values = field.getAdditionalProperties();
        return values != null ? values.getSchema() : field;
    }

    private static String type(JSONSchemaProps field) {
        if (field.getItems() != null) {
            return "list of " + type(field.getItems().getSchema());
        }
        if (field.getAdditionalProperties() != null) {
            return "map of " + type(field.getAdditionalProperties().getSchema());
        }
        if (!field.getEnum().isEmpty()) {
            return field.getEnum().stream().map(JsonNode::asText).collect(Collectors.joining("`, `", "one of `", "`"));
        }
        return Boolean.TRUE.equals(field.getXKubernetesPreserveUnknownFields()) ? "any JSON object" : field.getType();
    }

    private static Set<String> refusals(JSONSchemaProps schema) {
        var messages = new LinkedHashSet<String>();
        schema.getXKubernetesValidations().stream()
                .map(ValidationRule::getMessage)
                .forEach(messages::add);
        schema.getProperties().values().forEach(field -> {
            messages.addAll(refusals(field));
            if (inner(field) != field) {
                messages.addAll(refusals(inner(field)));
            }
        });
        return messages;
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("<", "&lt;");
    }
}
