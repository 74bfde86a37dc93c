package io.consilium.node.provenance;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.provenance.DrugKeys;
import io.consilium.ledger.state.LedgerState;
import io.consilium.node.api.Caller;
import io.consilium.proto.DrugExceptionState;
import io.consilium.proto.DrugKeyState;
import io.consilium.proto.DrugProductState;
import io.consilium.proto.DrugRecallState;
import io.consilium.proto.DrugShipmentState;
import java.util.Optional;

/** The lists of provenance: what an institution makes, sends, receives, recalls, is asked for and has to look into. */
public final class DrugLists {
    private final Caller caller;
    private final LedgerState state;
    private final DrugPolicy policy;

    public DrugLists(Caller caller, LedgerState state) {
        this.caller = caller;
        this.state = state;
        this.policy = new DrugPolicy(state);
    }

    /** The index of a list; the caller has checked the list's name. */
    public static String index(String list) {
        return switch (list) {
            case "products" -> LedgerIndexes.INSTITUTION_PRODUCTS;
            case "shipments" -> LedgerIndexes.INSTITUTION_SHIPMENTS;
            case "recalls" -> LedgerIndexes.INSTITUTION_RECALLS;
            case "exceptions" -> LedgerIndexes.INSTITUTION_EXCEPTIONS;
            case "key-requests" -> LedgerIndexes.OWNER_KEY_REQUESTS;
            default -> throw new IllegalArgumentException("provenance has no list of " + list);
        };
    }

    /** What an entry of the list stands for, if the caller may see it. */
    public Optional<? extends MessageLite> object(String list, ByteString id) {
        return switch (list) {
            case "products" ->
                state.read(DrugKeys.product(id), DrugProductState.parser())
                        .filter(product -> policy.sees(caller, product));
            case "shipments" ->
                state.read(DrugKeys.shipment(id), DrugShipmentState.parser())
                        .filter(shipment -> policy.sees(caller, shipment));
            case "recalls" ->
                state.read(DrugKeys.recall(id), DrugRecallState.parser()).filter(recall -> policy.sees(caller, recall));
            case "exceptions" ->
                state.read(DrugKeys.exception(id), DrugExceptionState.parser())
                        .filter(exception -> policy.sees(caller, exception));
            case "key-requests" ->
                state.read(DrugKeys.request(id), DrugKeyState.parser()).filter(request -> policy.sees(caller, request));
            default -> Optional.empty();
        };
    }
}
