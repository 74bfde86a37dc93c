package io.consilium.node.provenance;

import io.consilium.ledger.provenance.DrugKeys;
import io.consilium.ledger.provenance.PackSearch;
import io.consilium.ledger.state.LedgerState;
import io.consilium.proto.DrugContainerState;
import io.consilium.proto.DrugItemState;
import io.consilium.proto.DrugLotState;
import io.consilium.proto.DrugProductState;

/** One word for how a pack stands: its own status, unless its lot is recalled or expired, or it is under way. */
final class PackStatus {
    private PackStatus() {}

    static String of(LedgerState state, DrugItemState item, DrugLotState lot, long nowMillis) {
        boolean recalled = isRecalled(state, item, lot);
        String own = item.getStatus().name().substring("DRUG_".length());
        return switch (item.getStatus()) {
            case DRUG_ACTIVE, DRUG_PARTIALLY_DISPENSED ->
                recalled
                        ? "RECALLED"
                        : lot.getExpiryMillis() <= nowMillis
                                ? "EXPIRED"
                                : new PackSearch(state).custody(item).underWay() ? "IN_TRANSIT" : own;
            default -> own;
        };
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
        if (container.getMissing()) {
            return "MISSING";
        }
        return new PackSearch(state).custody(container).underWay() ? "IN_TRANSIT" : "ACTIVE";
    }
}
