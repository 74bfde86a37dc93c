package io.consilium.ledger.provenance;

import com.google.protobuf.AbstractParser;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import com.google.protobuf.WireFormat;
import io.consilium.proto.DrugSegmentState;
import io.consilium.proto.DrugStep;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Adds packs to a segment of a lot, which stays sorted by id. */
final class Segments {
    /** Reads the ids of a segment and passes over the rest: a search looks at a thousand segments and wants one. */
    static final Parser<DrugSegmentState> IDS = new AbstractParser<>() {
        @Override
        public DrugSegmentState parsePartialFrom(CodedInputStream input, ExtensionRegistryLite none)
                throws InvalidProtocolBufferException {
            DrugSegmentState.Builder segment = DrugSegmentState.newBuilder();
            try {
                for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
                    if (WireFormat.getTagFieldNumber(tag) == DrugSegmentState.IDS_FIELD_NUMBER) {
                        segment.setIds(input.readBytes());
                    } else {
                        input.skipField(tag);
                    }
                }
            } catch (InvalidProtocolBufferException malformed) {
                throw malformed;
            } catch (IOException impossible) {
                throw new InvalidProtocolBufferException(impossible);
            }
            return segment.build();
        }
    };

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
