package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.crypto.Hash;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvidenceTest {
    @TempDir
    Path directory;

    @Test
    @DisplayName("CON-1 the evidence of a consent is a form: an empty file is none")
    void con1_anEmptyFileIsNoForm() throws Exception {
        Path form = Files.writeString(directory.resolve("form.pdf"), "signed");
        assertThat(Evidence.hash(Optional.of(form.toString())).toByteArray())
                .isEqualTo(
                        Hash.sha256("signed".getBytes(StandardCharsets.UTF_8)).toBytes());
        Path empty = Files.createFile(directory.resolve("empty.pdf"));
        assertThatThrownBy(() -> Evidence.hash(Optional.of(empty.toString())))
                .isInstanceOfSatisfying(ClientException.class, refused -> {
                    assertThat(refused.kind()).isEqualTo(FailureClass.REFUSED);
                    assertThat(refused.code()).isEqualTo("EVIDENCE_EMPTY");
                });
    }
}
