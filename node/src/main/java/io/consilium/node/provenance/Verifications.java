package io.consilium.node.provenance;

import io.consilium.crypto.Signer;
import io.consilium.ledger.provenance.DrugAnswers;
import io.consilium.ledger.provenance.PackSearch;
import io.consilium.node.NodeGateway;
import io.consilium.node.api.Caller;
import io.consilium.node.api.StateView;
import io.consilium.proto.DrugAnswered;
import io.consilium.proto.DrugItemState;
import io.consilium.proto.DrugLotState;
import io.consilium.proto.DrugSigned;
import io.consilium.proto.DrugStatus;
import io.consilium.proto.DrugVerification;
import io.consilium.proto.DrugVerified;
import io.consilium.proto.DrugVerify;
import java.util.Optional;

/**
 * Whether a pack is what its code says, in the words of the verification router service (GS1 Lightweight Messaging
 * Standard for DSCSA Verification of Product Identifiers 1.3), signed by the institution that answers (DRU-7).
 *
 * <p>What must not be handed out is not verified, even where the identifier matches: recalled, expired, suspect,
 * decommissioned. The standard leaves that to the maker's policy.
 */
final class Verifications {
    static final String NO_SERIAL = "No_match_GTIN_Serial";
    static final String NO_LOT = "No_match_GTIN_Serial_Lot";
    static final String NO_EXPIRY = "No_match_GTIN_Serial_Expiry";
    static final String NO_LOT_EXPIRY = "No_match_GTIN_Serial_Lot_Expiry";
    static final String NOT_FOR_REDISTRIBUTION = "Not_for_re-distribution";

    private static final long DAY_MILLIS = 24L * 60 * 60 * 1_000;

    private final NodeGateway node;
    private final Answering answering;

    Verifications(NodeGateway node, Signer institution) {
        this.node = node;
        this.answering = new Answering(node, institution);
    }

    /** @param pack what was found under the ids of the question */
    DrugVerified verify(Caller caller, DrugVerify verify, Optional<DrugItemState> pack, StateView view) {
        DrugPolicy policy = new DrugPolicy(view.state());
        policy.requireVerifies(caller, verify.getProductId());
        DrugAnswered by = answering.by(caller, view);
        DrugVerification.Builder answer = DrugVerification.newBuilder()
                .setChainId(by.getChainId())
                .setProductId(verify.getProductId())
                .setItemId(verify.getItemId())
                .setLotId(verify.getLotId())
                .setExpiryMillis(verify.getExpiryMillis())
                .setHeight(by.getHeight())
                .setTipMillis(by.getTipMillis())
                .setTimeMillis(by.getTimeMillis())
                .setResponder(by.getResponder())
                .setRequester(by.getRequester());
        if (pack.isPresent()) {
            answer(caller, answer, verify, pack.get(), view);
            if (!policy.seesItem(caller, pack.get())) {
                answer.setStatus(PackStatus.forStranger(answer.getStatus()));
            }
        } else {
            answer.setReason(NO_SERIAL).setStatus("UNKNOWN");
        }
        DrugSigned signed = answering.signed(DrugAnswers.VERIFICATION, answer.build());
        return DrugVerified.newBuilder()
                .setVerification(signed.getAnswer())
                .setSignature(signed.getSignature())
                .build();
    }

    private void answer(
            Caller caller, DrugVerification.Builder answer, DrugVerify verify, DrugItemState item, StateView view) {
        DrugLotState lot = new PackSearch(view.state()).lot(item.getLotId());
        answer.setStatus(PackStatus.of(view.state(), item, lot, node.nowMillis()));
        boolean lotDiffers = !verify.getLotId().isEmpty() && !verify.getLotId().equals(item.getLotId());
        boolean expiryDiffers =
                verify.getExpiryMillis() != 0 && lastDay(verify.getExpiryMillis()) != lastDay(lot.getExpiryMillis());
        if (lotDiffers || expiryDiffers) {
            answer.setReason(lotDiffers ? expiryDiffers ? NO_LOT_EXPIRY : NO_LOT : NO_EXPIRY);
            return;
        }
        // before all: a pack that its holder has rightly stopped is recalled all the same
        if (PackStatus.isRecalled(view.state(), item, lot)) {
            stopped(answer, "Recalled");
            return;
        }
        switch (answer.getStatus()) {
            case "ACTIVE", "IN_TRANSIT", PackStatus.OPENED -> {
                // its holder hands out the rest of an opened pack; nobody else gets it, on its way back neither
                boolean opened = item.getStatus() == DrugStatus.DRUG_PARTIALLY_DISPENSED;
                boolean here =
                        answer.getStatus().equals(PackStatus.OPENED) && DrugPolicy.isOf(caller, item.getCustodian());
                if (opened && !here) {
                    stopped(answer, "");
                } else {
                    answer.setVerified(true);
                }
            }
            case "EXPIRED" -> stopped(answer, "Expired");
            case "ILLEGITIMATE" -> stopped(answer, "Illegitimate");
            case "SUSPECT", PackStatus.MISSING -> stopped(answer, "Suspect");
            // stopped, which is no suspicion, or at its end; its date still says what to do where such a pack shows up
            // again
            default -> stopped(answer, lot.getExpiryMillis() <= node.nowMillis() ? "Expired" : "");
        }
    }

    /** The day that is printed: a lot may end within it. */
    private static long lastDay(long endMillis) {
        return Math.floorDiv(endMillis - 1, DAY_MILLIS);
    }

    private static void stopped(DrugVerification.Builder answer, String additionalInfo) {
        answer.setReason(NOT_FOR_REDISTRIBUTION).setAdditionalInfo(additionalInfo);
    }
}
