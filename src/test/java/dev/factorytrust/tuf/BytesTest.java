package dev.factorytrust.tuf;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class BytesTest {

    @Test
    void bytes_are_equal_by_content() {
        assertThat(Bytes.hex("6162")).isEqualTo(Bytes.utf8("ab")).hasSameHashCodeAs(Bytes.base64("YWI="));
        assertThat(Bytes.utf8("ab")).isNotEqualTo(Bytes.utf8("abc")).isNotEqualTo("ab");
    }

    @Test
    void bytes_stay_what_they_were_when_their_array_changes() {
        var array = new byte[] {1, 2};
        var bytes = Bytes.of(array);
        array[0] = 9;
        bytes.toArray()[1] = 9;
        assertThat(bytes).isEqualTo(Bytes.hex("0102"));
    }

    @Test
    void bytes_show_their_size_and_digest_but_never_their_content() {
        assertThat(Bytes.utf8("secret")).hasToString("6 bytes, sha256 2bb80d53…");
    }

    @Test
    void what_is_no_hexadecimal_or_base64_is_refused_without_being_repeated() {
        assertThatThrownBy(() -> Bytes.hex("secret"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not hexadecimal")
                .hasNoCause();
        assertThatThrownBy(() -> Bytes.base64("§secret§"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not base64")
                .hasNoCause();
        assertThatThrownBy(() -> Bytes.utf8("").digest("CRC")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void every_form_reads_back() {
        var bytes = Bytes.utf8("é");
        assertThat(bytes.hex()).isEqualTo("c3a9");
        assertThat(bytes.base64()).isEqualTo("w6k=");
        assertThat(bytes.utf8()).isEqualTo("é");
        assertThat(bytes.size()).isEqualTo(2);
        assertThat(Bytes.utf8("abc").sha256())
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
