package io.consilium.cli;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.consilium.client.BlindingKey;
import io.consilium.client.ClientException;
import io.consilium.client.VerificationReceipt;
import io.consilium.interop.gs1.Gs1Key;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugExceptionKind;
import io.consilium.proto.DrugReport;
import io.consilium.proto.DrugRequest;
import io.consilium.proto.DrugVerification;
import io.consilium.proto.DrugVerified;
import io.consilium.proto.DrugVerify;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Holds what is printed on a pack against the chain; what the chain denies is reported to the manufacturer (DRU-8). */
final class PackCheck {
    private static final String NO_SERIAL = "No_match_GTIN_Serial";

    private final Session session;
    private final DrugDesk desk;

    PackCheck(Session session, DrugDesk desk) {
        this.session = session;
        this.desk = desk;
    }

    /**
     * What stands on the pack.
     *
     * @param expiryMillis first moment after the day that is printed
     */
    record Printed(Gs1Key pack, Optional<String> lot, Optional<Long> expiryMillis) {}

    record Answer(boolean verified, Map<String, Object> shown) {}

    Answer check(Printed printed) throws ClientException {
        Optional<BlindingKey> key = desk.product(printed.pack());
        if (key.isEmpty()) {
            return new Answer(false, shown(false, NO_SERIAL, "", "UNKNOWN"));
        }
        DrugVerify.Builder question = DrugVerify.newBuilder()
                .setProductId(key.get().productId())
                .setItemId(key.get().itemId(printed.pack().serial()));
        printed.lot().ifPresent(lot -> question.setLotId(key.get().lotId(lot)));
        printed.expiryMillis().ifPresent(question::setExpiryMillis);
        DrugVerified signed =
                desk.ask(DrugRequest.newBuilder().setVerify(question).build()).getVerified();
        DrugVerification answer = proven(question.build(), signed);
        Map<String, Object> shown =
                shown(answer.getVerified(), answer.getReason(), answer.getAdditionalInfo(), answer.getStatus());
        shown.put("timestamp", Dates.text(answer.getTimeMillis()));
        shown.put("height", answer.getHeight());
        shown.put("asOf", Dates.text(answer.getTipMillis()));
        Map<String, Object> receipt = new LinkedHashMap<>();
        receipt.put("signer", answer.getResponder());
        receipt.put("verification", hex(signed.getVerification()));
        receipt.put("signature", hex(signed.getSignature()));
        shown.put("receipt", receipt);
        Optional<DrugExceptionKind> signal = signal(answer.getReason());
        if (signal.isPresent()) {
            shown.put("reported", report(signal.get(), key.get(), question.build(), printed));
        }
        return new Answer(answer.getVerified(), shown);
    }

    private static Map<String, Object> shown(boolean verified, String reason, String info, String status) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("verified", verified);
        shown.put("reason", reason);
        shown.put("additionalInfo", info);
        shown.put("status", status);
        return shown;
    }

    /** The answer is to this question, and signed by the institution that it names. */
    private DrugVerification proven(DrugVerify question, DrugVerified signed) throws ClientException {
        DrugVerification answer;
        try {
            answer = DrugVerification.parseFrom(signed.getVerification());
        } catch (InvalidProtocolBufferException malformed) {
            throw SignedPath.untrue().causedBy(malformed);
        }
        boolean same = answer.getChainId()
                        .equals(ByteString.copyFrom(session.genesis().chainId().toBytes()))
                && answer.getRequester().equals(session.identity().actor())
                && answer.getProductId().equals(question.getProductId())
                && answer.getItemId().equals(question.getItemId())
                && answer.getLotId().equals(question.getLotId())
                && answer.getExpiryMillis() == question.getExpiryMillis();
        boolean valid =
                same && VerificationReceipt.isSignedBy(signed, SignedAnswer.signer(session, answer.getResponder()));
        if (!valid) {
            throw SignedPath.untrue();
        }
        return answer;
    }

    private static Optional<DrugExceptionKind> signal(String reason) {
        return switch (reason) {
            case NO_SERIAL -> Optional.of(DrugExceptionKind.DRUG_UNKNOWN_SERIAL);
            case "No_match_GTIN_Serial_Lot", "No_match_GTIN_Serial_Lot_Expiry" ->
                Optional.of(DrugExceptionKind.DRUG_LOT_MISMATCH);
            case "No_match_GTIN_Serial_Expiry" -> Optional.of(DrugExceptionKind.DRUG_EXPIRY_MISMATCH);
            default -> Optional.empty();
        };
    }

    /** Whether the chain took the report: roles that only look cannot report. */
    private boolean report(DrugExceptionKind kind, BlindingKey key, DrugVerify question, Printed printed)
            throws ClientException {
        String details = printed.pack().elementString()
                + printed.lot().map(lot -> "(10)" + lot).orElse("");
        return desk.submit(
                        DrugAction.newBuilder()
                                .setReport(DrugReport.newBuilder()
                                        .setKind(kind)
                                        .setProductId(question.getProductId())
                                        .setItemId(question.getItemId())
                                        .setSealedDetails(key.seal(details))),
                        Map.of())
                .applied();
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }
}
