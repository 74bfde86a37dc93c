package io.consilium.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class CommitmentTest {
    private static final byte[] SALT = new byte[32];
    private static final byte[] CONTENT = "content".getBytes(StandardCharsets.UTF_8);

    @Test
    void prv2_commitmentIsAHashOfDomainSaltAndContent() throws Exception {
        Hash expected = Hash.tagged("consilium/commitment/v1", SALT, CONTENT);
        assertThat(Commitment.of(SALT, new ByteArrayInputStream(CONTENT))).isEqualTo(expected);
        assertThat(Commitment.of(SALT, CONTENT)).isEqualTo(expected);
    }

    @Test
    void prv2_commitmentChangesWithSaltAndContent() {
        byte[] otherSalt = SALT.clone();
        otherSalt[31] = 1;
        assertThat(Commitment.of(otherSalt, CONTENT)).isNotEqualTo(Commitment.of(SALT, CONTENT));
        assertThat(Commitment.of(SALT, new byte[0])).isNotEqualTo(Commitment.of(SALT, CONTENT));
        assertThatThrownBy(() -> Commitment.of(new byte[31], CONTENT)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void prv4_labelsAreStableAndSeparateTheirFields() {
        byte[] key = new byte[32];
        byte[] label = Blinding.label(key, 1, "http://loinc.org", "8302-2");
        assertThat(HexFormat.of().formatHex(label)).isEqualTo("cae6e97aafb1ceea14ec35896bdceaac");
        assertThat(label).hasSize(16);
        assertThat(Blinding.label(key, 2, "http://loinc.org", "8302-2")).isNotEqualTo(label);
        assertThat(Blinding.label(key, 1, "http://loinc.org8", "302-2")).isNotEqualTo(label);
        byte[] otherKey = key.clone();
        otherKey[0] = 1;
        assertThat(Blinding.label(otherKey, 1, "http://loinc.org", "8302-2")).isNotEqualTo(label);
        assertThatThrownBy(() -> Blinding.label(new byte[16], 1, "s", "c"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Blinding.label(key, 1, "s".repeat(5000), "c"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void tagsSeparateDomainsAndFields() {
        byte[] key = new byte[32];
        Hash tag = Blinding.tag(key, "a", "b", "c");
        assertThat(Blinding.tag(key, "a", "b", "c")).isEqualTo(tag);
        assertThat(Blinding.tag(key, "a", "bc")).isNotEqualTo(tag);
        assertThat(Blinding.tag(key, "ab", "c")).isNotEqualTo(tag);
        assertThat(Blinding.tag(key, "a", "b", "c", "")).isNotEqualTo(tag);
    }
}
