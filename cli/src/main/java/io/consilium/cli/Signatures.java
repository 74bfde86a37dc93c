package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.client.VerificationFailed;
import io.consilium.client.VerifiedReceipt;
import io.consilium.crypto.Hash;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TransactionResponse;
import io.consilium.proto.TransactionSigner;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Who signed, when, and what the signature means, wherever something signed is shown (ACC-5, 21 CFR 11.50). */
final class Signatures {
    private Signatures() {}

    /** The three together; the time is that of the block. */
    static Map<String, Object> of(VerifiedReceipt receipt) {
        TransactionBody body = receipt.transaction().body();
        Map<String, Object> signature = new LinkedHashMap<>();
        signature.put("by", by(body));
        signature.put("time", Dates.text(receipt.header().timestampMillis()));
        signature.put("meaning", meaning(body));
        signature.put("txId", receipt.transaction().txId().hex());
        return signature;
    }

    /** Of a transaction that the caller may see, proven from the genesis. */
    static Map<String, Object> of(Session session, Hash txId) throws ClientException {
        TransactionResponse response = session.client().transaction(txId);
        VerifiedReceipt receipt =
                session.verifier().verify(response.getReceiptProof().toByteArray());
        if (!receipt.transaction().txId().equals(txId)) {
            throw new VerificationFailed(
                    "RECEIPT_OTHER",
                    "The node answered with the receipt of another transaction",
                    "Ask another node with --node");
        }
        return of(receipt);
    }

    static String by(TransactionBody body) {
        List<String> actors =
                body.getSignersList().stream().map(TransactionSigner::getActor).toList();
        return String.join(", ", actors);
    }

    /** What the signature says, whether the ledger applied or refused it. */
    static String meaning(TransactionBody body) {
        return switch (body.getPayloadCase()) {
            case NOOP -> "changes nothing";
            case EVIDENCE -> "hands in the proof of a validator's fault";
            case MEMBER_ADD -> "adds a member";
            case MEMBER_SUSPEND -> body.getMemberSuspend().getReinstate() ? "reinstates a member" : "suspends a member";
            case MEMBER_ROTATE_KEY -> "replaces keys";
            case PATIENT_REGISTER -> "registers a patient";
            case PATIENT_GUARDIAN ->
                body.getPatientGuardian().hasAppoint() ? "appoints a guardian" : "ends a guardian's mandate";
            case PATIENT_CONTROLLER -> "sets the patient's own key";
            case RECORD_REGISTER -> "registers a record as its author";
            case RECORD_AMEND -> "amends a record as the author of a new version";
            case RECORD_MARK ->
                body.getRecordMark().getEnteredInError()
                        ? "marks a record as entered in error"
                        : "takes back that a record was entered in error";
            case RECORD_ERASE -> "orders the erasure of a record";
            case RECORD_HOLD ->
                body.getRecordHold().getRelease() ? "ends the hold on a record" : "puts a record on hold";
            case ERASURE_ACK -> "acknowledges that its copy is destroyed";
            case CONSENT_GRANT -> "grants a consent";
            case CONSENT_AMEND -> "amends a consent";
            case CONSENT_REVOKE -> "revokes a consent";
            case ACCESS_REQUEST -> "asks for access";
            case ACCESS_USE -> "reads as the custodian's own staff";
            case DISCLOSE -> "hands a record over";
            case ACCESS_OUTCOME -> "judges sealed conditions as the custodian";
            case BREAK_GLASS -> "breaks the glass";
            case BREAK_GLASS_REVIEW -> "reviews a break-glass";
            case TRIAL -> "acts in a clinical trial: " + words(body.getTrial().getActionCase());
            case DRUG ->
                "acts in the supply of medicines: " + words(body.getDrug().getActCase());
            default -> words(body.getPayloadCase());
        };
    }

    private static String words(Enum<?> name) {
        return name.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
