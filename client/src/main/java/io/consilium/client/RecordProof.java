package io.consilium.client;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.proto.RecordAmend;
import io.consilium.proto.RecordRegister;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TrialCorrect;
import io.consilium.proto.TrialSubmit;
import java.io.IOException;
import java.util.HexFormat;

/**
 * What a file, its opening and the genesis prove together: that this content was registered, when and by whom (REC-3).
 *
 * @param recordId of the record, or of the dataset of a trial
 * @param trialId of the trial whose dataset it is; empty for a record
 * @param author the member who signed
 */
public record RecordProof(
        String recordId,
        String trialId,
        long version,
        String author,
        String custodian,
        String txId,
        long height,
        long timeMillis,
        String commitment) {

    /** Offline; throws {@link VerificationFailed} when anything does not fit. */
    public static RecordProof verify(Payload file, Opening opening, ReceiptVerifier verifier)
            throws ClientException, IOException {
        VerifiedReceipt receipt = verifier.verify(opening.receipt());
        TransactionBody body = receipt.transaction().body();
        Registered registered = Registered.of(body);
        if (!receipt.applied() || registered.commitment().isEmpty()) {
            throw new VerificationFailed(
                    "NOT_A_REGISTRATION",
                    "The receipt in the opening registers no record and no dataset",
                    "Use the opening that record add, record get or trial submit wrote");
        }
        Hash commitment = PayloadSealer.commitment(opening.salt(), file);
        if (!commitment.equals(Hash.of(registered.commitment().toByteArray()))) {
            throw new VerificationFailed(
                    "CONTENT_DIFFERS",
                    "The file is not the content that was registered",
                    "Compare it with the original; one changed byte is enough");
        }
        return new RecordProof(
                HexFormat.of().formatHex(registered.id().toByteArray()),
                body.hasTrial()
                        ? HexFormat.of().formatHex(body.getTrial().getTrialId().toByteArray())
                        : "",
                registered.version(),
                body.getSigners(0).getActor(),
                body.getRecordRegister().getCustodian(),
                receipt.transaction().txId().hex(),
                receipt.header().height(),
                receipt.header().timestampMillis(),
                commitment.hex());
    }

    /** What a transaction registers; without a commitment where it registers no content. */
    private record Registered(ByteString id, long version, ByteString commitment) {
        static Registered of(TransactionBody body) {
            if (body.hasRecordRegister()) {
                RecordRegister register = body.getRecordRegister();
                return new Registered(
                        register.getRecordId(), 1, register.getContent().getCommitment());
            }
            if (body.hasRecordAmend()) {
                RecordAmend amend = body.getRecordAmend();
                return new Registered(
                        amend.getRecordId(),
                        amend.getPredecessor() + 1,
                        amend.getContent().getCommitment());
            }
            if (body.getTrial().hasSubmit()) {
                TrialSubmit submit = body.getTrial().getSubmit();
                return new Registered(
                        submit.getDatasetId(), 1, submit.getContent().getCommitment());
            }
            TrialCorrect correct = body.getTrial().getCorrect();
            return new Registered(
                    correct.getDatasetId(),
                    correct.getPredecessor() + 1,
                    correct.getContent().getCommitment());
        }
    }
}
