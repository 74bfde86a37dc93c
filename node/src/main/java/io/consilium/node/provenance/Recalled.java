package io.consilium.node.provenance;

import com.google.protobuf.ByteString;
import io.consilium.ledger.provenance.DrugKeys;
import io.consilium.ledger.provenance.PackSearch;
import io.consilium.ledger.state.LedgerState;
import io.consilium.proto.DrugContainerState;
import io.consilium.proto.DrugLotState;
import io.consilium.proto.DrugProductState;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/** Which of many goods are recalled, each lot looked up once: who receives them is warned (DRU-6). */
final class Recalled {
    private final LedgerState state;
    private final Map<ByteString, Boolean> lots = new TreeMap<>(lexicographical());

    Recalled(LedgerState state) {
        this.state = state;
    }

    private static Comparator<ByteString> lexicographical() {
        return ByteString.unsignedLexicographicalComparator();
    }

    boolean is(PackSearch.Held pack) {
        return pack.recalled() || lot(pack.set().getLotId());
    }

    /** Something in it is recalled or stopped. */
    boolean is(DrugContainerState container) {
        return container.getBlocked() > 0 || container.getLotsList().stream().anyMatch(this::lot);
    }

    private boolean lot(ByteString id) {
        return lots.computeIfAbsent(id, this::isRecalled);
    }

    private boolean isRecalled(ByteString lotId) {
        DrugLotState lot = new PackSearch(state).lot(lotId);
        return !lot.getRecallId().isEmpty()
                || state.read(DrugKeys.product(lot.getProductId()), DrugProductState.parser())
                        .filter(product -> !product.getRecallId().isEmpty())
                        .isPresent();
    }
}
