package io.consilium.node.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.crypto.Hash;
import io.consilium.crypto.MerkleTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The small parts of the API by themselves. */
class ApiPartsTest {
    @Test
    void keptLevelsProveWhatTheTreeProves() {
        List<Hash> leaves = new ArrayList<>();
        for (int size = 1; size <= 33; size++) {
            leaves.add(MerkleTree.leafHash(new byte[] {(byte) size}));
            MerkleLevels levels = new MerkleLevels(leaves);
            for (int i = 0; i < size; i++) {
                assertThat(levels.proof(i)).isEqualTo(MerkleTree.proof(leaves, i));
            }
        }
    }

    @Test
    void bucketsFillWithTimeUpToTheirBurst() {
        AtomicLong clock = new AtomicLong();
        TokenBuckets buckets = new TokenBuckets(10, 20, clock::get);
        assertThat(buckets.take("a", 21)).isFalse();
        assertThat(buckets.take("a", 20)).isTrue();
        assertThat(buckets.take("a", 1)).isFalse();
        assertThat(buckets.take("b", 20)).isTrue();
        clock.addAndGet(100);
        assertThat(buckets.take("a", 1)).isTrue();
        assertThat(buckets.take("a", 1)).isFalse();
        clock.addAndGet(Long.MAX_VALUE / 2);
        assertThat(buckets.take("a", 20)).isTrue();
        assertThat(buckets.take("a", 1)).isFalse();
    }

    @Test
    void usedTokensAreRememberedUntilTheyLapseAndNeverForgottenEarly() {
        UsedTokens used = new UsedTokens(3);
        assertThat(used.use(jti(1), 90_000, 0)).isEqualTo(UsedTokens.Answer.FRESH);
        assertThat(used.use(jti(1), 90_000, 0)).isEqualTo(UsedTokens.Answer.REPLAYED);
        assertThat(used.use(jti(2), 90_000, 0)).isEqualTo(UsedTokens.Answer.FRESH);
        assertThat(used.use(jti(3), 200_000, 0)).isEqualTo(UsedTokens.Answer.FRESH);
        assertThat(used.use(jti(4), 90_000, 0)).isEqualTo(UsedTokens.Answer.FULL);
        assertThat(used.use(jti(1), 90_000, 89_999)).isEqualTo(UsedTokens.Answer.REPLAYED);
        assertThat(used.use(jti(4), 300_000, 100_000)).isEqualTo(UsedTokens.Answer.FRESH);
        assertThat(used.use(jti(3), 200_000, 100_000)).isEqualTo(UsedTokens.Answer.REPLAYED);
        assertThat(used.size()).isEqualTo(2);
    }

    static String jti(int number) {
        return String.format("%032x", number);
    }

    @Test
    void cursorsAreOpaqueAndBoundToCallerAndQuestion() {
        Cursors cursors = new Cursors(new byte[] {1, 2, 3});
        Caller adams = new Caller.Member("st-mary/dr-adams", "st-mary", Set.of(), Set.of());
        Caller brown = new Caller.Member("riverside/dr-brown", "riverside", Set.of(), Set.of());
        byte[] place = "hidden/record".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        String cursor = cursors.seal(adams, "records", place);
        assertThat(cursors.open(adams, "records", cursor)).isEqualTo(place);
        assertThat(new Cursors(new byte[] {1, 2, 3}).open(adams, "records", cursor))
                .isEqualTo(place);
        assertThat(cursors.seal(adams, "records", place)).isNotEqualTo(cursor);
        for (Runnable wrong : List.<Runnable>of(
                () -> cursors.open(brown, "records", cursor),
                () -> cursors.open(adams, "consents", cursor),
                () -> cursors.open(adams, "records", cursor.substring(1)),
                () -> cursors.open(adams, "records", "x".repeat(5_000)),
                () -> new Cursors(new byte[] {9}).open(adams, "records", cursor))) {
            assertThatThrownBy(wrong::run).isInstanceOf(ProblemException.class);
        }
    }
}
