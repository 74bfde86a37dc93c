package io.consilium.ledger.provenance;

import io.consilium.ledger.identity.InstitutionRole;
import io.consilium.ledger.tx.ActorName;
import io.consilium.proto.DrugItemState;
import io.consilium.proto.DrugStatus;
import io.consilium.proto.DrugStep;
import java.util.ArrayList;
import java.util.List;

/**
 * The institutions that have stopped a pack since it could last be handed on. A stop is lifted by who imposed it, or by who
 * stands above: the regulator above all, the manufacturer above holders (DRU-6).
 */
final class Stops {
    private static final List<String> TYPES = List.of("quarantine", "mark-suspect", "mark-illegitimate");

    private final DrugBook book;
    private final String maker;
    private final List<String> imposers = new ArrayList<>();

    private Stops(DrugBook book, String maker) {
        this.book = book;
        this.maker = maker;
    }

    static Stops of(DrugBook book, Packs.Pack pack) {
        Stops stops = new Stops(book, pack.product().getOwner());
        DrugItemState item = pack.item();
        for (int i = item.getHistoryCount() - 1; i >= 0; i--) {
            DrugStep step = item.getHistory(i);
            if (step.getType().equals("release")) {
                break;
            }
            if (TYPES.contains(step.getType())) {
                stops.imposers.add(ActorName.institutionOf(step.getActor()));
            }
            boolean first = step.getBefore() == DrugStatus.DRUG_ACTIVE
                    || step.getBefore() == DrugStatus.DRUG_PARTIALLY_DISPENSED;
            if (first && TYPES.contains(step.getType())) {
                break;
            }
        }
        return stops;
    }

    /** Whether the institution that acts imposed all of them or stands above who did. */
    boolean mayLift() {
        int own = rank(book.institution());
        return imposers.stream().allMatch(imposer -> imposer.equals(book.institution()) || rank(imposer) < own);
    }

    /** Whether the institution that acts has imposed one of them. */
    boolean areOwn() {
        return imposers.contains(book.institution());
    }

    /** Whether a stop by the institution that acts would hold what those in force do not. */
    boolean wouldHoldMore() {
        int own = rank(book.institution());
        return imposers.stream().allMatch(imposer -> rank(imposer) < own);
    }

    private int rank(String institution) {
        boolean regulator = book.call()
                .state()
                .institution(institution)
                .filter(found -> found.getRolesList().contains(InstitutionRole.REGULATOR.name()))
                .isPresent();
        return regulator ? 2 : institution.equals(maker) ? 1 : 0;
    }
}
