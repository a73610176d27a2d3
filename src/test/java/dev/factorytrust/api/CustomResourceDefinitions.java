package dev.factorytrust.api;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.factorytrust.api.v1alpha1.Factory;
import dev.factorytrust.api.v1alpha1.RootRotation;
import dev.factorytrust.api.v1alpha1.Target;
import dev.factorytrust.api.v1alpha1.Unseen;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinitionBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.utils.Serialization;

import java.io.OutputStream;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The CRDs that the API classes define, with what the generator of fabric8 7.6.1 leaves out or gets wrong. */
final class CustomResourceDefinitions implements CRDPostProcessor {

    private static final Map<String, Class<? extends CustomResource<?, ?>>> KINDS =
            Map.of("Factory", Factory.class, "RootRotation", RootRotation.class, "Target", Target.class);

    private static final List<JsonNode> KEY_TYPES = Stream.<JsonNode>of(
                    new TextNode("ed25519"),
                    new TextNode("ecdsa-p256"),
                    new TextNode("rsa-2048"),
                    new TextNode("rsa-3072"),
                    new TextNode("rsa-4096"))
            .toList();

    /** The generator sorts columns by their paths, which puts Age first; hence they stand here, in order. */
    private static final Map<String, List<CustomResourceColumnDefinition>> COLUMNS = Map.of(
            "Factory",
            List.of(
                    column("Ready", "string", ready("status"), 0, "Whether devices can trust what is published"),
                    column("Root", "integer", ".status.roles.root.version", 0, "Version of root"),
                    column("Targets", "integer", ".status.targets.count", 0, "How many artifacts are listed"),
                    // Not of type date: kubectl prints a date to come as <invalid>.
                    column("Timestamp", "string", ".status.roles.timestamp.expires", 0, "When the timestamp expires"),
                    column("Rotation", "string", ".status.pendingRotation", 0, "The RootRotation under way"),
                    column("Age", "date", ".metadata.creationTimestamp", 0, "Since creation"),
                    column("Dialect", "string", ".spec.dialect", 1, "What the devices read"),
                    column("Root-Expires", "string", ".status.roles.root.expires", 1, "When root expires"),
                    column("Reason", "string", ready("reason"), 1, "Why it is ready or not"),
                    column("URL", "string", ".status.url", 1, "Where devices find the repository")),
            "RootRotation",
            List.of(
                    column("Factory", "string", ".spec.factory", 0, "The Factory whose root changes"),
                    column("Phase", "string", ".status.phase", 0, "How far it has come"),
                    column("From", "integer", ".status.fromVersion", 0, "The root version that it starts from"),
                    column("To", "integer", ".status.toVersion", 0, "The root version that it makes"),
                    column(
                            "Sign-Before",
                            "string",
                            ".status.payload.signBefore",
                            0,
                            "When it is given up unless signed"),
                    column("Age", "date", ".metadata.creationTimestamp", 0, "Since creation"),
                    column("Reason", "string", ".spec.reason", 1, "Scheduled or Compromise"),
                    column("Missing", "string", ".status.signatures.current.missing[*].name", 1, "Who may still sign"),
                    column("Message", "string", ".spec.message", 1, "Why it was declared")),
            "Target",
            List.of(
                    column("Factory", "string", ".spec.factory", 0, "The Factory whose devices may install it"),
                    column("Path", "string", ".spec.path", 0, "Its name for devices; empty: the object's own name"),
                    column("Ready", "string", ready("status"), 0, "Whether devices see it"),
                    column(
                            "Published-In",
                            "integer",
                            ".status.publishedIn",
                            0,
                            "Version of targets that first listed it"),
                    column("Age", "date", ".metadata.creationTimestamp", 0, "Since creation"),
                    column("Reason", "string", ready("reason"), 1, "Why devices see it or not"),
                    column("Length", "integer", ".spec.length", 1, "Size in bytes")));

    /** The YAML of each CRD, by the CRD's name. */
    static Map<String, String> generate() {
        var yaml = new TreeMap<String, String>();
        var generator = new CRDGenerator()
                .withPostProcessor(new CustomResourceDefinitions(yaml))
                .withOutput(new Unused())
                .forCRDVersions("v1");
        KINDS.values().forEach(generator::customResourceClasses);
        generator.generate();
        return yaml;
    }

    private final Map<String, String> yaml;

    private CustomResourceDefinitions(Map<String, String> yaml) {
        this.yaml = yaml;
    }

    @Override
    public HasMetadata process(HasMetadata generated, String crdSpecVersion) {
        var crd = (CustomResourceDefinition) generated;
        var kind = crd.getSpec().getNames().getKind();
        crd.getSpec().getNames().setListKind(kind + "List");
        var version = crd.getSpec().getVersions().getFirst();
        version.setAdditionalPrinterColumns(COLUMNS.get(kind));

        var schema = version.getSchema().getOpenAPIV3Schema();
        schema.setDescription(
                KINDS.get(kind).getAnnotation(JsonClassDescription.class).value());
        schema.setRequired(List.of("spec"));
        schema.getProperties().get("spec").setDescription("What you declare.");
        var status = schema.getProperties().get("status");
        status.setDescription("What the operator reports; written by it alone.");
        status.setDefault(JsonNodeFactory.instance.objectNode().put("observedGeneration", Unseen.GENERATION));
        complete("", schema);
        yaml.put(
                crd.getMetadata().getName(),
                "# Generated from the classes of dev.factorytrust.api.v1alpha1.\n"
                        + integers(Serialization.asYaml(crd).replaceFirst("^---\n", "")));
        return crd;
    }

    /** Large limits as integers: the generator writes 9.0E15, which many YAML parsers read as a string. */
    private static String integers(String yaml) {
        return Pattern.compile("(?<=m(?:ax|in)imum: )[0-9.]+E[0-9]+")
                .matcher(yaml)
                .replaceAll(number ->
                        new BigDecimal(number.group()).toBigIntegerExact().toString());
    }

    private static void complete(String name, JSONSchemaProps schema) {
        switch (name) {
            case "keyType" -> schema.setEnum(KEY_TYPES);
            case "custom" -> {
                schema.setType("object");
                schema.setMaxProperties(64L);
            }
            default -> {}
        }
        // The generator reads a record's rules twice: from the field and from the accessor.
        schema.setXKubernetesValidations(
                schema.getXKubernetesValidations().stream().distinct().toList());
        if ("array".equals(schema.getType())) {
            var item = schema.getItems().getSchema();
            setListType(name, schema, item);
            complete("", item);
        }
        schema.getProperties().forEach(CustomResourceDefinitions::complete);
        if (schema.getAdditionalProperties() != null) {
            complete("", schema.getAdditionalProperties().getSchema());
        }
    }

    /**
     * Server-side apply merges maps and sets entry by entry, and drops such a list when it becomes empty, where "missing"
     * must say that nobody is; the other atomic lists have no key or may repeat themselves.
     */
    private static void setListType(String name, JSONSchemaProps list, JSONSchemaProps item) {
        switch (name) {
            case "conditions" -> setMapKey(list, "type");
            case "keys", "addKeys" -> setMapKey(list, "name");
            case "signed", "missing", "sources", "rejected", "diff", "payloads" ->
                list.setXKubernetesListType("atomic");
            default -> {
                if ("object".equals(item.getType())) {
                    throw new IllegalStateException("say how server-side apply shall merge list " + name);
                }
                list.setXKubernetesListType("set");
            }
        }
    }

    private static void setMapKey(JSONSchemaProps list, String key) {
        list.setXKubernetesListType("map");
        list.setXKubernetesListMapKeys(List.of(key));
    }

    private static String ready(String field) {
        return ".status.conditions[?(@.type==\"Ready\")]." + field;
    }

    private static CustomResourceColumnDefinition column(
            String name, String type, String path, int priority, String description) {
        return new CustomResourceColumnDefinitionBuilder()
                .withName(name)
                .withType(type)
                .withJsonPath(path)
                // Zero is what the API server leaves out, and Argo CD would show that as a difference for ever.
                .withPriority(priority == 0 ? null : Integer.valueOf(priority))
                .withDescription(description)
                .build();
    }

    /** The generator insists on writing somewhere, under names and with quotes of its own. */
    private static final class Unused implements CRDGenerator.CRDOutput<OutputStream> {
        @Override
        public OutputStream outputFor(String crdName) {
            return OutputStream.nullOutputStream();
        }

        @Override
        public void close() {}
    }
}
