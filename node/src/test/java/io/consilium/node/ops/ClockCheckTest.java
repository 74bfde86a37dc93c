package io.consilium.node.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyPair;
import io.consilium.crypto.certificate.Validator;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.node.NodeStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClockCheckTest {
    private static final long HOUR = 3_600_000;

    private static NodeStatus status(Long... offsets) {
        List<NodeStatus.Peer> peers = new ArrayList<>();
        for (Long offset : offsets) {
            peers.add(new NodeStatus.Peer("peer-" + peers.size(), true, 0, "", Optional.of(offset)));
        }
        ValidatorSet set = new ValidatorSet(
                0, List.of(new Validator("a", KeyPair.fromSeed(new byte[32]).publicKey())));
        return new NodeStatus(
                0,
                Hash.ZERO,
                Hash.ZERO,
                0,
                0,
                "a",
                List.of(),
                set,
                true,
                false,
                Optional.empty(),
                peers,
                0,
                0,
                List.of());
    }

    private static Optional<String> objection(Long... offsets) {
        return new ClockCheck(60_000).objection(status(offsets));
    }

    @Test
    void aClockThatDiffersFromTheMedianIsNamedWithItsSide() {
        assertThat(objection(HOUR, HOUR, HOUR + 5))
                .hasValueSatisfying(reason -> assertThat(reason).contains("3600 s behind"));
        assertThat(objection(-HOUR, -HOUR, 0L))
                .hasValueSatisfying(reason -> assertThat(reason).contains("ahead of"));
    }

    @Test
    void oneWrongPeerBlamesNobody() {
        assertThat(objection(HOUR, 3L, -4L)).isEmpty();
        assertThat(objection(HOUR, 3L)).isEmpty();
        assertThat(objection()).isEmpty();
        assertThat(objection(59_000L, 60_000L)).isEmpty();
    }
}
