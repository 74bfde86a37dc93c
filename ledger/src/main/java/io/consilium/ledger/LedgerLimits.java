package io.consilium.ledger;

import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.proto.ChainParameters;

/** The bounds of transactions and blocks on one chain, from its genesis (TX-6). */
public record LedgerLimits(int maxTransactionBytes, int maxBlockBytes, int maxBlockTransactions) {
    public LedgerLimits {
        boolean sound = maxTransactionBytes >= 1
                && maxTransactionBytes <= ParsedTransaction.MAX_BYTES
                && maxBlockBytes > maxTransactionBytes
                && maxBlockTransactions >= 1;
        if (!sound) {
            throw new IllegalArgumentException("limits that no block can keep: " + maxTransactionBytes
                    + " bytes a transaction, " + maxBlockBytes + " bytes and " + maxBlockTransactions
                    + " transactions a block");
        }
    }

    public static LedgerLimits of(ChainParameters parameters) {
        return new LedgerLimits(
                parameters.getMaxTransactionBytes(),
                parameters.getMaxBlockBytes(),
                parameters.getMaxBlockTransactions());
    }
}
