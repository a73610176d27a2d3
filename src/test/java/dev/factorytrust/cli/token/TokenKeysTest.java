package dev.factorytrust.cli.token;

import org.bouncycastle.asn1.DEROctetString;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;

import static org.assertj.core.api.Assertions.assertThat;

/** Points of public keys, as modules show them. */
class TokenKeysTest {

    /** One in 256 has a second byte that makes the whole look like an OCTET STRING of the right length. */
    @ParameterizedTest(name = "{0} bytes that begin {1}, {2}")
    @CsvSource({"65, 4, 0x3F", "65, 4, 0x40", "32, 4, 0x1E", "32, 3, 0x1E", "32, 0x12, 0x34"})
    void a_point_is_the_same_bare_and_wrapped(int length, String first, String second) throws IOException {
        var point = new byte[length];
        point[0] = Integer.decode(first).byteValue();
        point[1] = Integer.decode(second).byteValue();
        assertThat(TokenKeys.unwrapped(point)).isEqualTo(point);
        assertThat(TokenKeys.unwrapped(new DEROctetString(point).getEncoded())).isEqualTo(point);
    }
}
