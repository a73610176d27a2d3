package dev.factorytrust.operator.runtime;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

class AnswersTest {

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(textBlock = """
                    the lease is lost to another process,                        200,                         true
                    somebody deleted the lease,                                  404,                         true
                    nobody answers,                                              0,                           false
                    nobody has answered for long,                                0 0 0 0 0 0 0,               false
                    it answers again for a moment,                               0 200 200 200 200,           false
                    it answers again,                                            0 200 200 200 200 200,       true
                    it comes and goes,                                           0 200 200 200 200 0 200 200, false
                    it answers while it starts,                                  503 403 200 200 200 200,     false
                    the right to read the lease was taken away,                  403 403 403 403 403 403 403, false
                    too many requests,                                           429 429 429 429 429 429,     false
                    etcd is away,                                                500 500 500 500 500 500,     false
                    """)
    void a_process_without_its_lease_ends_when_another_can_start(String what, String statuses, boolean ends) {
        var answers = Answers.NONE;
        for (var status : Stream.of(statuses.split(" ")).map(Integer::parseInt).toList()) {
            answers = answers.and(status);
        }
        assertThat(answers.mayEnd()).as(what).isEqualTo(ends);
    }
}
