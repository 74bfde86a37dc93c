package io.consilium.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.crypto.Hash;
import io.consilium.ledger.state.NodeKey;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class NodeCacheTest {
    private static final long ROOM = 10_000;

    private final NodeCache cache = new NodeCache(ROOM);

    private static NodeKey branch(long version, int place) {
        return NodeKey.of(version, Hash.sha256(new byte[] {(byte) (place >> 8), (byte) place}), 6);
    }

    private static byte[] node(int length) {
        return new byte[length];
    }

    @Test
    void keepsBranchesAndNoLeaves() {
        NodeKey leaf = NodeKey.of(1, Hash.sha256(new byte[1]), NodeKey.LEAF_NIBBLES);
        cache.putAll(new TreeMap<>(Map.of(branch(1, 1), node(10), leaf, node(20))));
        assertThat(cache.get(branch(1, 1)))
                .hasValueSatisfying(found -> assertThat(found).hasSize(10));
        assertThat(cache.get(leaf)).isEmpty();
    }

    @Test
    void ofEachPlaceTheNewestStaysWhoeverReadsAnOldOne() {
        cache.put(branch(5, 1), node(50));
        cache.put(branch(4, 1), node(40));
        assertThat(cache.get(branch(4, 1))).isEmpty();
        assertThat(cache.get(branch(5, 1))).isPresent();
        cache.put(branch(6, 1), node(60));
        assertThat(cache.get(branch(5, 1))).isEmpty();
        assertThat(cache.get(branch(6, 1))).isPresent();
    }

    @Test
    void itsBytesAreBoundedAndWhatWasUsedLastStays() {
        cache.put(branch(1, 0), node(100));
        for (int place = 1; place < 500; place++) {
            cache.put(branch(1, place), node(100 + place));
            assertThat(cache.get(branch(1, 0))).isPresent();
            assertThat(cache.bytes()).isLessThanOrEqualTo(ROOM);
        }
        assertThat(cache.get(branch(1, 1))).isEmpty();
        assertThat(cache.get(branch(1, 499))).isPresent();
        assertThat(cache.bytes()).isGreaterThan(ROOM / 2);
    }

    @Test
    void aReplacedNodeCountsOnce() {
        for (int version = 1; version <= 1_000; version++) {
            cache.put(branch(version, 1), node(100));
        }
        long one = cache.bytes();
        cache.put(branch(1, 2), node(100));
        assertThat(cache.bytes()).isEqualTo(2 * one);
    }
}
