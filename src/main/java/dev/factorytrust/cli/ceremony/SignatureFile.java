package dev.factorytrust.cli.ceremony;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.factorytrust.cli.cluster.Cluster;
import dev.factorytrust.cli.console.Failure;
import dev.factorytrust.cli.console.InputFile;
import dev.factorytrust.names.Names;
import dev.factorytrust.tuf.Bytes;
import dev.factorytrust.tuf.crypto.PrivateKeys;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * YAML as {@code sign} prints it: Secrets of signatures, and nothing else. What else an object may say is left behind; what
 * is refused is named, and never repeated, since it may be a private key.
 */
public final class SignatureFile {

    private static final Set<String> FIELDS = Set.of(
            SignatureSecret.KEYID,
            SignatureSecret.PAYLOAD_SHA256,
            SignatureSecret.SIGNATURE,
            SignatureSecret.SIGNATURES_JSON);

    private static final Pattern PAYLOAD =
            Pattern.compile("(?<rotation>" + RootPayload.NAME + ')' + Pattern.quote(Names.payload("")));

    /** A root has 32 holders at most. */
    private static final int MOST = 100;

    private static final ObjectMapper YAML = new ObjectMapper(YAMLFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

    private SignatureFile() {}

    /**
     * @param cluster names the namespace of a Secret that names none; one that names another than {@code -n} is refused
     * @throws Failure that names the file, and what in it is no signature
     */
    public static List<SignatureSecret> read(InputFile file, Cluster cluster) {
        if (PrivateKeys.isIn(file.content())) {
            throw privateKey(file);
        }
        var secrets = new ArrayList<SignatureSecret>();
        for (var document : documents(file)) {
            secrets.add(secret(file, document, cluster));
        }
        if (secrets.isEmpty()) {
            throw Failure.refused(file.name() + " is empty");
        }
        return secrets;
    }

    private static List<JsonNode> documents(InputFile file) {
        try (var documents = YAML.readerFor(JsonNode.class)
                .<JsonNode>readValues(file.content().toArray())) {
            var found = new ArrayList<JsonNode>();
            while (documents.hasNextValue()) {
                var document = documents.nextValue();
                // What stands between two lines of --- may be nothing.
                if (document != null && !document.isNull() && !"".equals(document.textValue())) {
                    found.add(document);
                }
                if (found.size() > MOST) {
                    throw Failure.refused(file.name() + " has more than " + MOST + " objects");
                }
            }
            return found;
        } catch (JsonProcessingException e) {
            // Without the message: it quotes what it read.
            throw Failure.refused(file.name() + " is no YAML"
                    + Optional.ofNullable(e.getLocation())
                            .map(where -> ", at line " + where.getLineNr())
                            .orElse("") + ": attach takes what kubectl factory sign prints");
        } catch (IOException e) {
            throw Failure.refused(file.name() + " is no YAML: attach takes what kubectl factory sign prints");
        }
    }

    private static SignatureSecret secret(InputFile file, JsonNode object, Cluster cluster) {
        if (!object.path("apiVersion").asText().equals("v1")
                || !object.path("kind").asText().equals("Secret")
                || !object.path("type").asText().equals(Names.SIGNATURE_TYPE)) {
            throw Failure.refused(file.name() + " has an object that is no Secret of type " + Names.SIGNATURE_TYPE
                    + ", and attach creates nothing else");
        }
        var metadata = object.path("metadata");
        var name = named(file, metadata.path("name"), RootPayload.NAME, "a name");
        var signs = metadata.path("labels").path(Names.SIGNS);
        var payload = PAYLOAD.matcher(named(file, signs, PAYLOAD, "a label " + Names.SIGNS + " that names a payload"));
        payload.matches();
        var data = data(file, object);
        if (!data.containsKey(SignatureSecret.SIGNATURE) && !data.containsKey(SignatureSecret.SIGNATURES_JSON)) {
            throw Failure.refused("Secret " + name + " of " + file.name() + " has no signature");
        }
        return new SignatureSecret(
                namespace(file, metadata.path("namespace"), cluster), name, payload.group("rotation"), data);
    }

    private static String namespace(InputFile file, JsonNode named, Cluster cluster) {
        if (named.isMissingNode()) {
            return cluster.namespace();
        }
        var namespace = named(file, named, RootPayload.NAME, "a namespace");
        cluster.namedNamespace().filter(wanted -> !wanted.equals(namespace)).ifPresent(wanted -> {
            throw Failure.refused(file.name() + " is for namespace " + namespace + ", and -n says " + wanted
                    + ": a signature counts only where its payload is");
        });
        return namespace;
    }

    private static String named(InputFile file, JsonNode value, Pattern form, String what) {
        var text = value.isTextual() ? value.textValue() : "";
        if (!form.matcher(text).matches()) {
            throw Failure.refused(file.name() + " has a Secret without " + what);
        }
        return text;
    }

    private static Map<String, Bytes> data(InputFile file, JsonNode object) {
        var data = new HashMap<String, Bytes>();
        object.path("data").properties().forEach(field -> data.put(field.getKey(), base64(file, field.getValue())));
        object.path("stringData")
                .properties()
                .forEach(field ->
                        data.put(field.getKey(), Bytes.utf8(field.getValue().asText())));
        if (data.values().stream().anyMatch(PrivateKeys::isIn)) {
            throw privateKey(file);
        }
        if (!FIELDS.containsAll(data.keySet())) {
            throw Failure.refused(file.name() + " has a Secret with other fields than " + String.join(", ", FIELDS));
        }
        return data;
    }

    private static Bytes base64(InputFile file, JsonNode value) {
        try {
            return Bytes.base64(value.asText().replaceAll("\\s", ""));
        } catch (IllegalArgumentException e) {
            throw Failure.refused(file.name() + " has a Secret whose data is not base64");
        }
    }

    private static Failure privateKey(InputFile file) {
        return Failure.refused(file.name() + " holds a PRIVATE KEY, and nothing of it was sent anywhere: sign with it"
                + " (kubectl factory sign), and attach what that prints");
    }
}
