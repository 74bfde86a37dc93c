package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.BlindingKey;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.VerifiedReceipt;
import io.consilium.ledger.provenance.ItemIds;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugCommission;
import io.consilium.proto.DrugExceptionKind;
import io.consilium.proto.DrugFind;
import io.consilium.proto.DrugRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Packs of a lot are made, in parts that fit a transaction. Who is cut off gives the same list again: parts that are made
 * are passed over, so that they are no duplicates (DRU-2).
 */
record Commissioning(
        Session session, DrugDesk desk, BlindingKey key, String lot, String expiry, long endMillis, long atMillis) {
    /** Packs of one transaction. */
    private static final int PACKS = 15_000;

    /** Every serial is well formed, and stands in the list once: a slip of the list is no second pack. */
    static void requireOnce(String gtin, List<String> serials) throws ClientException {
        Map<String, Integer> lines = new LinkedHashMap<>();
        for (int i = 0; i < serials.size(); i++) {
            DrugDesk.pack(gtin, serials.get(i));
            Integer before = lines.putIfAbsent(serials.get(i), i + 1);
            if (before != null) {
                throw new ClientException(
                        FailureClass.REFUSED,
                        "SERIAL_REPEATED",
                        "DRU-2",
                        "",
                        "The serial " + serials.get(i) + " is named twice, as number " + before + " and " + (i + 1)
                                + "; nothing was commissioned",
                        "Correct the list, or find out who was given the serial twice");
            }
        }
    }

    void run(List<String> serials) throws ClientException {
        for (int from = 0; from < serials.size(); from += PACKS) {
            List<String> part = serials.subList(from, Math.min(serials.size(), from + PACKS));
            boolean last = from + PACKS >= serials.size();
            Optional<Writes.Written> written;
            try {
                boolean made = serials.size() > PACKS && isMade(part);
                written = made
                        ? Optional.empty()
                        : Optional.of(desk.acts().submit(commission(part), ids(serials.size(), from)));
            } catch (ClientException cutOff) {
                if (from > 0) {
                    session.output()
                            .say(from + " of " + serials.size()
                                    + " packs are commissioned. Give the same command again to go on");
                }
                throw cutOff;
            }
            if (written.isEmpty() && last) {
                session.output().result(ids(serials.size(), serials.size()));
            } else if (written.isPresent() && (last || isRefused(written.get()))) {
                finish(written.get(), part, from);
                return;
            }
        }
    }

    private static boolean isRefused(Writes.Written written) {
        return written.receipt().isPresent() && !written.applied();
    }

    private Map<String, Object> ids(int packs, int done) {
        Map<String, Object> ids = new LinkedHashMap<>();
        ids.put("productId", Ids.text(key.productId()));
        ids.put("lotId", Ids.text(key.lotId(lot)));
        ids.put("packs", packs);
        if (packs > PACKS) {
            ids.put("packsDone", done);
        }
        return ids;
    }

    /** Whether all of the packs are of this lot already; the first of them tells it of most parts. */
    private boolean isMade(List<String> part) throws ClientException {
        return found(part.subList(0, 1)) == 1 && found(part) == part.size();
    }

    private int found(List<String> part) throws ClientException {
        ByteString lotId = key.lotId(lot);
        return desk
                .ask(DrugRequest.newBuilder()
                        .setFind(DrugFind.newBuilder()
                                .setProductId(key.productId())
                                .setIds(ItemIds.join(blinded(part))))
                        .build())
                .getFound()
                .getItemsList()
                .stream()
                .filter(set -> set.getLotId().equals(lotId))
                .mapToInt(set -> ItemIds.count(set.getIds()))
                .sum();
    }

    private List<ByteString> blinded(List<String> serials) {
        return serials.stream().map(key::itemId).toList();
    }

    private DrugAction.Builder commission(List<String> part) throws ClientException {
        return DrugAction.newBuilder()
                .setEventTimeMillis(atMillis)
                .setCommission(DrugCommission.newBuilder()
                        .setProductId(key.productId())
                        .setLotId(key.lotId(lot))
                        .setLotSeed(key.lotSeed(lot))
                        .setExpiryMillis(endMillis)
                        .setSealedLot(key.seal(lot + "\n" + expiry))
                        .setIds(ItemIds.join(blinded(part))));
    }

    /** Prints what became of the packs; of a duplicate, which serial it is. */
    private void finish(Writes.Written written, List<String> part, int done) throws ClientException {
        Writes.Written shown = desk.acts().withExceptions(written);
        Set<ByteString> twice = new LinkedHashSet<>();
        desk.acts().exceptions(written.receipt().map(VerifiedReceipt::receipt)).stream()
                .filter(exception -> exception.getKind() == DrugExceptionKind.DRUG_DUPLICATE_SERIAL)
                .forEach(exception -> twice.add(exception.getObject()));
        List<String> duplicates = new ArrayList<>(part);
        duplicates.removeIf(serial -> !twice.contains(key.itemId(serial)));
        if (!duplicates.isEmpty()) {
            shown.result().put("duplicates", duplicates);
            shown.result().put("packsDone", done);
        } else if (written.applied()) {
            Optional.ofNullable(shown.result().get("packsDone"))
                    .ifPresent(before -> shown.result().put("packsDone", done + part.size()));
        }
        new Writes(session).print(shown);
    }
}
