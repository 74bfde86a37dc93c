package io.consilium.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.consilium.client.InspectorCheck.Verified;
import io.consilium.crypto.Hash;
import io.consilium.proto.AccessState;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class InspectorSetTest {
    private static final Verified FIRST = part(1, "1", "", false, 0, "a");
    private static final Verified SECOND = part(2, "2", "1", false, 0, "b");
    private static final Verified THIRD = part(3, "3", "2", true, 0, "c");

    private static Verified part(int number, String name, String before, boolean last, long from, String access) {
        return new Verified(
                "st-mary/privacy",
                1,
                List.of(new InspectorCheck.Log(
                        ByteString.copyFromUtf8("patient"),
                        1,
                        1,
                        List.of(AccessState.newBuilder()
                                .setId(ByteString.copyFromUtf8(access))
                                .build()))),
                number,
                hash(name),
                before.isEmpty()
                        ? ByteString.EMPTY
                        : ByteString.copyFrom(hash(before).toBytes()),
                last,
                from,
                0);
    }

    private static Hash hash(String name) {
        return Hash.sha256(name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @Test
    @DisplayName("ACC-4 parts in any order are put in order; what is missing shows")
    void acc4_completeness() throws Exception {
        assertThat(InspectorSet.ordered(List.of(THIRD, FIRST, SECOND))).containsExactly(FIRST, SECOND, THIRD);
        assertThat(InspectorSet.isComplete(List.of(FIRST, SECOND, THIRD))).isTrue();
        for (List<Verified> some : List.of(
                List.of(FIRST),
                List.of(FIRST, SECOND),
                List.of(THIRD),
                List.of(FIRST, THIRD),
                List.of(SECOND, THIRD))) {
            assertThat(InspectorSet.isComplete(InspectorSet.ordered(some))).isFalse();
        }
    }

    @Test
    @DisplayName("ACC-4 parts of different exports do not hold together")
    void acc4_otherParts() {
        refuses(List.of(FIRST, FIRST));
        refuses(List.of(FIRST, part(2, "x", "other", true, 0, "b")));
        refuses(List.of(FIRST, part(2, "x", "1", true, 7, "b")));
        refuses(List.of(FIRST, part(2, "x", "1", true, 0, "a")));
        refuses(List.of(FIRST, SECOND, THIRD, part(4, "x", "3", true, 0, "d")));
    }

    private static void refuses(List<Verified> parts) {
        assertThatThrownBy(() -> InspectorSet.ordered(parts)).isInstanceOf(VerificationFailed.class);
    }
}
