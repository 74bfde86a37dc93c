package io.consilium.consensus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.TimeoutCertificate;
import io.consilium.crypto.certificate.TimeoutVote;
import io.consilium.crypto.certificate.VoteType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("BFT-5, BFT-16 vote record")
class VoteRecordTest {
    private static final byte[] SIGNATURE = filled(64, 0x11);
    private static final Hash BLOCK = header().hash();

    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static BlockHeader header() {
        return new BlockHeader(
                1,
                ToyCluster.CHAIN,
                1,
                ToyCluster.CHAIN,
                Optional.empty(),
                Hash.ZERO,
                Hash.ZERO,
                Hash.ZERO,
                Hash.ZERO,
                Hash.ZERO,
                1,
                0);
    }

    private static QuorumCertificate qc(int round) {
        return new QuorumCertificate(
                VoteType.PREPARE, 1, round, BLOCK, List.of(0, 1, 3), List.of(SIGNATURE, SIGNATURE, SIGNATURE));
    }

    private static List<VoteEntry> entries() {
        List<TimeoutVote> votes = List.of(
                new TimeoutVote(0, 2, SIGNATURE), new TimeoutVote(1, -1, SIGNATURE), new TimeoutVote(2, 0, SIGNATURE));
        return List.of(
                VoteRecord.block(1, BLOCK, new ProposedBlock(header(), new byte[] {1, 2})),
                VoteRecord.vote(VoteType.PROPOSE, 1, 2, new HeightVotes.SignedBlock(BLOCK, SIGNATURE)),
                VoteRecord.vote(VoteType.PREPARE, 1, 2, new HeightVotes.SignedBlock(BLOCK, SIGNATURE)),
                VoteRecord.vote(VoteType.COMMIT, 1, 2, new HeightVotes.SignedBlock(BLOCK, SIGNATURE)),
                VoteRecord.timeout(1, new HeightVotes.SignedTimeout(2, 2, SIGNATURE, Optional.of(qc(2)))),
                VoteRecord.prepareQc(qc(2)),
                VoteRecord.timeoutCertificate(new TimeoutCertificate(1, 2, votes, Optional.of(qc(2)))),
                VoteRecord.silentThrough(9));
    }

    @Test
    void whatWasWrittenIsReadAgainInAnyOrder() throws MalformedException {
        List<VoteEntry> shuffled = new ArrayList<>(entries());
        java.util.Collections.shuffle(shuffled, new Random(7));
        VoteRecord record = VoteRecord.of(shuffled);
        HeightVotes votes = record.enter(1);
        assertThat(record.silentThrough()).isEqualTo(9);
        assertThat(votes.blocks()).containsOnlyKeys(BLOCK);
        for (VoteType type : List.of(VoteType.PROPOSE, VoteType.PREPARE, VoteType.COMMIT)) {
            assertThat(votes.signed(type, 2).orElseThrow().signature()).isEqualTo(SIGNATURE);
        }
        assertThat(votes.timeout().orElseThrow().highestQc()).contains(qc(2));
        assertThat(votes.prepareQc()).contains(qc(2));
        assertThat(votes.round()).as("the TC of round 2 was held").isEqualTo(3);
    }

    @Test
    void keysStartWithTheHeightSoThatDecidedOnesCanBeDropped() {
        for (VoteEntry entry : entries().subList(0, 7)) {
            assertThat(Arrays.copyOf(entry.key(), 8)).isEqualTo(new byte[] {0, 0, 0, 0, 0, 0, 0, 1});
        }
    }

    @Test
    void votesOfLowerHeightsAreForgotten() throws MalformedException {
        VoteRecord record = VoteRecord.of(entries());
        record.enter(2);
        assertThat(record.enter(2).votedIn(2)).isFalse();
    }

    @Test
    void itsBytesStayTheSame() {
        HexFormat hex = HexFormat.of();
        VoteEntry prepare = entries().get(2);
        assertThat(hex.formatHex(prepare.key())).isEqualTo("0000000000000001" + "03" + "00000002");
        assertThat(hex.formatHex(prepare.value())).isEqualTo(BLOCK.hex() + "11".repeat(64));
        VoteEntry timeout = VoteRecord.timeout(5, new HeightVotes.SignedTimeout(4, -1, SIGNATURE, Optional.empty()));
        assertThat(hex.formatHex(timeout.key())).isEqualTo("0000000000000005" + "05");
        assertThat(hex.formatHex(timeout.value())).isEqualTo("00000004" + "ffffffff" + "11".repeat(64) + "00");
        VoteEntry silent = VoteRecord.silentThrough(7);
        assertThat(hex.formatHex(silent.key())).isEqualTo("0000000000000007" + "00");
        assertThat(silent.value()).isEmpty();
        VoteEntry block = entries().get(0);
        assertThat(hex.formatHex(block.key())).isEqualTo("0000000000000001" + "01" + BLOCK.hex());
        assertThat(hex.formatHex(block.value())).endsWith("00000002" + "0102");
    }

    @Test
    @DisplayName("a byte flipped in the middle of the log is a malformed record or another signature, never a crash")
    void aFlippedByteIsNoticedOrHarmless() {
        for (VoteEntry entry : entries()) {
            for (int at = 0; at < entry.key().length + entry.value().length; at++) {
                byte[] key = entry.key().clone();
                byte[] value = entry.value().clone();
                if (at < key.length) {
                    key[at] ^= 0x41;
                } else {
                    value[at - key.length] ^= 0x41;
                }
                try {
                    VoteRecord.of(List.of(new VoteEntry(key, value)));
                } catch (MalformedException noticed) {
                    assertThat(noticed.getMessage()).isNotBlank();
                }
            }
        }
    }

    @Test
    void anUnknownKindIsMalformed() {
        byte[] key = {0, 0, 0, 0, 0, 0, 0, 1, 77};
        assertThatThrownBy(() -> VoteRecord.of(List.of(new VoteEntry(key, new byte[0]))))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("77");
    }

    @Test
    @DisplayName("a record without its last entries (torn tail) still votes (Tendermint 3295, 3089)")
    void everyPrefixIsARecord() throws MalformedException {
        for (int length = 0; length <= entries().size(); length++) {
            assertThat(VoteRecord.of(entries().subList(0, length))).isNotNull();
        }
    }
}
