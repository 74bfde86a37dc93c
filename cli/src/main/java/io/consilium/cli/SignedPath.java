package io.consilium.cli;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.consilium.client.ClientException;
import io.consilium.client.VerificationFailed;
import io.consilium.client.VerificationReceipt;
import io.consilium.ledger.provenance.DrugAnswers;
import io.consilium.proto.DrugAnswered;
import io.consilium.proto.DrugHeld;
import io.consilium.proto.DrugSigned;
import io.consilium.proto.DrugTrace;
import io.consilium.proto.DrugTraced;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A path as a node tells it, signed by its institution: a node that hides a step is convicted by what it signed (DRU-7).
 */
record SignedPath(DrugTraced traced, DrugSigned signed) {
    static SignedPath of(Session session, DrugTrace question, DrugSigned signed) throws ClientException {
        try {
            DrugTraced traced = DrugTraced.parseFrom(signed.getAnswer());
            boolean same = question.getContainerId().isEmpty()
                    ? traced.getItemId().equals(question.getItemId())
                            && traced.getProductId().equals(question.getProductId())
                    : traced.getItemId().equals(question.getContainerId())
                            && traced.getProductId().isEmpty();
            require(same, session, DrugAnswers.PATH, traced.getAnswered(), signed);
            return new SignedPath(traced, signed);
        } catch (InvalidProtocolBufferException malformed) {
            throw untrue().causedBy(malformed);
        }
    }

    static DrugHeld holders(Session session, ByteString recallId, DrugSigned signed) throws ClientException {
        try {
            DrugHeld held = DrugHeld.parseFrom(signed.getAnswer());
            require(held.getRecallId().equals(recallId), session, DrugAnswers.HOLDERS, held.getAnswered(), signed);
            return held;
        } catch (InvalidProtocolBufferException malformed) {
            throw untrue().causedBy(malformed);
        }
    }

    private static void require(boolean same, Session session, DrugAnswers kind, DrugAnswered by, DrugSigned signed)
            throws ClientException {
        boolean valid = same
                && by.getChainId()
                        .equals(ByteString.copyFrom(session.genesis().chainId().toBytes()))
                && by.getRequester().equals(session.identity().actor())
                && VerificationReceipt.isSignedBy(kind, signed, SignedAnswer.signer(session, by.getResponder()));
        if (!valid) {
            throw untrue();
        }
    }

    /** What proves later who said it. */
    Map<String, Object> receipt() {
        Map<String, Object> receipt = new LinkedHashMap<>();
        receipt.put("signer", traced.getAnswered().getResponder());
        receipt.put("timestamp", Dates.text(traced.getAnswered().getTimeMillis()));
        receipt.put("height", traced.getAnswered().getHeight());
        receipt.put("asOf", Dates.text(traced.getAnswered().getTipMillis()));
        receipt.put("answer", HexFormat.of().formatHex(signed.getAnswer().toByteArray()));
        receipt.put("signature", HexFormat.of().formatHex(signed.getSignature().toByteArray()));
        return receipt;
    }

    /** For every answer that is not what its signer says. */
    static ClientException untrue() {
        return new VerificationFailed(
                "ANSWER_UNPROVEN",
                "The node's answer is not signed by the institution that it names, or answers something else",
                "Ask another node with --node");
    }
}
