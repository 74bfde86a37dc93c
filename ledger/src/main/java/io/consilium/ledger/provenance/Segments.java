package io.consilium.ledger.provenance;

import com.google.protobuf.ByteString;
import io.consilium.proto.DrugSegmentState;
import io.consilium.proto.DrugStep;
import java.nio.ByteBuffer;

/** Adds packs to a segment of a lot, which stays sorted by id. */
final class Segments {
    private Segments() {}

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
