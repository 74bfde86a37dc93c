package io.consilium.client;

import io.consilium.crypto.Hash;
import io.consilium.proto.RecordContent;
import io.consilium.proto.TransactionBody;
import java.io.IOException;
import java.util.HexFormat;

/**
 * What a file, its opening and the genesis prove together: that this content was registered, when and by whom (REC-3).
 *
 * @param author the member who signed
 */
public record RecordProof(
        String recordId,
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
        if (!receipt.applied() || !body.hasRecordRegister() && !body.hasRecordAmend()) {
            throw new VerificationFailed(
                    "NOT_A_REGISTRATION",
                    "The receipt in the opening registers no record",
                    "Use the opening that record add or record get wrote");
        }
        RecordContent content = body.hasRecordRegister()
                ? body.getRecordRegister().getContent()
                : body.getRecordAmend().getContent();
        Hash commitment = PayloadSealer.commitment(opening.salt(), file);
        if (!commitment.equals(Hash.of(content.getCommitment().toByteArray()))) {
            throw new VerificationFailed(
                    "CONTENT_DIFFERS",
                    "The file is not the content that was registered",
                    "Compare it with the original; one changed byte is enough");
        }
        byte[] id = (body.hasRecordRegister()
                        ? body.getRecordRegister().getRecordId()
                        : body.getRecordAmend().getRecordId())
                .toByteArray();
        return new RecordProof(
                HexFormat.of().formatHex(id),
                PayloadDownload.version(body),
                body.getSigners(0).getActor(),
                body.getRecordRegister().getCustodian(),
                receipt.transaction().txId().hex(),
                receipt.header().height(),
                receipt.header().timestampMillis(),
                commitment.hex());
    }
}
