package io.consilium.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import java.util.Collections;
import org.junit.jupiter.api.Test;

class WireValuesTest {
    private static final ByteString ONE = ByteString.copyFrom(new byte[] {1});

    @Test
    void countsWhatStandsInMessagesInsideToo() throws Exception {
        PeerFrame frame = PeerFrame.newBuilder()
                .setTransactions(TransactionBatch.newBuilder().addAllTransactions(Collections.nCopies(5, ONE)))
                .build();
        assertThat(WireValues.count(frame.toByteArray(), PeerFrame.getDescriptor(), 100))
                .isEqualTo(6);
        BlocksReply blocks = BlocksReply.newBuilder()
                .setRequest(1)
                .addBlocks(DecidedBlock.newBuilder().setHeader(ONE).setBody(ONE))
                .addBlocks(DecidedBlock.getDefaultInstance())
                .build();
        assertThat(WireValues.count(blocks.toByteArray(), BlocksReply.getDescriptor(), 100))
                .isEqualTo(5);
        assertThat(WireValues.count(new byte[0], PeerFrame.getDescriptor(), 100))
                .isZero();
    }

    @Test
    void saysThatThereAreMoreThanMayBe() throws Exception {
        byte[] batch = TransactionBatch.newBuilder()
                .addAllTransactions(Collections.nCopies(1_000, ByteString.EMPTY))
                .build()
                .toByteArray();
        assertThat(WireValues.count(batch, TransactionBatch.getDescriptor(), 1_000))
                .isEqualTo(1_000);
        assertThat(WireValues.count(batch, TransactionBatch.getDescriptor(), 999))
                .isGreaterThan(999);
        byte[] inside = PeerFrame.newBuilder()
                .setTransactions(
                        TransactionBatch.newBuilder().addAllTransactions(Collections.nCopies(1_000, ByteString.EMPTY)))
                .build()
                .toByteArray();
        assertThat(WireValues.count(inside, PeerFrame.getDescriptor(), 500)).isGreaterThan(500);
    }

    @Test
    void countsFieldsThatTheSchemaDoesNotKnow() throws Exception {
        UnknownFieldSet.Field.Builder many = UnknownFieldSet.Field.newBuilder();
        for (int i = 0; i < 50; i++) {
            many.addVarint(i).addLengthDelimited(ONE).addFixed32(i).addFixed64(i);
        }
        byte[] unknown = KeepAlive.newBuilder()
                .setUnknownFields(
                        UnknownFieldSet.newBuilder().addField(99, many.build()).build())
                .build()
                .toByteArray();
        assertThat(WireValues.count(unknown, KeepAlive.getDescriptor(), 1_000)).isEqualTo(200);
    }

    @Test
    void refusesWhatIsCutOrGrouped() {
        byte[] cut = {0x0a, 0x7f, 1};
        byte[] negative = {0x0a, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f};
        byte[] group = {0x0b, 0x0c};
        for (byte[] bad : new byte[][] {cut, negative, group, {0}}) {
            assertThatThrownBy(() -> WireValues.count(bad, TransactionBatch.getDescriptor(), 10))
                    .isInstanceOf(InvalidProtocolBufferException.class);
            assertThatThrownBy(() -> WireValues.count(bad, PeerFrame.getDescriptor(), 10))
                    .isInstanceOf(InvalidProtocolBufferException.class);
        }
    }
}
