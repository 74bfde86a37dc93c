package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.interop.gs1.Gs1Key;
import io.consilium.ledger.provenance.ItemIds;
import io.consilium.proto.DrugExceptionKind;
import io.consilium.proto.DrugItemSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Lot and date that were scanned with goods have to be those that their manufacturer gave them: else one of two is false,
 * which is reported, and nothing is done with them (DRU-8). Packs of one lot with one print are asked for once.
 */
final class PrintedCheck {
    private PrintedCheck() {}

    private record Print(ByteString lotId, Optional<String> lot, Optional<Long> expiryMillis) {}

    static void require(Session session, DrugDesk desk, Goods goods, List<PrintedPack> printed) throws ClientException {
        Map<Gs1Key, ByteString> lots = new LinkedHashMap<>();
        for (DrugItemSet set : goods.items()) {
            if (!set.getLotId().isEmpty()) {
                ItemIds.list(set.getIds())
                        .forEach(id ->
                                lots.put(Objects.requireNonNull(goods.packs().get(id)), set.getLotId()));
            }
        }
        PackCheck check = new PackCheck(session, desk);
        Set<Print> asked = new LinkedHashSet<>();
        for (PrintedPack pack : printed) {
            ByteString lotId = lots.get(pack.key());
            if (lotId != null && pack.saysMore() && asked.add(new Print(lotId, pack.lot(), pack.expiryMillis()))) {
                require(check, pack);
            }
        }
    }

    private static void require(PackCheck check, PrintedPack pack) throws ClientException {
        PackCheck.Answer answer = check.check(pack);
        Optional<DrugExceptionKind> mismatch = answer.mismatch();
        if (mismatch.isEmpty()) {
            return;
        }
        boolean reported = check.report(answer.signal().orElseThrow());
        boolean lot = mismatch.get() == DrugExceptionKind.DRUG_LOT_MISMATCH;
        throw new ClientException(
                FailureClass.REFUSED,
                lot ? "LOT_MISMATCH" : "EXPIRY_MISMATCH",
                "DRU-8",
                "",
                "On " + pack.key().elementString() + " stands another " + (lot ? "lot" : "expiry date")
                        + " than its manufacturer gave it: one of two packs is false",
                "Keep it apart and hand it to nobody; "
                        + (reported
                                ? "its manufacturer is told"
                                : "tell its manufacturer with consilium drug verify --scan TEXT"));
    }
}
