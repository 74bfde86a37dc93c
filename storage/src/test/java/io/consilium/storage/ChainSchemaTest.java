package io.consilium.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.ledger.block.LedgerEvent;
import io.consilium.ledger.state.NodeKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Golden bytes: a change here makes existing data unreadable and needs a new format version. */
class ChainSchemaTest {
    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static final Hash PATH = Hash.fromHex("ab".repeat(32));

    @Test
    void familiesAreFixed() {
        assertThat(Arrays.stream(ChainSchema.Family.values())
                        .map(family -> new String(family.bytes(), StandardCharsets.US_ASCII))
                        .toList())
                .containsExactly(
                        "default",
                        "meta",
                        "blocks",
                        "txs",
                        "nodes",
                        "flat",
                        "stale",
                        "index",
                        "events",
                        "votes",
                        "secrets",
                        "evidence");
        assertThat(ChainSchema.FORMAT_VERSION).isEqualTo(4);
    }

    @Test
    void keysAreFixed() {
        assertThat(hex(ChainSchema.height(258))).isEqualTo("0000000000000102");
        assertThat(hex(ChainSchema.blockPart(1, ChainSchema.PART_HEADER))).isEqualTo("000000000000000101");
        assertThat(hex(ChainSchema.blockPart(1, ChainSchema.PART_COMMIT_QC))).isEqualTo("000000000000000102");
        assertThat(hex(ChainSchema.blockPart(1, ChainSchema.PART_RECEIPTS))).isEqualTo("000000000000000103");
        assertThat(hex(ChainSchema.blockPart(1, ChainSchema.PART_BODY))).isEqualTo("000000000000000104");
        assertThat(hex(ChainSchema.indexPrefix("abc", new byte[] {9, 8}))).isEqualTo("036162630908");
        assertThat(hex(NodeKey.of(5, PATH, 3).encode())).isEqualTo("000000000000000503aba0");
        assertThat(List.of(
                        new String(ChainSchema.META_FORMAT, StandardCharsets.US_ASCII),
                        new String(ChainSchema.META_CHAIN, StandardCharsets.US_ASCII),
                        new String(ChainSchema.META_GENESIS_ROOT, StandardCharsets.US_ASCII),
                        new String(ChainSchema.META_TIP, StandardCharsets.US_ASCII),
                        new String(ChainSchema.META_OLDEST, StandardCharsets.US_ASCII),
                        new String(ChainSchema.META_VOTES, StandardCharsets.US_ASCII)))
                .containsExactly("format", "chain", "genesis-root", "tip", "oldest", "votes");
    }

    @Test
    void valuesAreFixed() throws Exception {
        assertThat(hex(ChainSchema.location(7, 2))).isEqualTo("000000000000000700000002");
        assertThat(ChainSchema.location(ChainSchema.location(7, 2))).isEqualTo(new TxLocation(7, 2));
        assertThat(hex(ChainSchema.flatValue(3, new byte[] {1, 2}))).isEqualTo("00000000000000030102");
        assertThat(ChainSchema.flatContent(ChainSchema.flatValue(3, new byte[] {1, 2})))
                .containsExactly(1, 2);
        byte[] stale = ChainSchema.stale(List.of(NodeKey.of(5, PATH, 3), NodeKey.root(4)));
        assertThat(hex(stale)).isEqualTo("000000020000000b000000000000000503aba000000009000000000000000400");
        assertThat(ChainSchema.stale(stale))
                .hasSize(2)
                .last()
                .isEqualTo(NodeKey.root(4).encode());
        ChainTip tip = new ChainTip(9, PATH, Hash.ZERO);
        assertThat(hex(ChainSchema.tip(tip))).isEqualTo("0000000000000009" + "ab".repeat(32) + "00".repeat(32));
        assertThat(ChainSchema.tip(ChainSchema.tip(tip))).isEqualTo(tip);
        assertThat(hex(StoredBlock.encodeReceipts(List.of(new byte[] {1}, new byte[] {2, 3}))))
                .isEqualTo("00000002000000010100000002" + "0203");
        assertThat(hex(StoredEvent.encode(List.of(new LedgerEvent("t", List.of("p", "q"), new byte[] {7})))))
                .isEqualTo("00000001" + "0000000174" + "00000002" + "0000000170" + "0000000171" + "0000000107");
    }

    @Test
    void refusesBrokenValues() {
        assertThatThrownBy(() -> ChainSchema.location(new byte[11])).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> ChainSchema.tip(new byte[73])).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> ChainSchema.stale(new byte[] {0x7f, 0, 0, 0})).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> StoredBlock.decodeReceipts(new byte[] {0, 0, 0, 1}))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> StoredEvent.decode(new byte[] {0, 0x0f, 0, 0})).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> ChainSchema.indexPrefix("", new byte[0])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ChainSchema.indexPrefix("a".repeat(65), new byte[0]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Property
    void aboveIsTheLeastKeyBehindAPrefix(@ForAll byte[] prefix, @ForAll byte[] suffix) {
        byte[] within = Arrays.copyOf(prefix, prefix.length + suffix.length);
        System.arraycopy(suffix, 0, within, prefix.length, suffix.length);
        Optional<byte[]> above = ChainSchema.above(prefix);
        above.ifPresent(bound -> {
            assertThat(Arrays.compareUnsigned(within, bound)).isNegative();
            assertThat(Arrays.mismatch(prefix, bound)).isBetween(0, prefix.length - 1);
        });
        if (above.isEmpty()) {
            for (byte b : prefix) {
                assertThat(b).isEqualTo((byte) 0xff);
            }
        }
    }

    @Property
    void heightsSortAsNumbers(@ForAll long first, @ForAll long second) {
        long a = first & Long.MAX_VALUE;
        long b = second & Long.MAX_VALUE;
        assertThat(Integer.signum(Arrays.compareUnsigned(ChainSchema.height(a), ChainSchema.height(b))))
                .isEqualTo(Integer.signum(Long.compare(a, b)));
        assertThat(ChainSchema.heightOf(ChainSchema.height(a))).isEqualTo(a);
    }
}
