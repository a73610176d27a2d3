package dev.factorytrust.api.v1alpha1;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Objects that a newer version of the operator or of the CRDs has written can still be read. */
class DecodingTest {

    /** Stricter than the client's, so that it is the records that forgive. */
    private static final ObjectMapper STRICT = new ObjectMapper();

    @Test
    void a_phase_that_this_version_does_not_know_reads_as_none() throws JsonProcessingException {
        var status = STRICT.readValue("{\"phase\":\"Pondering\",\"toVersion\":5}", RootRotationStatus.class);

        assertThat(status.phase()).isNull();
        assertThat(status.toVersion()).isEqualTo(5);
    }

    @Test
    void fields_that_this_version_does_not_know_are_passed_over() throws JsonProcessingException {
        var factory = STRICT.readValue("""
                {"spec":{"new":1,"bootstrap":{"new":1,"import":{"new":1,"sources":[{"new":1,"secretRef":{"name":"k"}}]}}},
                 "status":{"new":1,"roles":{"new":1,"root":{"new":1,"version":4}}}}""", Factory.class);

        assertThat(factory.getSpec()
                        .bootstrap()
                        .import_()
                        .sources()
                        .getFirst()
                        .secretRef()
                        .name())
                .isEqualTo("k");
        assertThat(factory.getStatus().roles().root().version()).isEqualTo(4);
    }
}
