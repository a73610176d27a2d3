package dev.factorytrust.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.IOContext;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

import java.io.DataInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.Serial;

/**
 * How what the API server answers is read. It stores what strangers send, of any depth and with names of any length where a
 * schema lets them, and repeats the depth in {@code managedFields}. Jackson by itself refuses more than 1,000 levels,
 * names of more than 50,000 characters and many names of one hash, and with the one object the whole list that it is in.
 */
public final class KubernetesJson {

    /**
     * Containers that are nested deeper are read as empty. More than twice what any object has that is good for something,
     * and few enough for whoever walks through it by recursion.
     */
    static final int DEPTH = 64;

    private KubernetesJson() {}

    /** For a client: the constraints of the API server in the place of Jackson's own. */
    public static KubernetesSerialization serialization(Module... more) {
        var factory = new JsonFactoryBuilder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(Integer.MAX_VALUE)
                        .maxNameLength(Integer.MAX_VALUE)
                        .maxNumberLength(Integer.MAX_VALUE)
                        .maxStringLength(Integer.MAX_VALUE)
                        .build())
                .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW);
        return new WithoutNuls(new ObjectMapper(new BoundedFactory(factory)).registerModules(more));
    }

    /**
     * Where no WebSocket comes through, Fabric8 7.6.1 watches by plain HTTP, and appends a NUL for every byte of what it has
     * read above one per character: the next event can't be read, and the informer dies of one umlaut. JSON has no NULs.
     */
    private static final class WithoutNuls extends KubernetesSerialization {

        private WithoutNuls(ObjectMapper mapper) {
            super(mapper, true);
        }

        @Override
        public <T> T unmarshal(String text, Class<T> type) {
            return super.unmarshal(text.replace("\0", ""), type);
        }
    }

    private static final class BoundedFactory extends JsonFactory {

        @Serial
        private static final long serialVersionUID = 1;

        private BoundedFactory(JsonFactoryBuilder builder) {
            super(builder);
        }

        @Override
        protected JsonParser _createParser(InputStream in, IOContext context) throws IOException {
            return new Bounded(super._createParser(in, context));
        }

        @Override
        protected JsonParser _createParser(Reader in, IOContext context) throws IOException {
            return new Bounded(super._createParser(in, context));
        }

        @Override
        protected JsonParser _createParser(char[] in, int offset, int length, IOContext context, boolean recyclable)
                throws IOException {
            return new Bounded(super._createParser(in, offset, length, context, recyclable));
        }

        @Override
        protected JsonParser _createParser(byte[] in, int offset, int length, IOContext context) throws IOException {
            return new Bounded(super._createParser(in, offset, length, context));
        }

        @Override
        protected JsonParser _createParser(DataInput in, IOContext context) throws IOException {
            return new Bounded(super._createParser(in, context));
        }
    }

    /** Passes over what is in a container at {@link #DEPTH}, from its beginning to its end. */
    private static final class Bounded extends JsonParserDelegate {

        private Bounded(JsonParser parser) {
            super(parser);
        }

        @Override
        public JsonToken nextToken() throws IOException {
            var within = isDeep();
            var token = delegate.nextToken();
            while (within && isDeep()) {
                token = delegate.nextToken();
            }
            return token;
        }

        @Override
        public JsonToken nextValue() throws IOException {
            var token = nextToken();
            return token == JsonToken.FIELD_NAME ? nextToken() : token;
        }

        private boolean isDeep() {
            return delegate.getParsingContext().getNestingDepth() >= DEPTH;
        }
    }
}
