package dev.factorytrust.operator.store;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.deser.std.DelegatingDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.CustomResource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.Serial;
import java.util.List;

/**
 * One custom resource that can't be read, as where the CRD in the cluster is an older one with fewer rules, costs nobody
 * the others that come in the same list: it is read without spec and status, and {@link FactoryCache} keeps what it was.
 */
public final class LenientReading {

    private static final Logger LOG = LoggerFactory.getLogger(LenientReading.class);

    private LenientReading() {}

    public static SimpleModule module() {
        return new SimpleModule("lenient-reading").setDeserializerModifier(new BeanDeserializerModifier() {
            @Serial
            private static final long serialVersionUID = 1;

            @Override
            public JsonDeserializer<?> modifyDeserializer(
                    DeserializationConfig config, BeanDescription type, JsonDeserializer<?> strict) {
                return CustomResource.class.isAssignableFrom(type.getBeanClass()) ? new Lenient(strict) : strict;
            }
        });
    }

    /** Whether it came here without what it says. */
    static boolean isUnreadable(HasMetadata object) {
        return object instanceof CustomResource<?, ?> resource && resource.getSpec() == null;
    }

    private static final class Lenient extends DelegatingDeserializer {

        @Serial
        private static final long serialVersionUID = 1;

        private Lenient(JsonDeserializer<?> strict) {
            super(strict);
        }

        @Override
        protected JsonDeserializer<?> newDelegatingInstance(JsonDeserializer<?> strict) {
            return new Lenient(strict);
        }

        @Override
        public Object deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            var tree = context.readTree(parser);
            try {
                return strict(tree, parser, context);
            } catch (JsonProcessingException e) {
                if (!(tree instanceof ObjectNode object)) {
                    throw e;
                }
                LOG.error(
                        "{} {}/{} can't be read, and counts as what it was when it could: {}",
                        object.path("kind").asText(handledType().getSimpleName()),
                        object.at("/metadata/namespace").asText(),
                        object.at("/metadata/name").asText(),
                        e.getMessage().replace('\n', ' '));
                return strict(object.without(List.of("spec", "status")), parser, context);
            }
        }

        private Object strict(JsonNode tree, JsonParser parser, DeserializationContext context) throws IOException {
            try (var content = tree.traverse(parser.getCodec())) {
                content.nextToken();
                return _delegatee.deserialize(content, context);
            }
        }
    }
}
