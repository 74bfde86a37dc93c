package io.consilium.client;

import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.ledger.proof.ReceiptProof;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.proto.ReceiptStatus;
import io.consilium.proto.TransactionReceipt;

/** A transaction and its outcome after every signature on the way from the genesis was checked. */
public record VerifiedReceipt(ReceiptProof proof, ParsedTransaction transaction, TransactionReceipt receipt) {
    public boolean applied() {
        return receipt.getStatus() == ReceiptStatus.APPLIED;
    }

    public BlockHeader header() {
        return proof.block().header();
    }
}
