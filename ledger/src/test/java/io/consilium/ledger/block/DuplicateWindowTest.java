package io.consilium.ledger.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.crypto.Hash;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("TX-3 the duplicate window")
class DuplicateWindowTest {
    private static final long MINUTE = 60_000;

    private static Hash txId(int number) {
        return Hash.sha256(ByteBuffer.allocate(4).putInt(number).array());
    }

    private static List<Hash> txIds(int from, int to) {
        return IntStream.range(from, to).mapToObj(DuplicateWindowTest::txId).toList();
    }

    @Test
    void tx3_findsWhatWasAddedAndNothingElse() {
        DuplicateWindow window = new DuplicateWindow(20_000);
        window.add(1_000, txIds(0, 6_000));
        window.add(70_000, txIds(6_000, 10_000));
        assertThat(window.size()).isEqualTo(10_000);
        assertThat(txIds(0, 10_000)).allMatch(window::contains);
        assertThat(txIds(10_000, 12_000)).noneMatch(window::contains);
    }

    @Test
    void tx3_keepsTenMinutesToTheMillisecond() {
        DuplicateWindow window = new DuplicateWindow(100);
        window.add(MINUTE * 20 + 59_999, txIds(0, 1));
        window.add(MINUTE * 30 + 59_999, txIds(1, 2));
        assertThat(window.contains(txId(0))).isTrue();
        window.add(MINUTE * 31 + 0, List.of());
        assertThat(window.contains(txId(0))).isFalse();
        assertThat(window.contains(txId(1))).isTrue();
        assertThat(window.size()).isEqualTo(1);
    }

    @Test
    void tx3_rebuiltFromBlocksItAnswersTheSame() {
        record Block(long time, List<Hash> ids) {}
        List<Block> chain = new ArrayList<>();
        DuplicateWindow live = new DuplicateWindow(10_000);
        for (int i = 0; i < 200; i++) {
            Block block = new Block(7_777L * i + 13, txIds(10 * i, 10 * i + 10));
            chain.add(block);
            live.add(block.time(), block.ids());
            DuplicateWindow rebuilt = new DuplicateWindow(10_000);
            long from = DuplicateWindow.rebuildFromMillis(block.time());
            chain.stream().filter(each -> each.time() >= from).forEach(each -> rebuilt.add(each.time(), each.ids()));
            assertThat(rebuilt.size()).isEqualTo(live.size());
            assertThat(rebuilt.room()).isEqualTo(live.room());
        }
    }

    @Test
    void tx3_zeroIsAnIdLikeAnyOther() {
        DuplicateWindow window = new DuplicateWindow(10);
        assertThat(window.contains(Hash.ZERO)).isFalse();
        window.add(5, List.of(Hash.ZERO, Hash.ZERO));
        assertThat(window.contains(Hash.ZERO)).isTrue();
        assertThat(window.size()).isEqualTo(1);
    }

    @Test
    void tx6_itIsBounded() {
        DuplicateWindow window = new DuplicateWindow(10);
        window.add(5, txIds(0, 10));
        assertThat(window.room()).isZero();
        assertThatThrownBy(() -> window.add(6, txIds(10, 11))).isInstanceOf(IllegalStateException.class);
        window.add(12 * MINUTE, txIds(11, 15));
        assertThat(window.room()).isEqualTo(6);
        assertThatThrownBy(() -> new DuplicateWindow(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
