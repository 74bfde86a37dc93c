package io.consilium.node.provenance;

import io.consilium.ledger.provenance.DrugKeys;
import io.consilium.ledger.provenance.PackSearch;
import io.consilium.ledger.state.LedgerState;
import io.consilium.proto.DrugContainerState;
import io.consilium.proto.DrugItemState;
import io.consilium.proto.DrugLotState;
import io.consilium.proto.DrugProductState;
import io.consilium.proto.DrugStatus;
import java.util.Optional;

/** One word for how a pack stands: its own status, unless its lot is recalled or expired, or it is under way. */
final class PackStatus {
    static final String MISSING = "MISSING";
    static final String OPENED = "PARTIALLY_DISPENSED";

    private static final String IN_TRANSIT = "IN_TRANSIT";

    private PackStatus() {}

    /** The same for who is not on the pack's path: neither how its way ended nor that it moves is his business (DRU-9). */
    static String forStranger(String status) {
        return switch (status) {
            case "DISPENSED", OPENED, "SAMPLED", "DESTROYED", "EXPORTED", "DECOMMISSIONED" -> "ENDED";
            case IN_TRANSIT -> "ACTIVE";
            default -> status;
        };
    }

    static String of(LedgerState state, DrugItemState item, DrugLotState lot, long nowMillis) {
        boolean recalled = isRecalled(state, item, lot);
        PackSearch search = new PackSearch(state);
        Optional<DrugStatus> gone = search.gone(item.getParent());
        if (gone.isPresent()) {
            return word(gone.get());
        }
        String own = word(item.getStatus());
        return switch (item.getStatus()) {
            case DRUG_ACTIVE, DRUG_PARTIALLY_DISPENSED ->
                recalled
                        ? "RECALLED"
                        : lot.getExpiryMillis() <= nowMillis
                                ? "EXPIRED"
                                : search.custody(item).underWay() ? IN_TRANSIT : own;
            default -> own;
        };
    }

    private static String word(DrugStatus status) {
        return status.name().substring("DRUG_".length());
    }

    /** Whether the pack itself, its lot or its product is recalled. */
    static boolean isRecalled(LedgerState state, DrugItemState item, DrugLotState lot) {
        return !item.getRecallId().isEmpty()
                || !lot.getRecallId().isEmpty()
                || state.read(DrugKeys.product(item.getProductId()), DrugProductState.parser())
                        .filter(found -> !found.getRecallId().isEmpty())
                        .isPresent();
    }

    static String of(LedgerState state, DrugContainerState container) {
        PackSearch search = new PackSearch(state);
        Optional<DrugStatus> gone = search.gone(container.getId());
        if (gone.isPresent()) {
            return word(gone.get());
        }
        return search.custody(container).underWay() ? IN_TRANSIT : "ACTIVE";
    }
}
