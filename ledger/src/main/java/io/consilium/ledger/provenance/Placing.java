package io.consilium.ledger.provenance;

import com.google.protobuf.ByteString;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugItemSet;
import io.consilium.proto.DrugPack;
import java.util.ArrayList;
import java.util.List;

/**
 * Where packs lie that a document names and commissions itself: its sender cannot know the segment before the document is
 * applied, so it names them without a lot. All other packs are named by their place.
 */
final class Placing {
    private Placing() {}

    static DrugAction placed(DrugBook book, DrugAction action) {
        return switch (action.getActCase()) {
            case PACK -> {
                DrugAction.Builder placed = action.toBuilder();
                for (DrugPack.Aggregation.Builder aggregation :
                        placed.getPackBuilder().getAggregationsBuilderList()) {
                    List<DrugItemSet> sets = sets(book, aggregation.getItemsList());
                    aggregation.clearItems().addAllItems(sets);
                }
                yield placed.build();
            }
            case UNPACK -> {
                List<DrugItemSet> sets = sets(book, action.getUnpack().getItemsList());
                DrugAction.Builder placed = action.toBuilder();
                placed.getUnpackBuilder().clearItems().addAllItems(sets);
                yield placed.build();
            }
            case SHIP -> {
                List<DrugItemSet> sets = sets(book, action.getShip().getItemsList());
                DrugAction.Builder placed = action.toBuilder();
                placed.getShipBuilder().clearItems().addAllItems(sets);
                yield placed.build();
            }
            case RECEIVE -> {
                List<DrugItemSet> sets = sets(book, action.getReceive().getItemsList());
                DrugAction.Builder placed = action.toBuilder();
                placed.getReceiveBuilder().clearItems().addAllItems(sets);
                yield placed.build();
            }
            case STATUS_CHANGE -> {
                List<DrugItemSet> sets = sets(book, action.getStatusChange().getItemsList());
                DrugAction.Builder placed = action.toBuilder();
                placed.getStatusChangeBuilder().clearItems().addAllItems(sets);
                yield placed.build();
            }
            default -> action;
        };
    }

    private static List<DrugItemSet> sets(DrugBook book, List<DrugItemSet> sets) {
        if (sets.stream().noneMatch(set -> set.getLotId().isEmpty())) {
            return sets;
        }
        List<DrugItemSet> placed = new ArrayList<>();
        for (DrugItemSet set : sets) {
            if (!set.getLotId().isEmpty()) {
                placed.add(set);
                continue;
            }
            for (ByteString id : ItemIds.list(set.getIds())) {
                placed.add(book.madeAt(set.getProductId(), id).orElse(set).toBuilder()
                        .setIds(id)
                        .build());
            }
        }
        return PackSearch.joined(placed);
    }
}
