package io.consilium.ledger.provenance;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.consilium.ledger.state.BrokenStateException;
import io.consilium.proto.DrugSegmentState;
import io.consilium.proto.DrugStep;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Segments of a lot, which stay sorted by id. */
final class Segments {
    private static final int IDS_TAG = DrugSegmentState.IDS_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;

    private Segments() {}

    /** The ids of a segment as it is stored, which stand first: whoever looks through a thousand reads nothing else. */
    static ByteBuffer ids(byte[] stored) {
        CodedInputStream in = CodedInputStream.newInstance(stored);
        try {
            if (in.readTag() != IDS_TAG) {
                return ItemIds.row(DrugSegmentState.parseFrom(stored).getIds());
            }
            int size = in.readRawVarint32();
            return ByteBuffer.wrap(stored, in.getTotalBytesRead(), size).slice();
        } catch (IOException | IndexOutOfBoundsException malformed) {
            throw new BrokenStateException("a segment of a lot cannot be read: restore a backup", malformed);
        }
    }

    static DrugSegmentState with(DrugSegmentState segment, ByteString added, DrugStep commissioned) {
        ByteString more = ItemIds.sorted(added);
        ByteBuffer oldRow = ItemIds.row(segment.getIds());
        ByteBuffer newRow = ItemIds.row(more);
        int oldCount = ItemIds.count(segment.getIds());
        int count = oldCount + ItemIds.count(more);
        byte[] ids = new byte[count * ItemIds.BYTES];
        byte[] commissionings = new byte[count];
        byte[] parents = new byte[2 * count];
        int number = segment.getCommissionedCount();
        int o = 0;
        int m = 0;
        for (int i = 0; i < count; i++) {
            boolean takesOld = m == ItemIds.count(more)
                    || o < oldCount && ItemIds.compare(oldRow, o * ItemIds.BYTES, newRow, m * ItemIds.BYTES) < 0;
            if (takesOld) {
                segment.getIds().copyTo(ids, o * ItemIds.BYTES, i * ItemIds.BYTES, ItemIds.BYTES);
                commissionings[i] = segment.getCommissionings().byteAt(o);
                Packs.setParent(parents, i, Packs.parent(segment.getParents(), o));
                o++;
            } else {
                more.copyTo(ids, m * ItemIds.BYTES, i * ItemIds.BYTES, ItemIds.BYTES);
                commissionings[i] = (byte) number;
                m++;
            }
        }
        DrugSegmentState.Builder merged = segment.toBuilder()
                .setIds(ByteString.copyFrom(ids))
                .setCommissionings(ByteString.copyFrom(commissionings))
                .addCommissioned(commissioned);
        if (segment.getPackedCount() > 0) {
            merged.setParents(ByteString.copyFrom(parents));
        }
        return merged.build();
    }
}
