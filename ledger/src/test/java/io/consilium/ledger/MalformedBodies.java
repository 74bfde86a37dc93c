package io.consilium.ledger;

import io.consilium.ledger.tx.MalformedTransaction;
import io.consilium.proto.TransactionBody;
import java.util.function.Consumer;

/** Bodies that a strict reader must refuse. */
final class MalformedBodies {
    private MalformedBodies() {}

    /** The field that the refusal names. */
    static String path(TestChain chain, String actor, Consumer<TransactionBody.Builder> payload) {
        TransactionBody.Builder body = chain.body(actor);
        payload.accept(body);
        try {
            Ledger.parse(TestChain.sign(body.build(), TestChain.key(actor)));
        } catch (MalformedTransaction malformed) {
            String message = String.valueOf(malformed.getMessage());
            String detail = malformed.rejection().detail();
            return detail.isEmpty() ? message : detail.split(" ", 2)[0];
        }
        throw new AssertionError("the body was read");
    }
}
