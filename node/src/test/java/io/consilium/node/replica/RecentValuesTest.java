package io.consilium.node.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.crypto.Hash;
import io.consilium.ledger.state.StateKey;
import io.consilium.storage.ChainTip;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RecentValuesTest {
    private static final StateKey MEMBER = StateKey.of("member/st-mary/dr-adams");
    private static final StateKey OTHER = StateKey.of("member/st-mary/dr-brown");

    private final Map<StateKey, byte[]> stored = new HashMap<>();
    private ChainTip tip = tip(1);
    private int reads;
    private final RecentValues recent = new RecentValues(
            () -> key -> {
                reads++;
                return Optional.ofNullable(stored.get(key));
            },
            () -> tip);

    private static ChainTip tip(int height) {
        return new ChainTip(height, Hash.sha256(new byte[height]), Hash.ZERO);
    }

    private void decide(StateKey key, Optional<byte[]> value) {
        ChainTip before = tip;
        tip = tip((int) before.height() + 1);
        value.ifPresentOrElse(bytes -> stored.put(key, bytes), () -> stored.remove(key));
        SortedMap<StateKey, Optional<byte[]>> changes = new TreeMap<>(Map.of(key, value));
        recent.follow(before, tip.blockHash(), changes);
    }

    @Test
    void readsOnceAndFollowsWhatIsDecided() {
        stored.put(MEMBER, new byte[] {1});
        assertThat(recent.get(MEMBER)).contains(new byte[] {1});
        assertThat(recent.get(MEMBER)).contains(new byte[] {1});
        decide(OTHER, Optional.of(new byte[] {9}));
        decide(MEMBER, Optional.of(new byte[] {2}));
        assertThat(recent.get(MEMBER)).contains(new byte[] {2});
        assertThat(reads).isEqualTo(1);
        decide(MEMBER, Optional.empty());
        assertThat(recent.get(MEMBER)).isEmpty();
    }

    @Test
    void remembersNoAbsence() {
        assertThat(recent.get(MEMBER)).isEmpty();
        decide(MEMBER, Optional.of(new byte[] {3}));
        assertThat(recent.get(MEMBER)).contains(new byte[] {3});
    }

    @Test
    void isEmptiedWhereTheTipMovedWithoutIt() {
        stored.put(MEMBER, new byte[] {1});
        assertThat(recent.get(MEMBER)).contains(new byte[] {1});
        tip = tip(7);
        stored.put(MEMBER, new byte[] {4});
        assertThat(recent.get(MEMBER)).contains(new byte[] {4});
        tip = tip(8);
        stored.put(MEMBER, new byte[] {5});
        decide(OTHER, Optional.of(new byte[] {9}));
        assertThat(recent.get(MEMBER)).contains(new byte[] {5});
    }

    @Test
    void staysWithinItsBound() {
        byte[] large = new byte[10_000];
        for (int i = 0; i < 1_000; i++) {
            Arrays.fill(large, (byte) i);
            StateKey key = StateKey.of("record/" + i);
            stored.put(key, large.clone());
            assertThat(recent.get(key)).contains(large);
        }
        assertThat(recent.bytes()).isBetween(RecentValues.MAX_BYTES / 2, RecentValues.MAX_BYTES);
        decide(StateKey.of("record/999"), Optional.of(new byte[1 << 20]));
        assertThat(recent.bytes()).isLessThanOrEqualTo(RecentValues.MAX_BYTES);
        assertThat(recent.get(StateKey.of("record/999")).orElseThrow()).hasSize(1 << 20);
    }
}
