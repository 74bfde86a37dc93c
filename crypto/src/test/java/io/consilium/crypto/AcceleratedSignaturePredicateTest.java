package io.consilium.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** ID-4: with the native library in front the predicate is the same, torsion and all. */
class AcceleratedSignaturePredicateTest extends SignaturePredicateTest {
    @Override
    Ed25519Verifier verifier() {
        return Ed25519Verifier.accelerated(1_024);
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void loadsWhereItIsMadeFor() {
        assertThat(verifier().provider().toLowerCase(Locale.ROOT))
                .contains("bouncy castle")
                .contains("confirmed by amazoncorrettocryptoprovider");
        assertThat(new Ed25519Verifier().provider()).doesNotContain("confirmed");
    }
}
