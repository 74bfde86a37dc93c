package io.consilium.ledger.provenance;

import static io.consilium.ledger.TestChain.id;
import static io.consilium.ledger.provenance.DrugWorld.PACKER;
import static io.consilium.ledger.provenance.DrugWorld.PRODUCT;
import static io.consilium.ledger.provenance.DrugWorld.pack;
import static io.consilium.ledger.provenance.DrugWorld.packs;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.ledger.state.LedgerState;
import io.consilium.proto.DrugItemSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Where a pack lies that has no value of its own. */
class PackSearchTest {
    private static final int LOTS = 6;
    private static final int PACKS_A_LOT = 1_500;
    private static final String SEGMENT = "drug-segment/";

    private final DrugWorld world = new DrugWorld();
    private final List<String> segmentsRead = new ArrayList<>();
    private final PackSearch search = new PackSearch(new LedgerState(key -> {
        if (key.text().startsWith(SEGMENT)) {
            segmentsRead.add(key.text());
        }
        return world.chain.get(key);
    }));

    @BeforeEach
    void lots() {
        for (int lot = 0; lot < LOTS; lot++) {
            assertThat(world.act(
                            PACKER,
                            world.commissioning("lot " + lot, packs(lot * PACKS_A_LOT, (lot + 1) * PACKS_A_LOT))))
                    .isEqualTo("OK");
        }
    }

    private static ByteString lot(int number) {
        return DrugBlinding.bound("helix", id("lot " + number));
    }

    private Optional<ByteString> lotOf(int pack, ByteString likely) {
        return search.find(PRODUCT, pack(pack), likely)
                .map(place -> place.item().getLotId());
    }

    @Test
    @DisplayName("DRU-2 DRU-7 a pack is looked for in the lot that its code names first, and found wherever it lies")
    void dru7_lotNamed() {
        assertThat(lotOf(3, lot(0))).contains(lot(0));
        assertThat(segmentsRead).as("of a dozen").allMatch(key -> key.startsWith(key(lot(0))));
        for (ByteString likely : List.of(lot(0), lot(2), lot(5), id("another lot"), ByteString.EMPTY)) {
            for (int lot = 0; lot < LOTS; lot++) {
                assertThat(lotOf(lot * PACKS_A_LOT, likely)).contains(lot(lot));
                assertThat(lotOf((lot + 1) * PACKS_A_LOT - 1, likely)).contains(lot(lot));
            }
            assertThat(lotOf(LOTS * PACKS_A_LOT, likely)).isEmpty();
        }
    }

    @Test
    @DisplayName("DRU-2 many packs are found in one pass, each where it lies")
    void dru2_many() {
        List<ByteString> ids = IntStream.range(0, LOTS * PACKS_A_LOT + 10)
                .filter(number -> number % 7 == 0)
                .mapToObj(DrugWorld::pack)
                .toList();
        List<PackSearch.Held> places = search.places(PRODUCT, ids);
        assertThat(segmentsRead.stream().distinct().count()).isEqualTo(2 * LOTS);
        assertThat(places.stream().map(held -> held.set().getIds()))
                .containsExactlyInAnyOrderElementsOf(ids.subList(0, places.size()));
        assertThat(places).hasSize((LOTS * PACKS_A_LOT + 6) / 7);
        for (PackSearch.Held held : places) {
            DrugItemSet set = held.set();
            assertThat(search.find(PRODUCT, set.getIds()).map(PackSearch.Place::set))
                    .contains(set);
        }
    }

    private static String key(ByteString lot) {
        String first = DrugKeys.segment(lot, 0).text();
        return first.substring(0, first.length() - 1);
    }
}
