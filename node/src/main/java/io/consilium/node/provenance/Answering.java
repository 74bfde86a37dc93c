package io.consilium.node.provenance;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.consilium.crypto.Signer;
import io.consilium.ledger.provenance.DrugAnswers;
import io.consilium.node.NodeGateway;
import io.consilium.node.api.Caller;
import io.consilium.node.api.StateView;
import io.consilium.proto.DrugAnswered;
import io.consilium.proto.DrugSigned;

/** Puts under an answer who gives it to whom, as of when, and signs it: whoever hides something is convicted by it (DRU-7). */
final class Answering {
    private final NodeGateway node;
    private final Signer institution;

    Answering(NodeGateway node, Signer institution) {
        this.node = node;
        this.institution = institution;
    }

    DrugAnswered by(Caller caller, StateView view) {
        return DrugAnswered.newBuilder()
                .setChainId(ByteString.copyFrom(node.chainId().toBytes()))
                .setHeight(view.chain().tipHeight())
                .setTipMillis(view.tipMillis())
                .setTimeMillis(node.nowMillis())
                .setResponder(node.institution())
                .setRequester(caller.id())
                .build();
    }

    DrugSigned signed(DrugAnswers kind, MessageLite answer) {
        byte[] bytes = answer.toByteArray();
        return DrugSigned.newBuilder()
                .setAnswer(ByteString.copyFrom(bytes))
                .setSignature(ByteString.copyFrom(institution.sign(kind.message(bytes))))
                .build();
    }
}
