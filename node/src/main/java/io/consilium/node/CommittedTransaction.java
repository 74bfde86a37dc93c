package io.consilium.node;

import io.consilium.crypto.Hash;
import io.consilium.ledger.block.Receipt;

/** A transaction in a final block, with its certified outcome. */
public record CommittedTransaction(Hash txId, long height, int index, Receipt receipt) {}
