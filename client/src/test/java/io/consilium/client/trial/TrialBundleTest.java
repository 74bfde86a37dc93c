package io.consilium.client.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrialBundleTest {
    private static TrialBundle bundle(int documentBytes) {
        return new TrialBundle(
                ByteString.copyFromUtf8("trial"), List.of(ByteString.copyFrom(new byte[documentBytes])), List.of());
    }

    @Test
    void noFileIsWrittenThatWouldNotBeRead() throws Exception {
        byte[] file = bundle(1_000).file();
        assertThat(TrialBundle.decode(file)).isEqualTo(bundle(1_000));

        TrialBundle large = bundle(TrialBundle.MAX_BYTES / 4 * 3);
        assertThatThrownBy(large::file)
                .isInstanceOf(ClientException.class)
                .hasMessageStartingWith("A bundle has at most 67108864 bytes, and this one would have 6710");
    }
}
