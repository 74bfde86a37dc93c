package io.consilium.ledger.block;

import static io.consilium.ledger.TestChain.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.MerkleTree;
import io.consilium.ledger.tx.Refusal;
import io.consilium.proto.DecisionOutcome;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("TX-5 receipts")
class ReceiptTest {
    private final Receipt applied =
            Receipt.of(Hash.ZERO, 7, 2, Outcome.applied(new Writes(), ByteString.copyFrom(new byte[16]), 3));
    private final Receipt denied = Receipt.of(
            Hash.ZERO,
            7,
            0,
            new Outcome.Refused(
                    Refusal.ACCESS_DENIED.rejection(), new Writes(), List.of(id("a")), DecisionOutcome.DENY));

    @Test
    void tx5_bytesAreGolden() {
        assertThat(HexFormat.of().formatHex(applied.bytes()))
                .isEqualTo("0a20" + "00".repeat(32) + "1007" + "1802" + "2001" + "2a024f4b" + "3a10" + "00".repeat(16)
                        + "4003");
        assertThat(HexFormat.of().formatHex(denied.bytes()))
                .isEqualTo("0a20" + "00".repeat(32) + "1007" + "2002" + "2a0d4143434553535f44454e494544"
                        + "3205434f4e2d32" + "3a10" + HexFormat.of().formatHex(id("a").toByteArray()) + "4802");
    }

    @Test
    void tx5_readBackStrictly() throws MalformedException {
        Receipt read = Receipt.decode(denied.bytes());
        assertThat(read).isEqualTo(denied).isNotEqualTo(applied);
        assertThat(read.applied()).isFalse();
        assertThat(read.code()).isEqualTo("ACCESS_DENIED");
        assertThat(read.rule()).isEqualTo("CON-2");
        assertThat(read.height()).isEqualTo(7);
        byte[] longer = Arrays.copyOf(denied.bytes(), denied.bytes().length + 1);
        assertThatThrownBy(() -> Receipt.decode(longer)).isInstanceOf(MalformedException.class);
        byte[] unknown = denied.message().toBuilder()
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                50,
                                UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                        .build())
                .build()
                .toByteArray();
        assertThatThrownBy(() -> Receipt.decode(unknown)).hasMessageContaining("does not know");
        byte[] status = denied.message().toBuilder().setStatusValue(9).build().toByteArray();
        assertThatThrownBy(() -> Receipt.decode(status)).hasMessageContaining("status");
        assertThatThrownBy(() -> Receipt.decode(new byte[0])).hasMessageContaining("32 bytes");
    }

    @Test
    void tx7_rootIsTheMerkleTreeOfTheirBytes() {
        assertThat(Receipt.root(List.of(applied, denied)))
                .isEqualTo(MerkleTree.root(
                        List.of(MerkleTree.leafHash(applied.bytes()), MerkleTree.leafHash(denied.bytes()))));
    }

    @Test
    void indexKeysSortByOwnerThenTime() {
        byte[] early = LedgerIndexes.of(LedgerIndexes.MEMBER_ACCESSES, "st-mary/a", 5, id("1"))
                .key();
        byte[] late = LedgerIndexes.of(LedgerIndexes.MEMBER_ACCESSES, "st-mary/a", 300, id("0"))
                .key();
        byte[] other = LedgerIndexes.of(LedgerIndexes.MEMBER_ACCESSES, "st-mary/aa", 1, id("0"))
                .key();
        assertThat(Arrays.compareUnsigned(early, late)).isNegative();
        assertThat(Arrays.compareUnsigned(late, other)).isNegative();
        byte[] prefix = LedgerIndexes.prefix("st-mary/a");
        assertThat(Arrays.mismatch(prefix, early)).isEqualTo(prefix.length);
        assertThat(Arrays.mismatch(prefix, other)).isLessThan(prefix.length);
        assertThat(LedgerIndexes.idAt(late)).isEqualTo(id("0"));
        assertThat(LedgerIndexes.memberAt(LedgerIndexes.member("st-mary/a").key()))
                .isEqualTo("st-mary/a");
        assertThat(LedgerIndexes.institutionAt(
                        LedgerIndexes.institution("st-mary").key()))
                .isEqualTo("st-mary");
        assertThatThrownBy(() -> LedgerIndexes.idAt(new byte[3])).isInstanceOf(IllegalArgumentException.class);
    }
}
