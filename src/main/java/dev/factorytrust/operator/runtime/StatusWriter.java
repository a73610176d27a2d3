package dev.factorytrust.operator.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;

import java.net.HttpURLConnection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes the status of one kind of resource, and only where it says something new.
 *
 * <p>Why not JOSDK's own patch of the status: in 5.3.2 it drops an edit of the spec that arrives meanwhile (issue 3398).
 * A write past JOSDK's cache, however, leaves that cache behind for a moment; so what was written last is remembered
 * here until the cache has it, or a condition's time would start again from an older status.
 */
public final class StatusWriter<P extends CustomResource<?, S>, S> {

    private static final PatchContext APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager("factory-trust")
            .withForce(true)
            .build();

    /** A cache is behind for milliseconds: as many objects as may be written meanwhile, and no leak of deleted ones. */
    private static final int REMEMBERED = 1024;

    private final KubernetesClient client;
    private final Map<String, P> written = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, P> eldest) {
            return size() > REMEMBERED;
        }
    };

    public StatusWriter(KubernetesClient client) {
        this.client = client;
    }

    /** The newest status known: that of {@code read}, or the one written here if {@code read} is older; null if none. */
    public S latest(P read) {
        synchronized (written) {
            var last = written.get(uid(read));
            if (last == null) {
                return read.getStatus();
            }
            if (version(read) >= version(last)) {
                written.remove(uid(read));
                return read.getStatus();
            }
            return last.getStatus();
        }
    }

    /**
     * Makes {@code status} the object's whole status, so far as this operator wrote it: a field that is absent now goes.
     *
     * @return whether there was anything to write; false also if the object is gone
     * @throws KubernetesClientException as the API server answers
     */
    public boolean write(P read, S status) {
        if (tree(status).equals(tree(latest(read)))) {
            return false;
        }
        try {
            var answer = client.resource(onlyStatus(read, status))
                    .subresource("status")
                    .patch(APPLY);
            synchronized (written) {
                written.put(uid(answer), answer);
            }
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    /** Whatever is sent is owned from then on, so nothing but the status is. */
    private P onlyStatus(P read, S status) {
        var fresh = client.getKubernetesSerialization().clone(read);
        fresh.setMetadata(new ObjectMetaBuilder()
                .withNamespace(read.getMetadata().getNamespace())
                .withName(read.getMetadata().getName())
                .build());
        fresh.setSpec(null);
        fresh.setStatus(status);
        return fresh;
    }

    private JsonNode tree(S status) {
        return client.getKubernetesSerialization().convertValue(status, JsonNode.class);
    }

    private static String uid(HasMetadata object) {
        return object.getMetadata().getUid();
    }

    /** Comparable as integers by the API's contract since Kubernetes 1.35, and in fact since etcd 3. */
    private static long version(HasMetadata object) {
        return Long.parseLong(object.getMetadata().getResourceVersion());
    }
}
