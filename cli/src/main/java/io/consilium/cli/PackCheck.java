package io.consilium.cli;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.consilium.client.BlindingKey;
import io.consilium.client.ClientException;
import io.consilium.client.SealedDetails;
import io.consilium.client.VerificationReceipt;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugExceptionKind;
import io.consilium.proto.DrugReport;
import io.consilium.proto.DrugRequest;
import io.consilium.proto.DrugVerification;
import io.consilium.proto.DrugVerified;
import io.consilium.proto.DrugVerify;
import io.consilium.proto.InstitutionState;
import java.nio.charset.StandardCharsets;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Holds what is printed on a pack against the chain; what the chain denies is reported to the manufacturer (DRU-8). */
final class PackCheck {
    static final String RECEIPT = "receipt";
    static final String ITEM = "item";
    static final String LOT = "lot";
    static final String EXPIRY = "expiry";
    private static final String NO_SERIAL = "No_match_GTIN_Serial";

    private final Session session;
    private final DrugDesk desk;

    PackCheck(Session session, DrugDesk desk) {
        this.session = session;
        this.desk = desk;
    }

    /** What the chain denies, to be told to the manufacturer. */
    record Signal(DrugReport.Builder report, String owner, String text) {}

    record Answer(boolean verified, Map<String, Object> shown, Optional<Signal> signal) {
        /** In words for the chain: what of the pack is not the chain's. */
        Optional<DrugExceptionKind> mismatch() {
            return signal.map(found -> found.report().getKind())
                    .filter(kind -> kind != DrugExceptionKind.DRUG_UNKNOWN_SERIAL);
        }
    }

    Answer check(PrintedPack printed) throws ClientException {
        Optional<BlindingKey> key = desk.product(printed.key());
        if (key.isEmpty()) {
            Map<String, Object> shown = shown(false, NO_SERIAL, "", "UNKNOWN");
            asked(shown, printed);
            return new Answer(false, shown, unknownProduct(printed));
        }
        DrugVerify.Builder question = DrugVerify.newBuilder()
                .setProductId(key.get().productId())
                .setItemId(key.get().itemId(printed.key().serial()));
        printed.lot().ifPresent(lot -> question.setLotId(key.get().lotId(lot)));
        printed.expiryMillis().ifPresent(question::setExpiryMillis);
        DrugVerified signed =
                desk.ask(DrugRequest.newBuilder().setVerify(question).build()).getVerified();
        DrugVerification answer = proven(question.build(), signed);
        Map<String, Object> shown =
                shown(answer.getVerified(), answer.getReason(), answer.getAdditionalInfo(), answer.getStatus());
        asked(shown, printed);
        shown.put("timestamp", Dates.text(answer.getTimeMillis()));
        shown.put("height", answer.getHeight());
        shown.put("asOf", Dates.text(answer.getTipMillis()));
        Map<String, Object> receipt = new LinkedHashMap<>();
        receipt.put("signer", answer.getResponder());
        receipt.put("verification", hex(signed.getVerification()));
        receipt.put("signature", hex(signed.getSignature()));
        shown.put(RECEIPT, receipt);
        Optional<InstitutionState> owner = desk.owner(printed.key());
        Optional<Signal> signal = kind(answer.getReason())
                .map(kind -> new Signal(
                        DrugReport.newBuilder()
                                .setKind(kind)
                                .setProductId(question.getProductId())
                                .setItemId(question.getItemId()),
                        owner.map(InstitutionState::getId).orElseThrow(),
                        text(printed)));
        return new Answer(answer.getVerified(), shown, signal);
    }

    /** What was asked, for whoever is given the answer. */
    static void asked(Map<String, Object> shown, PrintedPack printed) {
        shown.put(ITEM, printed.key().elementString());
        printed.lot().ifPresent(lot -> shown.put(LOT, lot));
        printed.lastDay().ifPresent(day -> shown.put(EXPIRY, day));
    }

    /** Nobody made it, and yet it carries the prefix of one who makes others: he is told. */
    private Optional<Signal> unknownProduct(PrintedPack printed) throws ClientException {
        Optional<String> maker = desk.owner(printed.key())
                .filter(owner -> owner.getRolesList().contains("MANUFACTURER"))
                .map(InstitutionState::getId);
        return maker.map(id -> new Signal(
                DrugReport.newBuilder()
                        .setKind(DrugExceptionKind.DRUG_UNKNOWN_SERIAL)
                        .setMaker(id),
                id,
                text(printed)));
    }

    private static String text(PrintedPack printed) {
        return printed.key().elementString()
                + printed.lot().map(lot -> "(10)" + lot).orElse("")
                + printed.expiryMillis()
                        .map(end -> "(17)" + Dates.lastDay(end).format(DateTimeFormatter.ofPattern("yyMMdd")))
                        .orElse("");
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

    private static Optional<DrugExceptionKind> kind(String reason) {
        return switch (reason) {
            case NO_SERIAL -> Optional.of(DrugExceptionKind.DRUG_UNKNOWN_SERIAL);
            case "No_match_GTIN_Serial_Lot", "No_match_GTIN_Serial_Lot_Expiry" ->
                Optional.of(DrugExceptionKind.DRUG_LOT_MISMATCH);
            case "No_match_GTIN_Serial_Expiry" -> Optional.of(DrugExceptionKind.DRUG_EXPIRY_MISMATCH);
            default -> Optional.empty();
        };
    }

    /** Whether the chain took the report: roles that only look cannot report, and nobody can while no quorum answers. */
    boolean report(Signal signal) {
        if (session.options().dryRun) {
            return false;
        }
        try {
            DrugReport.Builder report = signal.report();
            if (report.getItemId().isEmpty()) {
                report.setItemId(desk.ownLogistics().eventId(signal.text()));
            }
            SortedSet<String> readers = new TreeSet<>(List.of(session.institution(), signal.owner()));
            session.genesis().document().getInstitutionsList().stream()
                    .filter(institution -> institution.getRolesList().contains("REGULATOR"))
                    .forEach(institution -> readers.add(institution.getId()));
            SealedDetails.Sealed details =
                    SealedDetails.seal(signal.text().getBytes(StandardCharsets.UTF_8), desk.readerKeys(readers));
            report.setSealedDetails(details.bytes()).addAllDetailsReaders(details.readers());
            return desk.acts()
                    .commit(DrugAction.newBuilder().setReport(report).build())
                    .getCode()
                    .equals("OK");
        } catch (ClientException failed) {
            session.output().detail("It is not reported: " + failed.getMessage());
            return false;
        }
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }
}
