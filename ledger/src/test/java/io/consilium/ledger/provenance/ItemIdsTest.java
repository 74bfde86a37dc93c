package io.consilium.ledger.provenance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Rows of ids against lists of them, which know no first bits. */
class ItemIdsTest {
    /** Drawn from few ids, so that some repeat, and from few beginnings, as somebody might choose them to collide. */
    @Provide
    Arbitrary<List<ByteString>> rows() {
        Arbitrary<byte[]> beginnings = Arbitraries.of((byte) 0, (byte) 0x7f, (byte) 0x80, (byte) 0xff)
                .array(byte[].class)
                .ofSize(8);
        Arbitrary<byte[]> ends = Arbitraries.of((byte) 0, (byte) 1, (byte) 0x80)
                .array(byte[].class)
                .ofSize(8);
        Arbitrary<ByteString> colliding = beginnings.flatMap(
                begin -> ends.map(end -> ByteString.copyFrom(begin).concat(ByteString.copyFrom(end))));
        Arbitrary<ByteString> random =
                Arbitraries.bytes().array(byte[].class).ofSize(ItemIds.BYTES).map(ByteString::copyFrom);
        return Arbitraries.oneOf(colliding, random).list().ofMaxSize(300);
    }

    private static List<ByteString> ascending(List<ByteString> ids) {
        List<ByteString> sorted = new ArrayList<>(ids);
        sorted.sort(ByteString.unsignedLexicographicalComparator());
        return sorted;
    }

    @Property(tries = 200)
    @Label("DRU-2 a row is sorted as its ids are, those with the same first bits too")
    void sorts(@ForAll("rows") List<ByteString> ids) {
        assertThat(ItemIds.list(ItemIds.sorted(ItemIds.join(ids)))).isEqualTo(ascending(ids));
    }

    @Property(tries = 200)
    @Label("DRU-2 an id is found in an ascending row exactly if it is there")
    void finds(@ForAll("rows") List<ByteString> ids, @ForAll("rows") List<ByteString> others) {
        ByteString row = ItemIds.sorted(ItemIds.join(ids));
        for (ByteString other : others) {
            int place = ItemIds.find(row, other);
            assertThat(place >= 0).isEqualTo(ids.contains(other));
            assertThat(place < 0 || ItemIds.at(row, place).equals(other)).isTrue();
        }
        for (ByteString id : ItemIds.list(ItemIds.join(ids))) {
            assertThat(ItemIds.at(row, ItemIds.find(row, id))).isEqualTo(id);
            assertThat(ItemIds.find(id, id)).isZero();
        }
    }

    @Property(tries = 200)
    @Label(
            "DRU-2 the new serials of a product tell which of its old ones they repeat, and whether they repeat themselves")
    void duplicates(@ForAll("rows") List<ByteString> fresh, @ForAll("rows") List<ByteString> old) {
        SerialSet set = new SerialSet(ItemIds.sorted(ItemIds.join(fresh)));
        List<ByteString> repeated = old.stream().filter(fresh::contains).toList();
        ByteString row =
                ByteString.copyFromUtf8("before").concat(ItemIds.join(old)).substring(6);
        assertThat(set.allIn(ItemIds.row(row))).isEqualTo(repeated);
        assertThat(set.firstIn(row)).isEqualTo(repeated.stream().findFirst());
        assertThat(set.repeated().isPresent())
                .isEqualTo(fresh.stream().distinct().count() < fresh.size());
    }
}
